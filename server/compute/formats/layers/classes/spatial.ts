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
  shown,
  sizes,
  trained,
} from '../keys.ts';
import type { ClassRow, Config, Made, Rows } from './row.ts';

const padding = read(z.enum(['valid', 'same', 'causal']), '"valid", "same" or "causal"');
const margins = read(
  z.union([z.number().int(), z.array(z.union([z.number().int(), z.array(z.number().int())]))]),
  'widths',
);
const lastOnly = 'give the channels last (data_format="channels_last")';

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

/** TensorFlow.js' own layer where that computes it; else ours, which takes channels last. */
function convolved(rank: number, own: string, isTheirs: (config: Config) => boolean) {
  return (config: Config, owner: KeyOwner): Made => {
    const { data_format, rank: _, ...rest } = config;
    if (isTheirs(config)) return { config };
    if (data_format === 'channels_first')
      throw faulty(
        owner,
        `has data_format="channels_first", which is computed for plain convolutions only: ${lastOnly}`,
      );
    const dilated = !ones(config.dilation_rate);
    if (dilated && !ones(config.strides))
      throw faulty(owner, 'has strides and a dilation rate above 1, which Keras does not compute either');
    if (dilated && rank === 3)
      throw faulty(
        owner,
        `has dilation_rate=${shown(config.dilation_rate)}, which is not computed over volumes: use a kernel with zeros`,
      );
    return {
      className: own,
      config: {
        ...rest,
        kernel_size: each(config.kernel_size, rank),
        strides: each(config.strides, rank),
        dilation_rate: each(config.dilation_rate, rank),
        padding: config.padding ?? 'valid',
      },
    };
  };
}

const isPlain = (config: Config) => ones(config.groups) && config.padding !== 'causal';

function transposed(rank: number): ClassRow {
  return {
    keys: {
      ...convolution,
      padding: read(z.enum(['valid', 'same']), '"valid" or "same"'),
      groups: fixed([1], 'use one group'),
      dilation_rate: fixed(
        [1, [1], [1, 1], [1, 1, 1]],
        'put zeros into the kernel, or use a dilation rate of 1',
      ),
      output_padding: fixed([null], 'leave it out: the size follows from the strides'),
      ...(rank === 1 ? { data_format: fixed(['channels_last'], lastOnly) } : {}),
    },
    make: (config) =>
      rank === 1
        ? {
            config: {
              ...config,
              kernel_size: each(config.kernel_size, 1),
              strides: each(config.strides, 1),
              dilation_rate: [1],
              padding: config.padding ?? 'valid',
            },
          }
        : { config },
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
const pooling1D: ClassRow = {
  ...pooling,
  keys: { ...(pooling.keys as Keys), data_format: fixed(['channels_last'], lastOnly) },
};
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

  AveragePooling1D: pooling1D,
  AveragePooling2D: pooling,
  AveragePooling3D: pooling,
  MaxPooling1D: pooling1D,
  MaxPooling2D: pooling,
  MaxPooling3D: pooling,
  GlobalAveragePooling1D: globally,
  GlobalAveragePooling2D: globally,
  GlobalAveragePooling3D: globally,
  GlobalMaxPooling1D: globally,
  GlobalMaxPooling2D: globally,
  GlobalMaxPooling3D: globally,

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
