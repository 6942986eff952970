/** Along which axis of each tensor its units (channels, neurons) lie. */
import type { OperatorProgram } from '../../../core/artifacts/operators.ts';
import { attributesOf } from './attributes.ts';
import { operatorOf } from './index.ts';
import { freeNames } from './names.ts';

/** Of an input, and wherever nothing else is told, it is the last. */
export function unitAxesOf({
  graph,
  shapes,
}: Pick<OperatorProgram, 'graph' | 'shapes'>): ReadonlyMap<string, number> {
  const axes = new Map<string, number>();
  const rankOf = (name: string): number => shapes[name]?.length ?? 0;
  for (const node of graph.nodes) {
    const operator = operatorOf(node);
    const data = freeNames(node).filter((name) => axes.has(name));
    for (const name of node.outputs) {
      const rank = rankOf(name);
      if (name === '' || rank === 0) continue;
      const last = rank - 1;
      const [from] = data.filter((input) => rankOf(input) === rank);
      const before = from === undefined ? undefined : axes.get(from);
      let axis = last;
      if (operator.units === 'second' && rank > 2) axis = 1;
      else if (before !== undefined && operator.units === 'kept') axis = before;
      else if (before !== undefined && operator.movesUnits)
        axis = operator.movesUnits(before, rank, attributesOf(node.name, node.attributes));
      axes.set(name, axis);
    }
  }
  return axes;
}
