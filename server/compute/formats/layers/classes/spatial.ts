/** Convolutions, poolings, paddings and samplings over places. */
import { z } from 'zod';
import {
  activation,
  count,
  dataFormat,
  faulty,
  fixed,
  flag,
  inert,
  type KeyOwner,
  type Keys,
  optional,
  read,
  sizes,
  trained,
} from '../keys.ts';
import type { ClassRow, Config, Made, Rows } from './row.ts';

const padding = read(z.enum(['valid', 'same', 'causal']), '"valid", "same" or "causal"');
const margins = read(
  z.union([z.number().int(), z.array(z.union([z.number().int(), z.array(z.number().int())]))]),
  'widths',
);

const convolution: Keys = {
  filters: count,
  kernel_size: sizes,
  strides: sizes,
  padding,
  data_format: dataFormat,
  dilation_rate: sizes,
  groups: count,
  activation,
  use_bias: flag,
  // TensorFlow.js writes the number of axes.
  rank: inert,
  ...trained('kernel', 'bias'),
};
const depthwise: Keys = { ...convolution, depth_multiplier: count, ...trained('depthwise', 'pointwise') };

function ones(value: unknown): boolean {
  return [value ?? 1].flat().every((one) => one === 1);
}

/** One number for each axis. */
function each(value: unknown, rank: number): unknown[] {
  const list = [value ?? 1].flat();
  return list.length === 1 ? Array.from({ length: rank }, () => list[0]) : list;
}

/** TensorFlow.js' own layer where that computes it; else ours. */
function convolved(rank: number, own: string, isTheirs: (config: Config) => boolean) {
  return (config: Config, owner: KeyOwner): Made => {
    if (isTheirs(config)) return { config };
    if (!ones(config.dilation_rate) && !ones(config.strides))
      throw faulty(owner, 'has strides and a dilation rate above 1, which Keras does not compute either');
    return { className: own, config: { ...spelledOut(config, rank), padding: config.padding ?? 'valid' } };
  };
}

/** With one number for each axis. */
function spelledOut({ rank: _rank, ...config }: Config, rank: number): Config {
  return {
    ...config,
    kernel_size: each(config.kernel_size, rank),
    strides: each(config.strides, rank),
    dilation_rate: each(config.dilation_rate, rank),
  };
}

const isPlain = (config: Config) => ones(config.groups) && config.padding !== 'causal';

function transposed(rank: number): ClassRow {
  return {
    keys: {
      ...convolution,
      padding: read(z.enum(['valid', 'same']), '"valid" or "same"'),
      groups: fixed([1], 'use one group'),
      output_padding: optional(sizes),
    },
    make: (config) => {
      if (rank > 1 && config.output_padding === undefined && ones(config.dilation_rate)) {
        const { dilation_rate: _ones, ...rest } = config;
        return { config: rest };
      }
      return {
        className: rank === 1 ? 'Conv1DTranspose' : 'TransposedConvolution',
        config: {
          ...spelledOut(config, rank),
          ...(config.output_padding === undefined
            ? {}
            : { output_padding: each(config.output_padding, rank) }),
          padding: config.padding ?? 'valid',
        },
      };
    },
  };
}

const pooling: ClassRow = {
  keys: {
    pool_size: sizes,
    strides: optional(sizes),
    padding: read(z.enum(['valid', 'same']), '"valid" or "same"'),
    data_format: dataFormat,
  },
};
/** TensorFlow.js' own know nothing of channels first along one axis. */
function pooling1D(how: 'Average' | 'Max'): ClassRow {
  return {
    ...pooling,
    make: ({ data_format, ...config }) => {
      if (data_format !== 'channels_first') return { config };
      const pool_size = each(config.pool_size ?? 2, 1);
      const strides = config.strides === undefined ? pool_size : each(config.strides, 1);
      return {
        className: `ChannelsFirst${how}Pooling1D`,
        config: { ...config, pool_size, strides, padding: config.padding ?? 'valid' },
      };
    },
  };
}
function adaptive(rank: number): ClassRow {
  return {
    keys: { output_size: sizes, data_format: dataFormat },
    make: (config) => ({ config: { ...config, output_size: each(config.output_size, rank) } }),
  };
}
const globally: ClassRow = { keys: { data_format: dataFormat, keepdims: flag } };
const padded: ClassRow = { keys: { padding: margins, data_format: dataFormat } };
const cropped: ClassRow = { keys: { cropping: margins, data_format: dataFormat } };

export const SPATIAL: Rows = {
  Conv1D: {
    keys: convolution,
    make: convolved(
      1,
      'GroupedConvolution',
      (config) => isPlain(config) && config.data_format !== 'channels_first',
    ),
  },
  Conv2D: { keys: convolution, make: convolved(2, 'GroupedConvolution', isPlain) },
  Conv3D: {
    keys: convolution,
    make: convolved(3, 'GroupedConvolution', (config) => isPlain(config) && ones(config.dilation_rate)),
  },
  Conv1DTranspose: transposed(1),
  Conv2DTranspose: transposed(2),
  Conv3DTranspose: transposed(3),
  DepthwiseConv1D: { keys: depthwise, make: convolved(1, 'DepthwiseConvolution', () => false) },
  DepthwiseConv2D: {
    keys: depthwise,
    make: convolved(2, 'DepthwiseConvolution', (config) => ones(config.dilation_rate) && isPlain(config)),
  },
  SeparableConv1D: { keys: depthwise, make: convolved(1, 'SeparableConvolution', () => false) },
  SeparableConv2D: {
    keys: depthwise,
    make: convolved(
      2,
      'SeparableConvolution',
      (config) => isPlain(config) && config.data_format !== 'channels_first',
    ),
  },

  AveragePooling1D: pooling1D('Average'),
  AveragePooling2D: pooling,
  AveragePooling3D: pooling,
  MaxPooling1D: pooling1D('Max'),
  MaxPooling2D: pooling,
  MaxPooling3D: pooling,
  GlobalAveragePooling1D: globally,
  GlobalAveragePooling2D: globally,
  GlobalAveragePooling3D: globally,
  GlobalMaxPooling1D: globally,
  GlobalMaxPooling2D: globally,
  GlobalMaxPooling3D: globally,

  AdaptiveAveragePooling1D: adaptive(1),
  AdaptiveAveragePooling2D: adaptive(2),
  AdaptiveAveragePooling3D: adaptive(3),
  AdaptiveMaxPooling1D: adaptive(1),
  AdaptiveMaxPooling2D: adaptive(2),
  AdaptiveMaxPooling3D: adaptive(3),

  ZeroPadding1D: padded,
  ZeroPadding2D: padded,
  ZeroPadding3D: padded,
  Cropping1D: cropped,
  Cropping2D: cropped,
  Cropping3D: cropped,
  UpSampling1D: { keys: { size: sizes } },
  UpSampling2D: {
    keys: {
      size: sizes,
      data_format: dataFormat,
      interpolation: read(z.enum(['nearest', 'bilinear']), '"nearest" or "bilinear"'),
    },
    make: ({ interpolation, ...config }) =>
      interpolation === 'bilinear' ? { className: 'BilinearUpSampling2D', config } : { config },
  },
  UpSampling3D: { keys: { size: sizes, data_format: dataFormat } },
  Resizing: {
    keys: {
      height: count,
      width: count,
      interpolation: read(z.enum(['nearest', 'bilinear']), '"nearest" or "bilinear"'),
      crop_to_aspect_ratio: fixed([false], 'resize the data before the model'),
      pad_to_aspect_ratio: fixed([false], 'resize the data before the model'),
      fill_mode: inert,
      fill_value: inert,
      antialias: fixed([false], 'resize the data before the model'),
      data_format: dataFormat,
    },
    make: (config) => ({ config: { interpolation: 'bilinear', ...config } }),
  },
};
