/** Convolutions of Keras that TensorFlow.js has not: causal, in groups, depthwise and separable along one axis. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import { layerOf, only, type Shape, type WeightSpec } from './recipe.ts';

const size = z.number().int();
const common = z.object({
  kernelSize: z.array(size),
  strides: z.array(size),
  dilationRate: z.array(size),
  padding: z.enum(['valid', 'same', 'causal']),
  useBias: z.boolean().default(true),
  activation: z.string().default('linear'),
});
type Common = z.infer<typeof common>;

/** Places after the convolution. */
function places(config: Common, input: Shape): (number | null)[] {
  return config.kernelSize.map((kernel, at) => {
    const length = input[at + 1];
    const step = config.strides[at] ?? 1;
    const reach = (kernel - 1) * (config.dilationRate[at] ?? 1) + 1;
    if (length === null || length === undefined) return null;
    return config.padding === 'valid' ? Math.ceil((length - reach + 1) / step) : Math.ceil(length / step);
  });
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
    const [i = 1, j = 1, k = 1, l = 1, m = 1] = kernel.shape;
    const [s = 1, t = 1, u = 1] = config.strides;
    return tf.conv3d(x.as5D(a, b, c, d, e), kernel.as5D(i, j, k, l, m), [s, t, u], pad);
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
        shape: [...config.kernelSize, (input.at(-1) ?? 0) / config.groups, config.filters],
      },
      ...biasOf(config, config.filters),
    ],
    shape: (config, inputs) => [only(inputs)[0] ?? null, ...places(config, only(inputs)), config.filters],
    call: (_, inputs, config, [kernel, bias]) => {
      const x = causal(tf, only(inputs), config);
      const filter = only(kernel ? [kernel] : []);
      if (config.groups === 1) return biased(tf, plainConvolution(tf, x, filter, config), bias);
      const filters = tf.split(filter, config.groups, -1);
      const made = tf
        .split(x, config.groups, -1)
        .map((part, at) => plainConvolution(tf, part, filters[at] ?? filter, config));
      return biased(tf, tf.concat(made, -1), bias);
    },
  }),
  layerOf(tf, {
    className: 'DepthwiseConvolution',
    config: common.extend({ depthMultiplier: size.default(1) }),
    weights: (config, input) => {
      const channels = input.at(-1) ?? 0;
      return [
        { name: 'kernel', shape: [...config.kernelSize, channels, config.depthMultiplier] },
        ...biasOf(config, channels * config.depthMultiplier),
      ];
    },
    shape: (config, inputs) => {
      const input = only(inputs);
      const channels = input.at(-1) ?? null;
      return [
        input[0] ?? null,
        ...places(config, input),
        channels === null ? null : channels * config.depthMultiplier,
      ];
    },
    call: (_, inputs, config, [kernel, bias]) =>
      biased(tf, depthwise(tf, causal(tf, only(inputs), config), only(kernel ? [kernel] : []), config), bias),
  }),
  layerOf(tf, {
    className: 'SeparableConvolution',
    config: common.extend({ filters: size, depthMultiplier: size.default(1) }),
    weights: (config, input) => {
      const channels = input.at(-1) ?? 0;
      const ones = config.kernelSize.map(() => 1);
      return [
        { name: 'depthwise_kernel', shape: [...config.kernelSize, channels, config.depthMultiplier] },
        { name: 'pointwise_kernel', shape: [...ones, channels * config.depthMultiplier, config.filters] },
        ...biasOf(config, config.filters),
      ];
    },
    shape: (config, inputs) => [only(inputs)[0] ?? null, ...places(config, only(inputs)), config.filters],
    call: (_, inputs, config, [deep, point, bias]) => {
      const y = depthwise(tf, causal(tf, only(inputs), config), only(deep ? [deep] : []), config);
      const filter = only(point ? [point] : []);
      const [i = 1, o = 1] = filter.shape.slice(-2);
      const mixed = tf.matMul(tf.reshape(y, [-1, i]), tf.reshape(filter, [i, o]));
      return biased(tf, tf.reshape(mixed, [...y.shape.slice(0, -1), o]), bias);
    },
  }),
  layerOf(tf, {
    className: 'Conv1DTranspose',
    config: common.extend({ filters: size }),
    weights: (config, input) => [
      { name: 'kernel', shape: [config.kernelSize[0] ?? 1, config.filters, input.at(-1) ?? 0] },
      ...biasOf(config, config.filters),
    ],
    shape: (config, inputs) => {
      const length = only(inputs)[1];
      return [
        only(inputs)[0] ?? null,
        length === null || length === undefined ? null : lengthened(config, length),
        config.filters,
      ];
    },
    call: (_, inputs, config, [kernel, bias]) => {
      const x = only(inputs);
      const [b = 1, length = 1, c = 1] = x.shape;
      const [w = 1, o = 1, i = 1] = kernel?.shape ?? [];
      const y = tf.conv2dTranspose(
        x.as4D(b, 1, length, c),
        only(kernel ? [kernel] : []).as4D(1, w, o, i),
        [b, 1, lengthened(config, length), config.filters],
        [1, config.strides[0] ?? 1],
        config.padding === 'same' ? 'same' : 'valid',
      );
      return biased(tf, tf.squeeze(y, [1]), bias);
    },
  }),
];

/** Keras' deconv_output_length without output_padding and dilation. */
function lengthened({ kernelSize, strides, padding }: Common, length: number): number {
  const [kernel = 1, step = 1] = [kernelSize[0], strides[0]];
  return padding === 'same' ? length * step : length * step + Math.max(kernel - step, 0);
}
