/** Heads of views: "conv2d_1 · activations · digits.test[42]". */
import { FUNCTIONS } from './functions.ts';
import { printArgument, printInput, printModel } from './print.ts';
import type { Query } from './types.ts';

/** What is asked, of which part, of which data; the model leads where no part of it does. */
export function title(query: Query): string {
  const { what, model, input } = query;
  const parts: string[] = [];
  if (what.kind === 'call') {
    const places = what.args.filter((arg) => arg.kind === 'layer').map(printArgument);
    parts.push(places.length === 0 ? printModel(model) : places.join(' and '), FUNCTIONS[what.name].noun);
  } else parts.push(what.kind === 'layer' ? printArgument(what) : printModel(model), 'attribution');
  if (input !== undefined) parts.push(printInput(input));
  if (query.join !== undefined)
    parts.push(`${query.join.kind === 'join' ? 'shared with' : 'against'} ${title(query.join.query)}`);
  return parts.join(' · ');
}
