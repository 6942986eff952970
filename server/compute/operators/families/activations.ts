/** Functions of one number, applied to each. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import type { Attributes, Operator } from '../contract.ts';
import { given } from '../operands.ts';

type Formula = (tf: Tf, x: Tensor, attributes: Attributes) => Tensor;

const FORMULAS: Readonly<Record<string, Formula>> = {
  Relu: (tf, x) => tf.relu(x),
  Sigmoid: (tf, x) => tf.sigmoid(x),
  Tanh: (tf, x) => tf.tanh(x),
};

export const operators: readonly Operator[] = Object.entries(FORMULAS).map(([onnx, formula]) => ({
  onnx,
  units: 'kept',
  apply: ([x], { tf, attributes, name }) => [formula(tf, given(x, name), attributes)],
}));
