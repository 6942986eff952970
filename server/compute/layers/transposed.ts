/** Transposed convolutions of Keras that TensorFlow.js has not: along one axis, dilated, and of a size that is asked for. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import { channelsLast, dataFormat, lastShape, ofFormat } from './axes.ts';
import { spread } from './convolutions.ts';
import { layerOf, only } from './recipe.ts';

const size = z.number().int();
const config = z.object({
  kernelSize: z.array(size),
  strides: z.array(size),
  dilationRate: z.array(size),
  outputPadding: z.array(size).optional(),
  padding: z.enum(['valid', 'same']),
  useBias: z.boolean().default(true),
  activation: z.string().default('linear'),
  filters: size,
  dataFormat,
});
type Config = z.infer<typeof config>;

/** Along one axis: places after, those of the whole product, and how many of them are left out at the start. */
function along(own: Config, axis: number, length: number) {
  const [size = 1, step = 1] = [own.kernelSize[axis], own.strides[axis]];
  const kernel = (size - 1) * (own.dilationRate[axis] ?? 1) + 1;
  const more = own.outputPadding?.[axis];
  const whole = (length - 1) * step + kernel;
  const same = own.padding === 'same';
  // keras.src.backend.common.backend_utils.compute_conv_transpose_output_shape
  const after =
    more === undefined
      ? same
        ? length * step
        : length * step + Math.max(kernel - step, 0)
      : whole + more - (same ? 2 * Math.floor(kernel / 2) : 0);
  // TensorFlow pads the convolution that this is the gradient of, the smaller half first.
  return { after, whole, before: same ? Math.floor(Math.max(whole - after, 0) / 2) : 0 };
}

function product(tf: Tf, x: Tensor, kernel: Tensor, own: Config): Tensor {
  const [b = 1] = x.shape;
  const wide = spread(tf, kernel, own.dilationRate);
  const places = x.shape.slice(1, -1).map((length, axis) => along(own, axis, length));
  const [first = 1, second = 1, third = 1] = places.map(({ whole }) => whole);
  const [s = 1, t = 1, u = 1] = own.strides;
  const [i = 1, j = 1, k = 1, l = 1, m = 1] = wide.shape;
  if (places.length === 3) {
    const [, p = 1, q = 1, r = 1, c = 1] = x.shape;
    return tf.conv3dTranspose(
      x.as5D(b, p, q, r, c),
      wide.as5D(i, j, k, l, m),
      [b, first, second, third, own.filters],
      [s, t, u],
      'valid',
    );
  }
  if (places.length === 2) {
    const [, p = 1, q = 1, c = 1] = x.shape;
    return tf.conv2dTranspose(
      x.as4D(b, p, q, c),
      wide.as4D(i, j, k, l),
      [b, first, second, own.filters],
      [s, t],
      'valid',
    );
  }
  const [, p = 1, c = 1] = x.shape;
  const y = tf.conv2dTranspose(
    x.as4D(b, 1, p, c),
    wide.as4D(1, i, j, k),
    [b, 1, first, own.filters],
    [1, s],
    'valid',
  );
  return tf.squeeze(y, [1]);
}

/** The part of the product that is asked for, with zeros where there is none. */
function cut(tf: Tf, y: Tensor, own: Config, lengths: readonly number[]): Tensor {
  const places = lengths.map((length, axis) => along(own, axis, length));
  const kept = places.map(({ after, whole, before }) => Math.min(after, whole - before));
  const part = tf.slice(
    y,
    [0, ...places.map(({ before }) => before), 0],
    [y.shape[0] ?? 1, ...kept, own.filters],
  );
  const missing = places.map(({ after }, axis): [number, number] => [0, after - (kept[axis] ?? 0)]);
  return missing.every(([, after]) => after === 0) ? part : tf.pad(part, [[0, 0], ...missing, [0, 0]]);
}

/** Stored models name the one along a single axis as Keras does. */
export const transposedConvolutions = (tf: Tf) =>
  ['Conv1DTranspose', 'TransposedConvolution'].map((className) =>
    layerOf(tf, {
      className,
      config,
      weights: (own, input) => [
        {
          name: 'kernel',
          shape: [...own.kernelSize, own.filters, lastShape(input, own.dataFormat).at(-1) ?? 0],
        },
        ...(own.useBias ? [{ name: 'bias', shape: [own.filters] }] : []),
      ],
      shape: (own, inputs) => {
        const [batch = null, ...rest] = lastShape(only(inputs), own.dataFormat);
        const places = rest
          .slice(0, -1)
          .map((length, axis) => (length === null ? null : along(own, axis, length).after));
        return ofFormat([batch, ...places, own.filters], own.dataFormat);
      },
      call: (_, inputs, own, [kernel, bias]) =>
        channelsLast(tf, only(inputs), own.dataFormat, (x) => {
          const y = cut(tf, product(tf, x, only(kernel ? [kernel] : []), own), own, x.shape.slice(1, -1));
          return bias ? tf.add(y, bias) : y;
        }),
    }),
  );
