/** Every so-maniest number of an axis, and zeros between numbers: by reshapes and slices, which have gradients. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** `count` numbers of an axis, `step` apart, from the first on. */
export function subsampled(tf: Tf, x: Tensor, axis: number, step: number, count: number): Tensor {
  const size = x.shape[axis] ?? 1;
  if (step === 1 && count === size) return x;
  const [head, tail] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const [a, b, length] = [product(head), product(tail), count * step];
  const flat = tf.reshape(x, [a, size, b]);
  const long =
    size < length
      ? tf.pad(flat, [
          [0, 0],
          [0, length - size],
          [0, 0],
        ])
      : tf.slice(flat, [0, 0, 0], [a, length, b]);
  const firsts = tf.slice(tf.reshape(long, [a, count, step, b]), [0, 0, 0, 0], [a, count, 1, b]);
  return tf.reshape(firsts, [...head, count, ...tail]);
}

/** `factors[i] - 1` zeros between neighbours along axis `from + i`. */
export function spread(tf: Tf, x: Tensor, factors: readonly number[], from = 0): Tensor {
  return factors.reduce((made, factor, at) => {
    const axis = from + at;
    const size = made.shape[axis] ?? 1;
    if (factor === 1 || size <= 1) return made;
    const [head, tail] = [made.shape.slice(0, axis), made.shape.slice(axis + 1)];
    const [a, b] = [product(head), product(tail)];
    const wide = tf.pad(tf.reshape(made, [a, size, 1, b]), [
      [0, 0],
      [0, 0],
      [0, factor - 1],
      [0, 0],
    ]);
    const length = (size - 1) * factor + 1;
    return tf.reshape(tf.slice(tf.reshape(wide, [a, size * factor, b]), [0, 0, 0], [a, length, b]), [
      ...head,
      length,
      ...tail,
    ]);
  }, x);
}
