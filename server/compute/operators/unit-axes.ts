/** Along which axis of each tensor its units (channels, neurons) lie. */
import type { OperatorGraph, OperatorProgram } from '../../../core/artifacts/operators.ts';
import { attributesOf } from './attributes.ts';
import { operatorOf } from './index.ts';
import { freeNames } from './names.ts';

/** Wherever nothing else is told it is the last; of an input the second where convolutions take it so. */
export function unitAxesOf({
  graph,
  shapes,
}: Pick<OperatorProgram, 'graph' | 'shapes'>): ReadonlyMap<string, number> {
  const rankOf = (name: string): number => shapes[name]?.length ?? 0;
  const axes = new Map<string, number>();
  for (const { name } of graph.inputs)
    axes.set(name, rankOf(name) > 2 && takenChannelsFirst(graph, name, rankOf) ? 1 : rankOf(name) - 1);
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

/** Whether the tensor gets to an operator of channels and places, through nothing but what keeps its axes. */
function takenChannelsFirst(graph: OperatorGraph, name: string, rankOf: (name: string) => number): boolean {
  const reached = new Set([name]);
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => reached.has(input))) continue;
    const { units } = operatorOf(node);
    if (units === 'second') return reached.has(node.inputs[0] ?? '');
    if (units !== 'kept') continue;
    for (const output of node.outputs) if (rankOf(output) === rankOf(name)) reached.add(output);
  }
  return false;
}
