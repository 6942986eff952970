/** Merging layers of Keras that TensorFlow.js has not. */
import { z } from 'zod';
import type { Tf } from '../../tf.ts';
import { layerOf, only } from './recipe.ts';

export const merges = (tf: Tf) => [
  layerOf(tf, {
    className: 'Subtract',
    config: z.object({}),
    shape: (_, inputs) => {
      const [a = [], b = []] = inputs;
      if (a.length !== b.length) throw new Error('the two inputs of Subtract have different ranks');
      return a.map((size, i) => (size === 1 ? (b[i] ?? null) : size));
    },
    call: (_, inputs) => {
      const [a = only(inputs), b = only(inputs)] = inputs;
      return tf.sub(a, b);
    },
  }),
  // TensorFlow.js takes every negative axis for the last one.
  layerOf(tf, {
    className: 'Concatenate',
    config: z.object({ axis: z.number().int().default(-1) }),
    shape: ({ axis }, inputs) => {
      const first = only(inputs);
      const at = axis < 0 ? axis + first.length : axis;
      if (
        inputs.some(
          (shape) => shape.length !== first.length || shape.some((size, i) => i !== at && size !== first[i]),
        )
      )
        throw new Error(
          `inputs of the shapes ${JSON.stringify(inputs)} cannot be joined along the axis ${axis}`,
        );
      const sizes = inputs.map((shape) => shape[at] ?? null);
      const sum = sizes.reduce((a, b) => (a === null || b === null ? null : a + b));
      return first.map((size, i) => (i === at ? sum : size));
    },
    call: (_, inputs, { axis }) => (inputs.length === 1 ? only(inputs) : tf.concat([...inputs], axis)),
  }),
];
