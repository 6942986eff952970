/** A model of TensorFlow.js as nodes that pass values on, for what is told from the graph. */
import type { SymbolicTensor } from '@tensorflow/tfjs';
import type { GraphNode } from '../../../core/algebra/index.ts';

/** Inputs are followed when they are asked for: a head is found within a few layers. */
export function graphNodeOf(at: SymbolicTensor): GraphNode<SymbolicTensor> {
  const { sourceLayer, shape, inputs } = at;
  return {
    type: sourceLayer.getClassName(),
    config: sourceLayer.getConfig(),
    shape,
    get inputs() {
      return inputs.map(graphNodeOf);
    },
    at,
  };
}
