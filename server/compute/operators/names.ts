/** Which names of tensors a node reads. */
import type { OperatorGraph, OperatorNode } from '../../../core/artifacts/operators.ts';

/** Its inputs, and what its subgraphs take from the graph around them; each once, in order. */
export function namesRead({ inputs, attributes }: Pick<OperatorNode, 'inputs' | 'attributes'>): string[] {
  const names = inputs.filter((name) => name !== '');
  for (const attribute of Object.values(attributes))
    if (typeof attribute === 'object' && 'graph' in attribute) names.push(...namesOutside(attribute.graph));
  return [...new Set(names)];
}

function namesOutside(graph: OperatorGraph): string[] {
  const own = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...Object.keys(graph.constants),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const read = [...graph.nodes.flatMap(namesRead), ...graph.outputs.map(({ name }) => name)];
  return read.filter((name) => !own.has(name));
}
