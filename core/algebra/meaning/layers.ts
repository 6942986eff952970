/** Which layers a query speaks of. */
import { operandsOf } from '../../address/index.ts';
import { keyOperand } from '../syntax/keys.ts';
import type { Query } from '../syntax/tree.ts';

/** Names, each once, in the order of the text: of what is asked, of conditions, targets, changes and joined queries. */
export function layersOf(query: Query): string[] {
  const { what, input, target, changes, join, orderBy } = query;
  const names = new Set<string>();
  if (what.kind === 'layer') names.add(what.layer);
  if (what.kind === 'call') for (const arg of what.args) if (arg.kind === 'layer') names.add(arg.layer);
  const where = input !== undefined && 'where' in input ? input.where : undefined;
  for (const operand of where === undefined ? [] : operandsOf(where))
    if ('layer' in operand) names.add(operand.layer);
  if (target?.kind === 'unit') names.add(target.layer);
  for (const change of changes ?? []) if ('layer' in change) names.add(change.layer);
  for (const name of join === undefined ? [] : layersOf(join.query)) names.add(name);
  const key = orderBy === undefined ? null : keyOperand(orderBy.key);
  if (key?.kind === 'activation') names.add(key.layer);
  return [...names];
}
