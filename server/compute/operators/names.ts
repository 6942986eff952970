/** Which names of tensors a node, or a subgraph, takes from around it. */
import type { OperatorGraph, OperatorNode } from '../../../core/artifacts/operators.ts';

/** Names that a node takes: its inputs, and what its subgraphs take from around them. */
export function freeNames(node: Pick<OperatorNode, 'inputs' | 'attributes'>): readonly string[] {
  const inner = Object.values(node.attributes).flatMap((value) =>
    typeof value === 'object' && 'graph' in value ? [...freeNamesOf(value.graph)] : [],
  );
  return [...node.inputs.filter((name) => name !== ''), ...inner];
}

export function freeNamesOf(graph: OperatorGraph): ReadonlySet<string> {
  const own = new Set([
    ...Object.keys(graph.constants),
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const taken = [...graph.nodes.flatMap(freeNames), ...graph.outputs.map(({ name }) => name)];
  return new Set(taken.filter((name) => !own.has(name)));
}
