/** Number types of all tensors of a graph, told by its operators' rows. */
import type { ElementType, OperatorGraph } from '../../../core/artifacts/operators.ts';
import { attributesOf } from './attributes.ts';
import { operatorOf } from './index.ts';

export type Types = ReadonlyMap<string, ElementType | null>;

/** By name; `outer`: those of the graph around a subgraph. Null where an operator does not tell. */
export function typesOf(graph: OperatorGraph, outer: Types = new Map()): Types {
  const own = new Map<string, ElementType | null>(outer);
  for (const { name, type } of [...graph.inputs, ...graph.weights]) own.set(name, type);
  for (const [name, { type }] of Object.entries(graph.constants)) own.set(name, type);
  for (const node of graph.nodes) {
    const { types } = operatorOf(node);
    const inputTypes = node.inputs.map((name) => own.get(name) ?? null);
    const made = types?.({
      attributes: attributesOf(node.name, node.attributes),
      inputTypes,
      outputs: node.outputs.length,
      opset: graph.opsets[node.domain] ?? 1,
    });
    node.outputs.forEach((name, at) => {
      if (name !== '') own.set(name, (made ? made[at] : inputTypes[0]) ?? null);
    });
  }
  return own;
}
