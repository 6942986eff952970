/** ELU, ReLU and Softmax with their arguments, which TensorFlow.js' own do not take. */
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import { alongLast, rectified } from './activations.ts';
import { layerOf, only } from './recipe.ts';

export const rectifiers = (tf: Tf) => [
  layerOf(tf, {
    className: 'ELU',
    config: z.object({ alpha: z.number().default(1) }),
    shape: (_, inputs) => only(inputs),
    call: (_, inputs, { alpha }) => {
      const x = only(inputs);
      const y = tf.elu(x);
      return alpha === 1 ? y : tf.where(tf.greater(x, 0), y, tf.mul(y, alpha));
    },
  }),
  layerOf(tf, {
    className: 'ReLU',
    config: z.object({
      maxValue: z.number().nullable().default(null),
      negativeSlope: z.number().default(0),
      threshold: z.number().default(0),
    }),
    shape: (_, inputs) => only(inputs),
    call: (_, inputs, { maxValue, negativeSlope, threshold }) =>
      rectified(tf, only(inputs), negativeSlope, threshold, maxValue),
  }),
  layerOf(tf, {
    className: 'Softmax',
    config: z.object({ axis: z.union([z.number().int(), z.array(z.number().int())]).default(-1) }),
    shape: (_, inputs) => only(inputs),
    call: (_, inputs, { axis }) => {
      const x = only(inputs);
      const axes = [axis].flat();
      if (axes.length === 1) return alongLast(tf, x, axes[0]!, (y) => tf.softmax(y));
      // As Keras: exp(x - logsumexp(x)).
      return tf.exp(tf.sub(x, tf.logSumExp(x, axes, true)));
    },
  }),
];
