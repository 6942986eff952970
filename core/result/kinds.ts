/**
 * What results there are: for each type the tensors it holds, with their axes and number types, its record, and what it
 * is. Methods put out what stands here (checked where a worker's answer is made), lenses draw it, docs/results.md tells it.
 */
import type { z } from 'zod';
import type { Dtype } from './axes.ts';
import {
  attributionRecordSchema,
  calibrationRecordSchema,
  countRecordSchema,
  graphRecordSchema,
  histogramRecordSchema,
  pointsRecordSchema,
  predictionRecordSchema,
  rankedRecordSchema,
  seriesRecordSchema,
  similarityRecordSchema,
  statsRecordSchema,
  weightsRecordSchema,
} from './records.ts';

export interface TensorRow {
  /** One of these, where a type has several. */
  readonly dtype: Dtype | readonly Dtype[];
  /** One name a dimension, in order. */
  readonly axes: readonly string[];
  readonly means: string;
  /** Not every result of the type has it. */
  readonly optional?: true;
  /** Its y, x and channel are its own, not those of the values. */
  readonly ownPlaces?: true;
}
export interface KindRow {
  /** What it is, in a few words. */
  readonly summary: string;
  readonly tensors: Readonly<Record<string, TensorRow>>;
  /** Tensors by names that the data or the model give: what they begin with, their first axis (null: any), what they are. */
  readonly named?: { readonly prefix: string; readonly axis: string | null; readonly means: string };
  /** Null: it has no record. */
  readonly record: z.ZodType | null;
}

const tensor =
  (dtype: Dtype) =>
  (means: string, ...axes: readonly string[]): TensorRow => ({ dtype, axes, means });
const f32 = tensor('F32');
const i32 = tensor('I32');
const u8 = tensor('U8');
const maybe = (row: TensorRow): TensorRow => ({ ...row, optional: true });

const INDEX = i32('place in the split', 'example');
const LABEL = i32('class, -1 without', 'example');
const PREDICTED = i32('class, -1 without a prediction', 'example');
const PICTURE = ['y', 'x', 'channel'] as const;

/** What every attribution may have beside its values: all of the same axes. */
const attributed = (...axes: readonly string[]) => ({
  values: f32('attribution, signed', ...axes),
  left: maybe(f32('of a join: the left side', ...axes)),
  right: maybe(f32('of a join: the right side', ...axes)),
  standard_error: maybe(f32('of shapley', ...axes)),
});
const seen = (row: TensorRow): TensorRow => ({ ...row, optional: true, ownPlaces: true });
const SEEN = {
  image: seen(f32('what the model saw, 0 to 1', ...PICTURE)),
  right_image: seen(f32('of a join: what it saw on the right', ...PICTURE)),
};
const RANKED = { index: INDEX, label: LABEL, predicted: PREDICTED };

export const RESULT_TYPES = {
  graph: { summary: 'architecture', tensors: {}, record: graphRecordSchema },
  'tensor[unit,y,x]': {
    summary: 'feature maps of one example',
    tensors: { values: f32('activation', 'unit', 'y', 'x'), image: SEEN.image },
    record: null,
  },
  'vector[unit]': {
    summary: 'activations of one example at a flat layer',
    tensors: { values: f32('activation', 'unit'), image: SEEN.image },
    record: null,
  },
  'stats[unit]': {
    summary: 'statistics of each unit over a slice',
    tensors: {
      mean: f32('mean activation', 'unit'),
      sd: f32('standard deviation', 'unit'),
      min: f32('least', 'unit'),
      max: f32('largest', 'unit'),
      dead: u8('1: zero on every example', 'unit'),
      skew: f32('skewness', 'unit'),
    },
    record: statsRecordSchema,
  },
  histogram: {
    summary: 'how values are distributed',
    tensors: {
      counts: f32('values in each bin', 'bin'),
      edges: { dtype: 'F64', axes: ['edge'], means: 'edges of the bins, one more than bins' },
    },
    record: histogramRecordSchema,
  },
  'vector[class]': {
    summary: 'prediction of one example',
    tensors: { values: f32('probability, score or output', 'class'), image: SEEN.image },
    record: predictionRecordSchema,
  },
  'table[example]': {
    summary: 'predictions of a slice',
    tensors: {
      ...RANKED,
      confidence: f32('probability of the predicted class, NaN without a prediction', 'example'),
      probabilities: f32('probability, score or output', 'example', 'class'),
    },
    named: { prefix: 'column.', axis: 'example', means: 'a column of the data set' },
    record: predictionRecordSchema,
  },
  'matrix[class,class]': {
    summary: 'confusion',
    tensors: {
      counts: i32('examples', 'true class', 'predicted class'),
      example_index: INDEX,
      example_label: LABEL,
      example_predicted: PREDICTED,
    },
    record: predictionRecordSchema,
  },
  'matrix[unit,class]': {
    summary: 'mean activation of each unit for each class',
    tensors: {
      values: f32('mean activation', 'unit', 'class'),
      counts: i32('examples of the class', 'class'),
    },
    record: null,
  },
  images: {
    summary: 'gallery',
    tensors: {
      images: f32('picture, 0 to 1', 'example', ...PICTURE),
      index: INDEX,
      label: LABEL,
    },
    record: null,
  },
  'series[step]': { summary: 'training curves', tensors: {}, record: seriesRecordSchema },
  'points[unit]': {
    summary: 'neuron space',
    tensors: {
      xyz: f32('place of the point', 'unit', 'component'),
      mean: f32('mean activation', 'unit'),
      sd: f32('standard deviation', 'unit'),
      max: f32('largest activation', 'unit'),
      dead: u8('1: zero on every example', 'unit'),
      best_class: i32('class of the largest mean, -1 of a dead unit', 'unit'),
      pictures: maybe(f32('mean picture, weighted by activation', 'unit', ...PICTURE)),
    },
    record: pointsRecordSchema,
  },
  'points[example]': {
    summary: 'example space',
    tensors: {
      xyz: f32('place of the point', 'example', 'component'),
      index: INDEX,
      label: LABEL,
      predicted: maybe(PREDICTED),
      confidence: maybe(f32('probability of the predicted class', 'example')),
      error: {
        dtype: ['U8', 'F32'],
        axes: ['example'],
        means: '1 of a wrong prediction (U8), or the distance to what the model rebuilds (F32)',
        optional: true,
      },
      pictures: maybe(u8('thumbnail', 'example', ...PICTURE)),
    },
    record: pointsRecordSchema,
  },
  'attribution[y,x]': {
    summary: 'attribution to a picture, or to the map of one unit',
    tensors: {
      ...attributed(...PICTURE),
      ...SEEN,
      activation: maybe(f32('of a unit: its map', ...PICTURE)),
      input: maybe(f32('what the model saw, as it was given', ...PICTURE)),
    },
    record: attributionRecordSchema,
  },
  'attribution[feature]': {
    summary: 'attribution to a row of numbers',
    tensors: { ...attributed('feature'), input: maybe(f32('the row', 'feature')) },
    record: attributionRecordSchema,
  },
  'attribution[unit,y,x]': {
    summary: 'attribution to a layer of feature maps',
    tensors: {
      ...attributed('unit', 'y', 'x'),
      ...SEEN,
      activation: maybe(f32('activation', 'unit', 'y', 'x')),
      map: maybe(f32('of gradcam: the maps together', 'y', 'x')),
    },
    record: attributionRecordSchema,
  },
  'attribution[unit]': {
    summary: 'attribution to a flat layer; over a slice the mean over examples',
    tensors: {
      ...attributed('unit'),
      ...SEEN,
      activation: maybe(f32('activation', 'unit')),
      sd: maybe(f32('over a slice: standard deviation', 'unit')),
    },
    record: attributionRecordSchema,
  },
  'attribution[example,y,x]': {
    summary: 'attribution to the pictures of a slice',
    tensors: {
      ...attributed('example', ...PICTURE),
      images: seen(f32('what the model saw, 0 to 1', 'example', ...PICTURE)),
      index: INDEX,
      label: LABEL,
      predicted: PREDICTED,
    },
    record: attributionRecordSchema,
  },
  'ranked[example]': {
    summary: 'examples, best first',
    tensors: {
      ...RANKED,
      value: f32('activation or distance', 'example'),
      images: maybe(f32('picture, 0 to 1', 'example', ...PICTURE)),
      maps: maybe(f32('map of the unit', 'example', 'y', 'x')),
    },
    record: rankedRecordSchema,
  },
  'agreement[example]': {
    summary: 'neighbours of every example of a slice',
    tensors: {
      ...RANKED,
      agreement: f32('share of the nearest with the same label', 'example'),
      neighbours: i32('places in the split', 'example', 'neighbour'),
      distance: f32('distance', 'example', 'neighbour'),
    },
    record: rankedRecordSchema,
  },
  weights: {
    summary: 'weights of a layer, or those into one unit',
    tensors: {},
    named: { prefix: '', axis: null, means: 'kernel, bias, gamma, ... as the layer has them' },
    record: weightsRecordSchema,
  },
  similarity: {
    summary: 'linear CKA of representations',
    tensors: { values: f32('0 to 1', 'row', 'column') },
    record: similarityRecordSchema,
  },
  'table[class]': {
    summary: 'metrics of each class',
    tensors: {
      precision: f32('precision', 'class'),
      recall: f32('recall', 'class'),
      f1: f32('harmonic mean of the two', 'class'),
      support: i32('examples of the class', 'class'),
      predicted_count: i32('predictions of the class', 'class'),
    },
    record: predictionRecordSchema,
  },
  calibration: {
    summary: 'accuracy by confidence',
    tensors: {
      count: i32('predictions in the bin', 'bin'),
      confidence: f32('mean confidence, NaN of an empty bin', 'bin'),
      accuracy: f32('share that is right, NaN of an empty bin', 'bin'),
      edges: f32('edges of the bins, one more than bins', 'edge'),
    },
    record: calibrationRecordSchema,
  },
  count: { summary: 'how many examples satisfy a condition', tensors: {}, record: countRecordSchema },
} as const satisfies Readonly<Record<string, KindRow>>;

export type ResultType = keyof typeof RESULT_TYPES;
export const RESULT_TYPE_NAMES = Object.keys(RESULT_TYPES) as ResultType[];

/** The row of a type, as anything that treats all of them alike sees it. */
export const kindOf = (type: ResultType): KindRow => RESULT_TYPES[type];

/** Names of the tensors that results of a type may hold. */
export type TensorName<Type extends ResultType = ResultType> = Type extends ResultType
  ? keyof (typeof RESULT_TYPES)[Type]['tensors'] & string
  : never;
