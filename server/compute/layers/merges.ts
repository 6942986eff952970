/** Merging layers of Keras that TensorFlow.js has not, or computes otherwise. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import { ofLengthOne } from './normalizations.ts';
import { layerOf, only } from './recipe.ts';

/** Keras' epsilon: vectors that are shorter count as this long. */
const SHORTEST = 1e-7;

/** The axis that each of the two inputs is summed over. */
function summed(axes: number | readonly number[], ranks: readonly number[]): [number, number] {
  const given = (at: number) => (typeof axes === 'number' ? axes : (axes[at] ?? 0));
  const positive = (at: number) => (given(at) < 0 ? given(at) + (ranks[at] ?? 0) : given(at));
  return [positive(0), positive(1)];
}

export const merges = (tf: Tf) => [
  // TensorFlow.js' own takes vectors shorter than 3e-4 for vectors of that length, where the cosine is asked for.
  layerOf(tf, {
    className: 'Dot',
    config: z.object({
      axes: z.union([z.number().int(), z.array(z.number().int()).length(2)]),
      normalize: z.boolean().default(false),
    }),
    shape: ({ axes }, inputs) => {
      const [a = [], b = []] = inputs;
      const [first, second] = summed(axes, [a.length, b.length]);
      if (a[first] !== b[second])
        throw new Error(
          `Dot sums over axes of different sizes, ${first} of ${JSON.stringify(a)} and ${second} of ${JSON.stringify(b)}`,
        );
      const rest = [...a.filter((_, i) => i !== first), ...b.filter((_, i) => i !== second && i !== 0)];
      return rest.length === 1 ? [...rest, 1] : rest;
    },
    call: (_, inputs, { axes, normalize }) => {
      const [a = only(inputs), b = only(inputs)] = inputs;
      const [first, second] = summed(axes, [a.rank, b.rank]);
      const taken = (x: Tensor, axis: number) => (normalize ? ofLengthOne(tf, x, [axis], SHORTEST) : x);
      const others = (x: Tensor, axis: number) => x.shape.map((_size, i) => i).filter((i) => i !== axis);
      const left = tf.transpose(taken(a, first), [...others(a, first), first]);
      const [batch = 0, ...right] = others(b, second);
      const turned = tf.transpose(taken(b, second), [batch, second, ...right]);
      const [n = 0, ...rest] = left.shape.slice(0, -1);
      const size = a.shape[first] ?? 0;
      const product = tf.matMul(tf.reshape(left, [n, -1, size]), tf.reshape(turned, [n, size, -1]));
      const kept = [...rest, ...turned.shape.slice(2)];
      return tf.reshape(product, [n, ...(kept.length === 0 ? [1] : kept)]);
    },
  }),
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
