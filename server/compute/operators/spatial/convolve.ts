/** Convolution of channels-last tensors along one to three axes of places, in groups, with any strides and dilations. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import { spread, subsampled } from './steps.ts';
import { reachOf, type Windows } from './windows.ts';

/**
 * x (n, ...places, c), filter (...kernel, c / groups, o) as `filterLast` turns it -> (n, ...places, o).
 * Of the windows `beyond` is not looked at: convolutions have none.
 */
export function convolve(
  tf: Tf,
  x: Tensor,
  filter: Tensor,
  windows: readonly Windows[],
  groups: number,
): Tensor {
  if (windows.length === 1) {
    // A sequence is a picture of one row, whose steps down are as wide as those along it.
    const [along] = windows;
    const [n = 1, w = 1, c = 1] = x.shape;
    const down = { size: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, beyond: 0, places: 1 };
    const rows = along ? [{ ...down, stride: along.stride }, along] : [down];
    const y = convolve(
      tf,
      tf.reshape(x, [n, 1, w, c]),
      tf.reshape(filter, [1, ...filter.shape]),
      rows,
      groups,
    );
    return tf.squeeze(y, [1]);
  }
  const channels = x.shape.at(-1) ?? 1;
  const outputs = filter.shape.at(-1) ?? 1;
  if (windows.length === 2 && groups > 1 && groups === channels && outputs % channels === 0)
    return depthwise(tf, x, filter, windows);
  if (groups > 1) {
    const filters = tf.split(filter, groups, -1);
    const parts = tf.split(x, groups, -1);
    return tf.concat(
      parts.map((part, at) => plain(tf, part, filters[at] ?? filter, windows)),
      -1,
    );
  }
  return plain(tf, x, filter, windows);
}

/** A window of one number, and nothing padded. */
export function isPoint({ kernel, before, after }: Windows): boolean {
  return kernel === 1 && before === 0 && after === 0;
}

/**
 * Convolution whose windows are points: a product of matrices for each example, which leaves channels first. Half of the
 * time of a residual network went into turning what such convolutions take and give.
 * x (n, c, ...places), filter (o, c, ...ones) -> (n, o, ...places).
 */
export function convolvePoints(tf: Tf, x: Tensor, filter: Tensor, windows: readonly Windows[]): Tensor {
  const sampled = windows.reduce(
    (made, { stride, places }, axis) => subsampled(tf, made, axis + 2, stride, places),
    x,
  );
  const [n = 1, c = 1, ...places] = sampled.shape;
  const [o = 1] = filter.shape;
  const size = places.reduce((a, b) => a * b, 1);
  const matrix = tf.reshape(filter, [o, c]);
  const examples = n === 1 ? [sampled] : tf.unstack(sampled);
  const made = examples.map((example) => tf.matMul(matrix, tf.reshape(example, [c, size])));
  return tf.reshape(made.length === 1 ? (made[0] ?? x) : tf.stack(made), [n, o, ...places]);
}

/** (o, c / groups, ...kernel) -> (...kernel, c / groups, o). */
export function filterLast(tf: Tf, filter: Tensor): Tensor {
  return tf.transpose(filter, [...Array.from({ length: filter.rank - 2 }, (_, axis) => axis + 2), 1, 0]);
}

function plain(tf: Tf, x: Tensor, filter: Tensor, windows: readonly Windows[]): Tensor {
  if (windows.length === 3) {
    const dense = spread(
      tf,
      filter,
      windows.map(({ dilation }) => dilation),
    );
    const [s = 1, t = 1, u = 1] = windows.map(({ stride }) => stride);
    const padded = withPadding(tf, x, windows);
    const [a = 1, b = 1, c = 1, d = 1, e = 1] = dense.shape;
    const [n = 1, p = 1, q = 1, r = 1, i = 1] = padded.shape;
    return tf.conv3d(padded.as5D(n, p, q, r, i), dense.as5D(a, b, c, d, e), [s, t, u], 'valid');
  }
  const [down, along] = windows.map(({ stride }) => stride);
  const steps: [number, number] = [down ?? 1, along ?? 1];
  const { padded, pad } = paddedFor(tf, x, windows);
  // TensorFlow.js takes strides or dilations, not both.
  const dilated = windows.some(({ dilation }) => dilation > 1);
  const strided = steps.some((stride) => stride > 1);
  const rates = windows.map(({ dilation }) => dilation);
  if (dilated && strided)
    return tf.conv2d(rank4(padded), rank4(spread(tf, filter, rates)), steps, pad, 'NHWC', 1);
  return tf.conv2d(rank4(padded), rank4(filter), steps, pad, 'NHWC', [rates[0] ?? 1, rates[1] ?? 1]);
}

/** Each channel by filters of its own; filter (h, w, 1, c * m). */
function depthwise(tf: Tf, x: Tensor, filter: Tensor, windows: readonly Windows[]): Tensor {
  const channels = x.shape.at(-1) ?? 1;
  const [h = 1, w = 1, , outputs = 1] = filter.shape;
  const rates = windows.map(({ dilation }) => dilation);
  const dense = spread(tf, tf.reshape(filter, [h, w, channels, outputs / channels]), rates);
  const { padded, pad } = paddedFor(tf, x, windows);
  const [down = 1, along = 1] = windows.map(({ stride }) => stride);
  // TensorFlow takes equal steps in both directions only.
  if (down === along) return tf.depthwiseConv2d(rank4(padded), rank4(dense), down, pad);
  const [high, wide] = windows;
  const even = tf.depthwiseConv2d(rank4(withPadding(tf, x, windows)), rank4(dense), 1, 'valid');
  return subsampled(tf, subsampled(tf, even, 1, down, high?.places ?? 1), 2, along, wide?.places ?? 1);
}

/** As TensorFlow's own padding where it is the same, which spares a copy. */
function paddedFor(
  tf: Tf,
  x: Tensor,
  windows: readonly Windows[],
): { readonly padded: Tensor; readonly pad: 'same' | 'valid' } {
  if (windows.every(({ before, after }) => before === 0 && after === 0)) return { padded: x, pad: 'valid' };
  const same = windows.every((one) => {
    const total = Math.max(0, (Math.ceil(one.size / one.stride) - 1) * one.stride + reachOf(one) - one.size);
    return one.before === Math.floor(total / 2) && one.after === total - one.before;
  });
  return same ? { padded: x, pad: 'same' } : { padded: withPadding(tf, x, windows), pad: 'valid' };
}

/** x (n, ...places, c) with `value` around its places. */
export function withPadding(tf: Tf, x: Tensor, windows: readonly Windows[], value = 0): Tensor {
  if (windows.every(({ before, after, beyond }) => before + after + beyond === 0)) return x;
  const edges = windows.map(({ before, after, beyond }): [number, number] => [before, after + beyond]);
  return tf.pad(x, [[0, 0], ...edges, [0, 0]], value);
}

function rank4(x: Tensor): Tensor4D {
  const [a = 1, b = 1, c = 1, d = 1] = x.shape;
  return x.as4D(a, b, c, d);
}
