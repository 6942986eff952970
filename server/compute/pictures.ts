/** Pictures of examples, small enough to go with every point of a space. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { type Examples, pictureShape, widthOf } from './examples.ts';
import type { Tf } from './tf.ts';

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
  const [min, max] = rangeOf(examples);
  return {
    shape: [Math.ceil(h / factor), Math.ceil(w / factor), c],
    make: (tf, x) => {
      const full = tf.clipByValue(tf.div(tf.sub(x, min), max - min), 0, 1).as4D(x.shape[0] ?? 0, h, w, c);
      return factor === 1 ? full : tf.avgPool(full, factor, factor, 'same');
    },
    warnings: factor === 1 ? [] : [`Pictures are shown at 1/${factor} of their size.`],
  };
}

/** [0, 1], widened to what the examples hold. */
function rangeOf({ split, indices, values }: Examples): [number, number] {
  const size = widthOf(split);
  const { scale } = split.dataset;
  if (values) {
    let [min, max] = [0, 1];
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    return [min, max];
  }
  let [min, max] = [0, scale];
  for (const index of indices)
    for (let j = index * size; j < (index + 1) * size; j++) {
      const value = split.x[j]!;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  return [min / scale, max / scale];
}
