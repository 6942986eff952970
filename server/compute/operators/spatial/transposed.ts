/** Transposed convolution: each number of the input spreads over a window of the output. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import { spread } from './steps.ts';

export interface TransposedAxis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** What is cut off before the first place of the whole output. */
  readonly before: number;
  /** Of the output; what the windows do not reach stays zero. */
  readonly places: number;
}

/** x (n, ...places, c), filter (c, o / groups, ...kernel) as ONNX has it -> (n, ...places, o). */
export function convolveTransposed(
  tf: Tf,
  x: Tensor,
  filter: Tensor,
  axes: readonly TransposedAxis[],
  groups: number,
): Tensor {
  if (axes.length === 1) {
    const [along] = axes;
    const [n = 1, w = 1, c = 1] = x.shape;
    const [i = 1, o = 1, k = 1] = filter.shape;
    const stride = along?.stride ?? 1;
    const down = { size: 1, kernel: 1, stride, dilation: 1, before: 0, places: 1 };
    const rows = along ? [down, along] : [down];
    const y = convolveTransposed(
      tf,
      tf.reshape(x, [n, 1, w, c]),
      tf.reshape(filter, [i, o, 1, k]),
      rows,
      groups,
    );
    return tf.squeeze(y, [1]);
  }
  const dense = spread(
    tf,
    filter,
    axes.map(({ dilation }) => dilation),
    2,
  );
  // (...kernel, o / groups, c), as TensorFlow has the filter of the convolution whose way back this is.
  const turned = tf.transpose(dense, [...axes.map((_, axis) => axis + 2), 1, 0]);
  const filters = groups === 1 ? [turned] : tf.split(turned, groups, -1);
  const parts = groups === 1 ? [x] : tf.split(x, groups, -1);
  const made = parts.map((part, at) => whole(tf, part, filters[at] ?? turned, axes));
  return placed(tf, made.length === 1 ? (made[0] ?? x) : tf.concat(made, -1), axes);
}

/** Every number that a window reaches. */
function whole(tf: Tf, x: Tensor, filter: Tensor, axes: readonly TransposedAxis[]): Tensor {
  const [n = 1] = x.shape;
  const outputs = filter.shape.at(-2) ?? 1;
  const sizes = axes.map(({ size, stride }, axis) => (size - 1) * stride + (filter.shape[axis] ?? 1));
  const [s = 1, t = 1, u = 1] = axes.map(({ stride }) => stride);
  const [p = 1, q = 1, r = 1] = sizes;
  const [a = 1, b = 1, c = 1, d = 1, e = 1] = filter.shape;
  const [, f = 1, g = 1, h = 1, i = 1] = x.shape;
  return axes.length === 3
    ? tf.conv3dTranspose(
        x.as5D(n, f, g, h, i),
        filter.as5D(a, b, c, d, e),
        [n, p, q, r, outputs],
        [s, t, u],
        'valid',
      )
    : tf.conv2dTranspose(x.as4D(n, f, g, h), filter.as4D(a, b, c, d), [n, p, q, outputs], [s, t], 'valid');
}

/** Cut and lengthened to the places that are asked for. */
function placed(tf: Tf, y: Tensor, axes: readonly TransposedAxis[]): Tensor {
  const have = y.shape.slice(1, -1);
  const kept = axes.map(({ before, places }, axis) =>
    Math.max(0, Math.min(places, (have[axis] ?? 0) - before)),
  );
  const begin = axes.map(({ before }, axis) => Math.min(before, have[axis] ?? 0));
  const cut = tf.slice(y, [0, ...begin, 0], [y.shape[0] ?? 1, ...kept, y.shape.at(-1) ?? 1]);
  const missing = axes.map(({ places }, axis): [number, number] => [0, places - (kept[axis] ?? 0)]);
  return missing.some(([, count]) => count > 0) ? tf.pad(cut, [[0, 0], ...missing, [0, 0]]) : cut;
}
