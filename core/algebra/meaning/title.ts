/** Heads of views: "conv2d_1 · activations · digits.test[42]". */
import { FUNCTIONS } from '../dictionary/functions.ts';
import { printArgument, printChange, printInput, printModel, printTarget } from '../syntax/print.ts';
import type { Query } from '../syntax/tree.ts';

/** What is asked, of which part, of which data, after which changes; the model leads where no part of it does. */
export function title(query: Query): string {
  const { what, model, input, target, using, changes } = query;
  const parts: string[] = [];
  if (what.kind === 'call') {
    const places = what.args.filter((arg) => arg.kind === 'layer').map(printArgument);
    parts.push(places.length === 0 ? printModel(model) : places.join(' and '), FUNCTIONS[what.name].noun);
  } else {
    const of = target === undefined ? '' : ` for ${printTarget(target)}`;
    const by = using === undefined ? '' : ` by ${using.method}`;
    parts.push(what.kind === 'layer' ? printArgument(what) : printModel(model), `attribution${of}${by}`);
  }
  if (input !== undefined) parts.push(printInput(input));
  if (changes !== undefined) parts.push(`with ${changes.map(printChange).join(', ')}`);
  if (query.join !== undefined)
    parts.push(`${query.join.kind === 'join' ? 'shared with' : 'against'} ${title(query.join.query)}`);
  return parts.join(' · ');
}
