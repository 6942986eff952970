/** One use of an operator, without a file. */
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementType, OperatorGraph, OperatorNode } from '../../../../core/artifacts/operators.ts';
import type { Tf } from '../../tf.ts';
import type { Operand } from '../contract.ts';
import { evaluateGraph } from '../evaluate.ts';
import { isSequence } from '../operands.ts';
import { typesOf } from '../types.ts';

export interface OneNode {
  readonly domain?: string;
  readonly attributes?: OperatorNode['attributes'];
  readonly opset?: number;
  /** Of the inputs; without them what TensorFlow.js holds them as. */
  readonly types?: readonly ElementType[];
  readonly outputs?: number;
}

/** A graph of the one node `n`, on inputs `i0`, `i1`, ...; null: left out. */
export function graphOf(operation: string, inputs: readonly Operand[], own: OneNode = {}): OperatorGraph {
  const typeOf = (operand: Operand): ElementType => {
    const tensor = isSequence(operand) ? operand[0] : operand;
    const dtype = tensor?.dtype ?? 'float32';
    return dtype === 'complex64' ? 'float32' : dtype === 'int32' ? 'int64' : dtype;
  };
  const domain = own.domain ?? '';
  const outputs = Array.from({ length: own.outputs ?? 1 }, (_, at) => `o${at}`);
  const name = (operand: Operand, at: number) => (operand === null ? '' : `i${at}`);
  return {
    opsets: { [domain]: own.opset ?? (domain === '' ? 21 : 1) },
    nodes: [
      {
        name: 'n',
        scope: [],
        domain,
        operation,
        attributes: own.attributes ?? {},
        inputs: inputs.map(name),
        outputs,
      },
    ],
    inputs: inputs.map((operand, at) => ({
      name: `i${at}`,
      type: own.types?.[at] ?? typeOf(operand),
      shape: null,
    })),
    outputs: outputs.map((output) => ({ name: output, type: 'float32', shape: null })),
    constants: {},
    weights: [],
  };
}

/** Its outputs. Belongs into a tidy. */
export function runNode(
  tf: Tf,
  operation: string,
  inputs: readonly Operand[],
  own: OneNode = {},
): readonly Operand[] {
  const graph = graphOf(operation, inputs, own);
  return evaluateGraph({ tf, opsets: graph.opsets, types: typesOf(graph) }, graph, inputs);
}

/** Its first output, a tensor. */
export function runOne(tf: Tf, operation: string, inputs: readonly Operand[], own: OneNode = {}): Tensor {
  const [found] = runNode(tf, operation, inputs, own);
  if (!found || isSequence(found)) throw new Error('a tensor was expected');
  return found;
}
