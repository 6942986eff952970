/** A program's graph as nodes that pass values on, for what is told from the graph. */
import type { GraphNode } from '../../../core/algebra/index.ts';
import type { Value } from './node.ts';

/** Inputs are followed when they are asked for: a head is found within a few nodes. */
export function graphNodeOf(at: Value): GraphNode<Value> {
  const { node, inputs } = at.call;
  return {
    type: node.type,
    config: node.config,
    shape: at.shape,
    get inputs() {
      return inputs.map(graphNodeOf);
    },
    at,
  };
}
