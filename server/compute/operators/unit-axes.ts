/** Along which axis of each tensor its units (channels, neurons) lie. */
import type { OperatorGraph, OperatorNode, OperatorProgram } from '../../../core/artifacts/operators.ts';
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
  for (const { name } of graph.inputs) axes.set(name, firstTaken(name) ? 1 : rankOf(name) - 1);
  for (const node of graph.nodes) {
    const { units, movesUnits } = operatorOf(node);
    for (const name of node.outputs) {
      const rank = rankOf(name);
      if (name === '' || rank === 0) continue;
      axes.set(name, axisOf(node, name, rank) ?? (firstTaken(name) ? 1 : rank - 1));
    }

    /** Null where neither the operator nor its inputs tell. */
    function axisOf(of: OperatorNode, name: string, rank: number): number | null {
      if (units === 'second') return rank > 2 ? 1 : rank - 1;
      const [first = ''] = of.inputs;
      const before = axes.get(first);
      if (movesUnits) {
        const [from, to] = [shapes[first], shapes[name]];
        if (before === undefined || !from || !to) return null;
        return movesUnits({ axis: before, from, to }, attributesOf(of.name, of.attributes));
      }
      if (units === 'last') return rank - 1;
      const kept = freeNames(of).find((input) => axes.has(input) && rankOf(input) === rank);
      return kept === undefined ? null : (axes.get(kept) ?? null);
    }
  }
  return axes;

  function firstTaken(name: string): boolean {
    return rankOf(name) > 2 && takenChannelsFirst(graph, name, rankOf);
  }
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
