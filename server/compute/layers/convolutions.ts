/** Convolutions of Keras that TensorFlow.js has not: causal, in groups, depthwise and separable along one axis. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import { channelsLast, dataFormat, lastShape, ofFormat } from './axes.ts';
import { layerOf, only, type Shape, type WeightSpec } from './recipe.ts';

const size = z.number().int();
const common = z.object({
  kernelSize: z.array(size),
  strides: z.array(size),
  dilationRate: z.array(size),
  padding: z.enum(['valid', 'same', 'causal']),
  useBias: z.boolean().default(true),
  activation: z.string().default('linear'),
  dataFormat,
});
type Common = z.infer<typeof common>;

/** Places after the convolution. */
function places(config: Common, written: Shape): (number | null)[] {
  const input = lastShape(written, config.dataFormat);
  return config.kernelSize.map((kernel, at) => {
    const length = input[at + 1];
    const step = config.strides[at] ?? 1;
    const reach = (kernel - 1) * (config.dilationRate[at] ?? 1) + 1;
    if (length === null || length === undefined) return null;
    return config.padding === 'valid' ? Math.ceil((length - reach + 1) / step) : Math.ceil(length / step);
  });
}

/** A kernel (places ..., in, out) with zeros between its rows, so that it reaches as far as with the dilation. */
export function spread(tf: Tf, kernel: Tensor, dilations: readonly number[]): Tensor {
  return dilations.reduce((wide, rate, axis) => {
    const size = wide.shape[axis] ?? 1;
    if (rate === 1 || size === 1) return wide;
    const [before, after] = [wide.shape.slice(0, axis), wide.shape.slice(axis + 1)];
    const [outer, inner] = [before, after].map((sizes) => sizes.reduce((a, b) => a * b, 1));
    const rows = tf.reshape(wide, [outer ?? 1, size, 1, inner ?? 1]);
    const padded = tf.pad(rows, [
      [0, 0],
      [0, 0],
      [0, rate - 1],
      [0, 0],
    ]);
    const long = tf.reshape(padded, [outer ?? 1, size * rate, inner ?? 1]);
    const cut = tf.slice(long, [0, 0, 0], [-1, (size - 1) * rate + 1, -1]);
    return tf.reshape(cut, [...before, (size - 1) * rate + 1, ...after]);
  }, kernel);
}

/** The input padded at its start, so that no step sees a later one. */
function causal(tf: Tf, x: Tensor, config: Common): Tensor {
  if (config.padding !== 'causal') return x;
  const before = ((config.kernelSize[0] ?? 1) - 1) * (config.dilationRate[0] ?? 1);
  return tf.pad(x, [
    [0, 0],
    [before, 0],
    [0, 0],
  ]);
}

/** Sequences as pictures of one row; (b, places ..., c). */
function plainConvolution(tf: Tf, x: Tensor, kernel: Tensor, config: Common): Tensor {
  const pad = config.padding === 'same' ? 'same' : 'valid';
  if (config.kernelSize.length === 3) {
    const [a = 1, b = 1, c = 1, d = 1, e = 1] = x.shape;
    const wide = spread(tf, kernel, config.dilationRate);
    const [i = 1, j = 1, k = 1, l = 1, m = 1] = wide.shape;
    const [s = 1, t = 1, u = 1] = config.strides;
    return tf.conv3d(x.as5D(a, b, c, d, e), wide.as5D(i, j, k, l, m), [s, t, u], pad);
  }
  return inRows(tf, x, config, (rows, strides, dilations) => {
    const [h = 1, w = 1, i = 1, o = 1] = kernel.rank === 3 ? [1, ...kernel.shape] : kernel.shape;
    return tf.conv2d(rows, kernel.as4D(h, w, i, o), strides, pad, 'NHWC', dilations);
  });
}

function depthwise(tf: Tf, x: Tensor, kernel: Tensor, config: Common): Tensor {
  const pad = config.padding === 'same' ? 'same' : 'valid';
  return inRows(tf, x, config, (rows, strides, dilations) => {
    const [h = 1, w = 1, i = 1, o = 1] = kernel.rank === 3 ? [1, ...kernel.shape] : kernel.shape;
    return tf.depthwiseConv2d(rows, kernel.as4D(h, w, i, o), strides, pad, 'NHWC', dilations);
  });
}

type Pair = [number, number];

function inRows(
  tf: Tf,
  x: Tensor,
  { strides, dilationRate }: Common,
  body: (rows: ReturnType<Tensor['as4D']>, strides: Pair, dilations: Pair) => Tensor,
): Tensor {
  const flat = x.rank === 3;
  const [b = 1, h = 1, w = 1, c = 1] = flat ? [x.shape[0], 1, x.shape[1], x.shape[2]] : x.shape;
  // A picture of one row has room for equal steps only, which TensorFlow's kernels ask for.
  const pair = (list: readonly number[]): Pair =>
    flat ? [list[0] ?? 1, list[0] ?? 1] : [list[0] ?? 1, list[1] ?? 1];
  const y = body(
    x.as4D(b, h, w, c),
    flat ? [1, strides[0] ?? 1] : pair(strides),
    flat ? [1, dilationRate[0] ?? 1] : pair(dilationRate),
  );
  return flat ? tf.squeeze(y, [1]) : y;
}

function biased(tf: Tf, y: Tensor, bias: Tensor | undefined): Tensor {
  return bias ? tf.add(y, bias) : y;
}

const biasOf = (config: Common, count: number): WeightSpec[] =>
  config.useBias ? [{ name: 'bias', shape: [count] }] : [];

export const convolutions = (tf: Tf) => [
  layerOf(tf, {
    className: 'GroupedConvolution',
    config: common.extend({ filters: size, groups: size.default(1) }),
    weights: (config, input) => [
      {
        name: 'kernel',
        shape: [
          ...config.kernelSize,
          (lastShape(input, config.dataFormat).at(-1) ?? 0) / config.groups,
          config.filters,
        ],
      },
      ...biasOf(config, config.filters),
    ],
    shape: (config, inputs) =>
      ofFormat([only(inputs)[0] ?? null, ...places(config, only(inputs)), config.filters], config.dataFormat),
    call: (_, inputs, config, [kernel, bias]) =>
      channelsLast(tf, only(inputs), config.dataFormat, (last) => {
        const x = causal(tf, last, config);
        const filter = only(kernel ? [kernel] : []);
        if (config.groups === 1) return biased(tf, plainConvolution(tf, x, filter, config), bias);
        const filters = tf.split(filter, config.groups, -1);
        const made = tf
          .split(x, config.groups, -1)
          .map((part, at) => plainConvolution(tf, part, filters[at] ?? filter, config));
        return biased(tf, tf.concat(made, -1), bias);
      }),
  }),
  layerOf(tf, {
    className: 'DepthwiseConvolution',
    config: common.extend({ depthMultiplier: size.default(1) }),
    weights: (config, input) => {
      const channels = lastShape(input, config.dataFormat).at(-1) ?? 0;
      return [
        { name: 'kernel', shape: [...config.kernelSize, channels, config.depthMultiplier] },
        ...biasOf(config, channels * config.depthMultiplier),
      ];
    },
    shape: (config, inputs) => {
      const input = only(inputs);
      const channels = lastShape(input, config.dataFormat).at(-1) ?? null;
      return ofFormat(
        [
          input[0] ?? null,
          ...places(config, input),
          channels === null ? null : channels * config.depthMultiplier,
        ],
        config.dataFormat,
      );
    },
    call: (_, inputs, config, [kernel, bias]) =>
      channelsLast(tf, only(inputs), config.dataFormat, (x) =>
        biased(tf, depthwise(tf, causal(tf, x, config), only(kernel ? [kernel] : []), config), bias),
      ),
  }),
  layerOf(tf, {
    className: 'SeparableConvolution',
    config: common.extend({ filters: size, depthMultiplier: size.default(1) }),
    weights: (config, input) => {
      const channels = lastShape(input, config.dataFormat).at(-1) ?? 0;
      const ones = config.kernelSize.map(() => 1);
      return [
        { name: 'depthwise_kernel', shape: [...config.kernelSize, channels, config.depthMultiplier] },
        { name: 'pointwise_kernel', shape: [...ones, channels * config.depthMultiplier, config.filters] },
        ...biasOf(config, config.filters),
      ];
    },
    shape: (config, inputs) =>
      ofFormat([only(inputs)[0] ?? null, ...places(config, only(inputs)), config.filters], config.dataFormat),
    call: (_, inputs, config, [deep, point, bias]) =>
      channelsLast(tf, only(inputs), config.dataFormat, (x) => {
        const y = depthwise(tf, causal(tf, x, config), only(deep ? [deep] : []), config);
        const filter = only(point ? [point] : []);
        const [i = 1, o = 1] = filter.shape.slice(-2);
        const mixed = tf.matMul(tf.reshape(y, [-1, i]), tf.reshape(filter, [i, o]));
        return biased(tf, tf.reshape(mixed, [...y.shape.slice(0, -1), o]), bias);
      }),
  }),
];
