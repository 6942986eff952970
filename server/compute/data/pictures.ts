/** Pictures of examples, small enough to go with every point of a space. */
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from '../tf.ts';
import { rangeFor } from './display.ts';
import { type Examples, pictureShape } from './examples.ts';

export interface PictureMaker {
  /** Height, width and channels after pooling. */
  readonly shape: readonly [number, number, number];
  /** (batch, ...) as models get it -> (batch, height, width, channels) in [0, 1]. */
  make(tf: Tf, x: Tensor): Tensor4D;
  readonly warnings: readonly string[];
}

/** Null for data that are no pictures. Pools by whole factors until `count` pictures of `width` bytes a number fit `budget`. */
export function pictureMaker(
  examples: Examples,
  count: number,
  width: number,
  budget: number,
): PictureMaker | null {
  const shape = pictureShape(examples.split.dataset);
  if (!shape) return null;
  const [h, w, c] = shape;
  let factor = 1;
  while (
    count * Math.ceil(h / factor) * Math.ceil(w / factor) * c * width > budget &&
    factor < Math.max(h, w)
  )
    factor++;
  const { range, warnings } = rangeFor(examples);
  const [min, max] = range;
  const subtract = examples.split.given.subtract.subarray(0, h * w * c);
  const divide = examples.split.given.divide.subarray(0, h * w * c);
  // Drawn = (given * divide + subtract - min) / (max - min).
  const factors = Float32Array.from(divide, (by) => by / (max - min));
  const offsets = Float32Array.from(subtract, (less) => (less - min) / (max - min));
  return {
    shape: [Math.ceil(h / factor), Math.ceil(w / factor), c],
    make: (tf, x) => {
      const n = x.shape[0] ?? 0;
      const flat = tf.slice(tf.reshape<Rank.R2>(x, [n, -1]), [0, 0], [n, h * w * c]);
      const drawn = tf.add(tf.mul(flat, tf.tensor1d(factors)), tf.tensor1d(offsets));
      const full = tf.clipByValue(drawn, 0, 1).as4D(x.shape[0] ?? 0, h, w, c);
      return factor === 1 ? full : tf.avgPool(full, factor, factor, 'same');
    },
    warnings: [...warnings, ...(factor === 1 ? [] : [`Pictures are shown at 1/${factor} of their size.`])],
  };
}
