/** Poolings of channels-last tensors along one to three axes of places. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import { withPadding } from './convolve.ts';
import { subsampled } from './steps.ts';
import type { Windows } from './windows.ts';

/** x (n, ...places, c) -> (n, ...places, c), largest of each window; padding is never the largest. */
export function largest(tf: Tf, x: Tensor, windows: readonly Windows[]): Tensor {
  if (windows.length === 1) return inRows(tf, x, windows, (rows, two) => largest(tf, rows, two));
  const padded = withPadding(tf, x, windows, Number.NEGATIVE_INFINITY);
  if (windows.some(({ dilation }) => dilation > 1))
    return members(tf, padded, windows).reduce((a, b) => tf.maximum(a, b));
  const [kernels, strides] = [windows.map(({ kernel }) => kernel), windows.map(({ stride }) => stride)];
  const [n = 1, p = 1, q = 1, r = 1, s = 1] = padded.shape;
  return windows.length === 3
    ? tf.maxPool3d(padded.as5D(n, p, q, r, s), triple(kernels), triple(strides), 'valid')
    : tf.maxPool(padded.as4D(n, p, q, r), pair(kernels), pair(strides), 'valid');
}

/** Sums of windows over as many numbers as each has; `counted`: padding counts, but not what lies beyond it. */
export function mean(tf: Tf, x: Tensor, windows: readonly Windows[], counted: boolean): Tensor {
  const counts = windows.map((one) => membersPerPlace(one, counted));
  const size = windows.reduce((product, { kernel }) => product * kernel, 1);
  const even = counts.every((along, axis) => along.every((count) => count === windows[axis]?.kernel));
  const plain = windowMeans(tf, x, windows);
  if (even) return plain;
  // The mean took all places of a window for members.
  const ratio = counts.reduce<number[]>(
    (all, along) => all.flatMap((product) => along.map((count) => product / count)),
    [size],
  );
  return tf.mul(plain, tf.tensor(ratio, [1, ...windows.map(({ places }) => places), 1]));
}

/** Sums of windows; padding adds nothing. */
export function sums(tf: Tf, x: Tensor, windows: readonly Windows[]): Tensor {
  const size = windows.reduce((product, { kernel }) => product * kernel, 1);
  return tf.mul(windowMeans(tf, x, windows), size);
}

/** How many members of each window lie inside, padding among them where it is `counted`. */
function membersPerPlace(one: Windows, counted: boolean): number[] {
  const [from, to] = counted ? [-one.before, one.size + one.after] : [0, one.size];
  return Array.from({ length: one.places }, (_, place) => {
    const first = place * one.stride - one.before;
    let count = 0;
    for (let k = 0; k < one.kernel; k++) {
      const at = first + k * one.dilation;
      if (at >= from && at < to) count++;
    }
    return Math.max(1, count);
  });
}

function windowMeans(tf: Tf, x: Tensor, windows: readonly Windows[]): Tensor {
  if (windows.length === 1) return inRows(tf, x, windows, (rows, two) => windowMeans(tf, rows, two));
  const padded = withPadding(tf, x, windows);
  if (windows.some(({ dilation }) => dilation > 1)) {
    const all = members(tf, padded, windows);
    return tf.div(tf.addN(all), all.length);
  }
  const [kernels, strides] = [windows.map(({ kernel }) => kernel), windows.map(({ stride }) => stride)];
  const [n = 1, p = 1, q = 1, r = 1, s = 1] = padded.shape;
  return windows.length === 3
    ? tf.avgPool3d(padded.as5D(n, p, q, r, s), triple(kernels), triple(strides), 'valid')
    : tf.avgPool(padded.as4D(n, p, q, r), pair(kernels), pair(strides), 'valid');
}

/** A sequence is a picture of one row. */
function inRows(
  tf: Tf,
  x: Tensor,
  windows: readonly Windows[],
  pooled: (rows: Tensor, two: readonly Windows[]) => Tensor,
): Tensor {
  const [n = 1, w = 1, c = 1] = x.shape;
  const down = { size: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, beyond: 0, places: 1 };
  return tf.squeeze(pooled(tf.reshape(x, [n, 1, w, c]), [down, ...windows]), [1]);
}

/** The first member of each window, the second of each, and so on: windows with holes are not TensorFlow.js's. */
function members(tf: Tf, padded: Tensor, windows: readonly Windows[]): Tensor[] {
  return windows.reduce<Tensor[]>(
    (all, { kernel, dilation, stride, places }, axis) =>
      all.flatMap((one) =>
        Array.from({ length: kernel }, (_, at) => {
          const begin = one.shape.map((_, a) => (a === axis + 1 ? at * dilation : 0));
          const size = one.shape.map((s, a) => (a === axis + 1 ? (places - 1) * stride + 1 : s));
          return subsampled(tf, tf.slice(one, begin, size), axis + 1, stride, places);
        }),
      ),
    [padded],
  );
}

const pair = ([a = 1, b = 1]: readonly number[]): [number, number] => [a, b];
const triple = ([a = 1, b = 1, c = 1]: readonly number[]): [number, number, number] => [a, b, c];
