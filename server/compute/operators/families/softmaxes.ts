/** Softmax, its logarithm and its hardest form: along an axis, before version 13 over all places from an axis on. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import type { Operator } from '../contract.ts';
import { given } from '../operands.ts';
import { aroundAxis, axisOf, sizeOf } from '../tensors/axes.ts';

type Formula = (tf: Tf, x: Tensor, axis: number) => Tensor;

const FORMULAS: Readonly<Record<string, Formula>> = {
  Softmax: (tf, x, axis) => {
    if (axis === x.rank - 1) return tf.softmax(x);
    const powers = tf.exp(tf.sub(x, tf.max(x, axis, true)));
    return tf.div(powers, tf.sum(powers, axis, true));
  },
  LogSoftmax: (tf, x, axis) => {
    const shifted = tf.sub(x, tf.max(x, axis, true));
    return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), axis, true)));
  },
  Hardmax: (tf, x, axis) => {
    const values = x.dataSync();
    const [outer, size, inner] = aroundAxis(x.shape, axis);
    const made = new Float32Array(values.length);
    for (let line = 0; line < outer * inner; line++) {
      const start = Math.floor(line / inner) * size * inner + (line % inner);
      let best = start;
      for (let at = start; at < start + size * inner; at += inner)
        if ((values[at] ?? 0) > (values[best] ?? 0)) best = at;
      if (size > 0) made[best] = 1;
    }
    return tf.tensor(made, x.shape, 'float32');
  },
};

export const operators: readonly Operator[] = Object.entries(FORMULAS).map(
  ([onnx, formula]): Operator => ({
    onnx,
    units: 'kept',
    apply: ([operand], { tf, name, attributes, opset }) => {
      const x = given(operand, name);
      if (x.size === 0) return [x];
      if (opset >= 13) {
        const shape = x.rank === 0 ? [1] : x.shape;
        const axis = axisOf(attributes.number('axis', -1), shape.length, name);
        return [tf.reshape(formula(tf, tf.reshape(x, shape), axis), x.shape)];
      }
      const told = attributes.number('axis', 1);
      const axis = told === x.rank ? told : axisOf(told, x.rank, name);
      const flat = tf.reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
      return [tf.reshape(formula(tf, flat, 1), x.shape)];
    },
  }),
);
