/** Inputs, dense layers, activations, shapes, merges, and what acts in training only. */
import { z } from 'zod';
import {
  activation,
  axes,
  axis,
  count,
  dataFormat,
  fixed,
  flag,
  inert,
  type KeyRule,
  type Keys,
  number,
  numbers,
  optional,
  read,
  sizes,
  trained,
} from '../keys.ts';
import { type ClassRow, handedOn, type Rows } from './row.ts';

/** Adaptations of weights, which change what is computed. */
export const ADAPTED: Keys = {
  lora_rank: fixed([null], 'merge the LoRA weights into the kernel before saving'),
  lora_alpha: fixed([null], 'merge the LoRA weights into the kernel before saving'),
  quantization_config: fixed([null], 'save the model before quantize()'),
};

/** TensorFlow.js writes null for the open size. */
const targetShape: KeyRule = (value, key, owner) => {
  const expected = 'a list of positive sizes, one of them -1 at most';
  return read(
    z
      .array(z.number().int().nullable())
      .max(8)
      .transform((list) => list.map((size) => size ?? -1))
      .refine((list) => list.every((size) => size > 0 || size === -1))
      .refine((list) => list.filter((size) => size === -1).length <= 1),
    expected,
  )(value, key, owner);
};

const merging: ClassRow = { keys: {} };
const dropping: Keys = {
  seed: inert,
  noise_shape: inert,
  rng_type: inert,
  force_generator: inert,
  data_format: inert,
};

export const CORE: Rows = {
  InputLayer: {
    keys: {
      sparse: fixed([false], 'give the data dense'),
      ragged: fixed([false], 'pad the data to one length'),
      optional: fixed([false], 'make the input a required one'),
    },
  },
  Dense: {
    keys: {
      units: count,
      activation,
      use_bias: flag,
      input_dim: inert,
      ...trained('kernel', 'bias'),
      ...ADAPTED,
    },
  },
  Embedding: {
    keys: {
      input_dim: count,
      output_dim: count,
      mask_zero: flag,
      input_length: inert,
      sparse: inert,
      ...trained('embeddings'),
      ...ADAPTED,
    },
  },
  Activation: { keys: { activation } },
  Flatten: { keys: { data_format: dataFormat } },
  Reshape: { keys: { target_shape: targetShape } },
  Permute: { keys: { dims: sizes } },
  RepeatVector: { keys: { n: count } },
  Identity: { keys: {}, make: handedOn },
  Masking: { keys: { mask_value: number } },
  Rescaling: { keys: { scale: numbers, offset: numbers } },

  ELU: { keys: { alpha: number } },
  ReLU: {
    keys: { max_value: optional(number), negative_slope: optional(number), threshold: optional(number) },
  },
  LeakyReLU: {
    // Two names of one number: Keras 3, Keras 2.
    keys: { negative_slope: number, alpha: number },
    make: ({ negative_slope, alpha, ...config }) => ({
      config: { ...config, alpha: negative_slope ?? alpha ?? 0.3 },
    }),
  },
  PReLU: { keys: { ...trained('alpha'), shared_axes: optional(sizes) } },
  ThresholdedReLU: { keys: { theta: number } },
  Softmax: { keys: { axis: axes } },

  Add: merging,
  Average: merging,
  Maximum: merging,
  Minimum: merging,
  Multiply: merging,
  Subtract: merging,
  Concatenate: { keys: { axis } },
  Dot: { keys: { axes: sizes, normalize: flag } },

  Dropout: { keys: { rate: number, ...dropping } },
  GaussianDropout: { keys: { rate: number, ...dropping } },
  GaussianNoise: { keys: { stddev: number, ...dropping } },
  AlphaDropout: { keys: { rate: number, ...dropping } },
  SpatialDropout1D: { keys: { rate: number, ...dropping } },
  SpatialDropout2D: { keys: { rate: inert, ...dropping }, make: handedOn },
  SpatialDropout3D: { keys: { rate: inert, ...dropping }, make: handedOn },
  ActivityRegularization: { keys: { l1: inert, l2: inert }, make: handedOn },
};

/**
 * Augmentations of pictures that do nothing at inference. Not among them: RandomCrop, which crops always, and those
 * without chance (Solarization, Equalization, AutoContrast ...).
 */
const RANDOM = [
  ...[
    'RandomFlip',
    'RandomRotation',
    'RandomZoom',
    'RandomTranslation',
    'RandomContrast',
    'RandomBrightness',
  ],
  ...['RandomShear', 'RandomPerspective', 'RandomErasing', 'RandomInvert', 'RandomHue', 'RandomSaturation'],
  ...[
    'RandomColorJitter',
    'RandomColorDegeneration',
    'RandomGrayscale',
    'RandomPosterization',
    'RandomSharpness',
  ],
  ...['RandomGaussianBlur', 'RandomElasticTransform', 'RandAugment', 'AugMix', 'MixUp', 'CutMix'],
];
export const AUGMENTATIONS: Rows = Object.fromEntries(
  RANDOM.map((name) => [name, { keys: 'any', make: handedOn }]),
);

/** What the person may expect to act is said to act in training only. */
export const SILENT: ReadonlySet<string> = new Set([
  ...RANDOM,
  'SpatialDropout2D',
  'SpatialDropout3D',
  'ActivityRegularization',
]);
