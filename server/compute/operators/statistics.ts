/** Means and deviations along axes, and what is multiplied and added per channel. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../core/errors/index.ts';
import type { Tf } from '../tf.ts';

export interface Normalised {
  /** (x - mean) / sqrt(variance + epsilon). */
  readonly y: Tensor;
  /** With the axes kept, of size 1. */
  readonly moments: { readonly mean: Tensor; readonly variance: Tensor };
  readonly inverse: Tensor;
}

export function normalised(tf: Tf, x: Tensor, axes: readonly number[], epsilon: number): Normalised {
  const mean = tf.mean(x, [...axes], true);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), [...axes], true);
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  return { y: tf.mul(centred, inverse), moments: { mean, variance }, inverse };
}

/** Numbers of channels (c), to be broadcast over x (n, c, ...). */
export function perChannel(tf: Tf, numbers: Tensor, x: Tensor): Tensor {
  return tf.reshape(
    numbers,
    x.shape.map((size, axis) => (axis === 1 ? size : 1)),
  );
}

/** An axis counted from the end where it is negative. Throws UserError('invalid') for one that is not there. */
export function axisOf(node: string, axis: number, rank: number): number {
  const found = axis < 0 ? axis + rank : axis;
  if (found < 0 || found >= rank)
    throw new UserError(
      'invalid',
      `the node ${node} has axis ${axis} of a tensor of rank ${rank}; expected one from ${-rank} to ${rank - 1}`,
    );
  return found;
}
