/** Normalisations of Keras that TensorFlow.js has not. Formulas as in keras/src/layers/normalization. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import { layerOf, only, type Shape, type WeightSpec } from './recipe.ts';

const axes = z.union([z.number().int(), z.array(z.number().int())]);

function positive(axis: number | readonly number[], rank: number): number[] {
  return [axis].flat().map((one) => (one < 0 ? one + rank : one));
}

function sizesAlong(shape: Shape, along: readonly number[]): number[] {
  return along.map((axis) => shape[axis] ?? 0);
}

/** A weight of the sizes along some axes, to fit the whole. */
function fitted(tf: Tf, weight: Tensor, shape: Shape, along: readonly number[]): Tensor {
  return tf.reshape(
    weight,
    shape.map((_, axis) => (along.includes(axis) ? (weight.shape[along.indexOf(axis)] ?? 1) : 1)),
  );
}

/** Its weights are all of one axis. */
function vector(weight: Tensor) {
  return weight.as1D();
}

const numbers = z.union([z.number(), z.array(z.number())]);

function flatNumbers(value: unknown): number[] {
  return Array.isArray(value) ? value.flatMap(flatNumbers) : [Number(value)];
}
const nested = z.unknown().transform(flatNumbers);

const scaleAndShift = (
  config: { scale: boolean; center: boolean },
  shape: readonly number[],
): WeightSpec[] => [
  ...(config.scale ? [{ name: 'gamma', shape }] : []),
  ...(config.center ? [{ name: 'beta', shape }] : []),
];

/** Vectors along these axes over their lengths; those shorter than `least` over that. */
export function ofLengthOne(tf: Tf, x: Tensor, along: readonly number[], least: number): Tensor {
  const squares = tf.sum(tf.square(x), [...along], true);
  return tf.mul(x, tf.rsqrt(tf.maximum(squares, least * least)));
}

export const normalizations = (tf: Tf) => [
  // TensorFlow.js' own is wrong on WebAssembly along any axis but the last, and knows no volumes of pictures.
  layerOf(tf, {
    className: 'BatchNormalization',
    config: z.object({
      axis: z
        .union([
          z.number().int(),
          z
            .array(z.number().int())
            .length(1)
            .transform(([one]) => one ?? -1),
        ])
        .default(-1),
      epsilon: z.number().default(1e-3),
      center: z.boolean().default(true),
      scale: z.boolean().default(true),
    }),
    weights: (config, input) => {
      const shape = sizesAlong(input, positive(config.axis, input.length));
      return [
        ...scaleAndShift(config, shape),
        { name: 'moving_mean', shape, trainable: false },
        { name: 'moving_variance', shape, trainable: false },
      ];
    },
    shape: (_, inputs) => only(inputs),
    call: (_, inputs, config, weights) => {
      const x = only(inputs);
      const along = positive(config.axis, x.rank);
      const own = [...weights];
      const gamma = config.scale ? own.shift() : undefined;
      const beta = config.center ? own.shift() : undefined;
      const [mean, variance] = own;
      if (!mean || !variance) throw new Error('a normalisation has no statistics');
      const last = along[0] === x.rank - 1;
      if (last && x.rank >= 2 && x.rank <= 4)
        return tf.batchNorm(
          x,
          vector(mean),
          vector(variance),
          beta && vector(beta),
          gamma && vector(gamma),
          config.epsilon,
        );
      // As TensorFlow: x * inv + (beta - mean * inv).
      const plain = tf.rsqrt(tf.add(variance, config.epsilon));
      const factor = gamma ? tf.mul(plain, gamma) : plain;
      const shift = beta ? tf.sub(beta, tf.mul(mean, factor)) : tf.neg(tf.mul(mean, factor));
      return tf.add(tf.mul(x, fitted(tf, factor, x.shape, along)), fitted(tf, shift, x.shape, along));
    },
  }),
  layerOf(tf, {
    className: 'UnitNormalization',
    config: z.object({ axis: axes.default(-1) }),
    shape: (_, inputs) => only(inputs),
    call: (_, inputs, { axis }) => {
      const x = only(inputs);
      return ofLengthOne(tf, x, positive(axis, x.rank), 1e-12);
    },
  }),
  layerOf(tf, {
    className: 'RMSNormalization',
    config: z.object({ axis: axes.default(-1), epsilon: z.number().default(1e-6) }),
    weights: ({ axis }, input) => [{ name: 'scale', shape: sizesAlong(input, positive(axis, input.length)) }],
    shape: (_, inputs) => only(inputs),
    call: (_, inputs, { axis, epsilon }, [scale]) => {
      const x = only(inputs);
      const along = positive(axis, x.rank);
      const mean = tf.mean(tf.square(x), along, true);
      const y = tf.mul(x, tf.rsqrt(tf.add(mean, epsilon)));
      return scale ? tf.mul(y, fitted(tf, scale, x.shape, along)) : y;
    },
  }),
  layerOf(tf, {
    className: 'GroupNormalization',
    config: z.object({
      groups: z.number().int().default(32),
      axis: z.number().int().default(-1),
      epsilon: z.number().default(1e-3),
      center: z.boolean().default(true),
      scale: z.boolean().default(true),
    }),
    weights: (config, input) => scaleAndShift(config, sizesAlong(input, positive(config.axis, input.length))),
    shape: (_, inputs) => only(inputs),
    call: (_, inputs, config, weights) => {
      const x = only(inputs);
      const [axis = 1] = positive(config.axis, x.rank);
      const channels = x.shape[axis] ?? 1;
      const groups = config.groups === -1 ? channels : config.groups;
      // The channels' axis becomes (groups, channels of a group); all but batch and group are averaged over.
      const split = [...x.shape.slice(0, axis), groups, channels / groups, ...x.shape.slice(axis + 1)];
      const parts = tf.reshape(x, split);
      const over = split.map((_, at) => at).filter((at) => at !== 0 && at !== axis);
      const { mean, variance } = tf.moments(parts, over, true);
      const y = tf.reshape(tf.mul(tf.sub(parts, mean), tf.rsqrt(tf.add(variance, config.epsilon))), x.shape);
      const [gamma, beta] = config.scale ? weights : [undefined, weights[0]];
      const scaled = gamma ? tf.mul(y, fitted(tf, gamma, x.shape, [axis])) : y;
      return beta ? tf.add(scaled, fitted(tf, beta, x.shape, [axis])) : scaled;
    },
  }),
  layerOf(tf, {
    className: 'Normalization',
    config: z.object({
      axis: axes.nullable(),
      /** Given with the layer, else they are weights. */
      mean: nested.nullable(),
      variance: nested.nullable(),
      invert: z.boolean().default(false),
    }),
    weights: ({ axis, mean }, input) => {
      if (mean) return [];
      const shape = axis === null ? [] : sizesAlong(input, positive(axis, input.length));
      return [
        { name: 'mean', shape, trainable: false },
        { name: 'variance', shape, trainable: false },
        { name: 'count', shape: [], trainable: false },
      ];
    },
    shape: (_, inputs) => only(inputs),
    call: (_, inputs, config, weights) => {
      const x = only(inputs);
      const along = config.axis === null ? [] : positive(config.axis, x.rank);
      const own = (at: number, given: number[] | null): Tensor => {
        const weight = weights[at];
        const shape = x.shape.map((size, axis) => (along.includes(axis) ? size : 1));
        if (weight) return tf.reshape(weight, shape);
        const values = given ?? [];
        return tf.reshape(tf.tensor1d(values), values.length === 1 ? x.shape.map(() => 1) : shape);
      };
      const mean = own(0, config.mean);
      const deviation = tf.maximum(tf.sqrt(own(1, config.variance)), 1e-7);
      return config.invert ? tf.add(mean, tf.mul(x, deviation)) : tf.div(tf.sub(x, mean), deviation);
    },
  }),
  layerOf(tf, {
    className: 'Rescaling',
    config: z.object({ scale: numbers, offset: numbers.default(0) }),
    shape: (_, inputs) => only(inputs),
    call: (_, inputs, { scale, offset }) => tf.add(tf.mul(tf.cast(only(inputs), 'float32'), scale), offset),
  }),
];
