/**
 * Results: what a query answers with. Named-axis tensors, columns and small records, with provenance.
 * Tensors travel as safetensors (see safetensors.ts); everything here is JSON.
 */
import { z } from 'zod';

/** What a result is; lenses say which of these they draw. */
export const RESULT_TYPES = [
  'graph', // architecture: GraphRecord in `record`
  'tensor[unit,y,x]', // feature maps of one example; tensor `values` (units, height, width)
  'vector[unit]', // activations of one example at a flat layer; `values` (units)
  'stats[unit]', // per-unit statistics over a slice; `mean` `sd` `min` `max` `dead` `skew` (units), StatsRecord
  'histogram', // HistogramRecord; `counts` (bins), `edges` (bins + 1)
  'vector[class]', // prediction of one example; `values` (classes), PredictionRecord
  'table[example]', // predictions of a slice; `index` `label` `predicted` `confidence` (examples), `probabilities` (examples, classes)
  'matrix[class,class]', // confusion; `counts` (true class, predicted class); `example_index`, `example_label`, `example_predicted` (examples)
  'matrix[unit,class]', // mean activation of each unit per class; `values` (units, classes), `counts` (classes)
  'images', // gallery; `images` (n, height, width, channels) in [0,1], `index` `label` (n)
  'series[step]', // metrics over epochs; SeriesRecord
  'points[unit]', // neuron space: `xyz` (units, dims), `columns` such as mean, max, dead, best_class; `pictures` (units, h, w, c) mean image weighted by activation
  'points[example]', // example space: `xyz` (examples, dims), `index` `label` `predicted` `confidence` `error`
] as const;
export const resultTypeSchema = z.enum(RESULT_TYPES);
export type ResultType = z.infer<typeof resultTypeSchema>;

export const DTYPES = ['F32', 'F64', 'I32', 'U8', 'BOOL'] as const;
export const dtypeSchema = z.enum(DTYPES);
export type Dtype = z.infer<typeof dtypeSchema>;

export const axisSchema = z.object({
  name: z.string(),
  size: z.number().int().nonnegative(),
  unit: z.string().optional(),
  labels: z.array(z.string()).optional(),
});
export type Axis = z.infer<typeof axisSchema>;

/** One tensor of a result: its axes name every dimension, in order. */
export const tensorInfoSchema = z.object({
  dtype: dtypeSchema,
  shape: z.array(z.number().int().nonnegative()),
  axes: z.array(z.string()),
});
export type TensorInfo = z.infer<typeof tensorInfoSchema>;

export const provenanceSchema = z.object({
  /** Canonical text, all names bound and all defaults written. */
  query: z.string(),
  checkpoints: z.array(z.object({ address: z.string(), hash: z.string() })),
  data: z.array(z.object({ address: z.string(), hash: z.string() })),
  method: z.string(),
  methodVersion: z.string(),
  parameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  seed: z.number().optional(),
  engine: z.string(),
  engineVersion: z.string(),
  backend: z.string(),
  /** Wall time of the computation. */
  durationMs: z.number(),
  computedAt: z.string(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

export const resultSchema = z.object({
  /** SHA-256 (hex) of canonical query, checkpoint hashes, data hashes, method and its version. */
  id: z.string(),
  type: resultTypeSchema,
  title: z.string(),
  axes: z.array(axisSchema),
  tensors: z.record(z.string(), tensorInfoSchema),
  /** Type-specific small facts (GraphRecord, HistogramRecord, ...). */
  record: z.unknown().optional(),
  /** One sentence on how to read the picture. */
  reading: z.string(),
  /** Number of examples that went in, where that means something. */
  n: z.number().optional(),
  warnings: z.array(z.string()),
  provenance: provenanceSchema,
});
export type ResultMeta = z.infer<typeof resultSchema>;

export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array;
export interface NamedTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}
/** A result with its numbers at hand: what a lens draws. */
export interface Result {
  readonly meta: ResultMeta;
  readonly tensors: Readonly<Record<string, NamedTensor>>;
}

/** `record` of 'graph'. */
export const graphRecordSchema = z.object({
  model: z.string(),
  layers: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      outputShape: z.array(z.number().nullable()),
      params: z.number(),
      trainableParams: z.number(),
      activation: z.string().optional(),
      /** Number of units: size of the output's last axis. */
      units: z.number().nullable(),
      weights: z.array(z.object({ name: z.string(), shape: z.array(z.number()) })),
      config: z.record(z.string(), z.unknown()),
    }),
  ),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  params: z.number(),
});
export type GraphRecord = z.infer<typeof graphRecordSchema>;

/** `record` of 'histogram'. */
export const histogramRecordSchema = z.object({
  layer: z.string(),
  unit: z.number().nullable(),
  count: z.number(),
  mean: z.number(),
  sd: z.number(),
  min: z.number(),
  max: z.number(),
  skew: z.number(),
  /** Share of exact zeros. */
  zeros: z.number(),
  /** Number of units that are zero on every example, of `units`. */
  deadUnits: z.number(),
  units: z.number(),
  nonFinite: z.number(),
});
export type HistogramRecord = z.infer<typeof histogramRecordSchema>;

/** `record` of 'vector[class]', 'table[example]', 'matrix[class,class]'. */
export const predictionRecordSchema = z.object({
  classes: z.array(z.string()),
  accuracy: z.number().nullable(),
  label: z.number().nullable().optional(),
  predicted: z.number().nullable().optional(),
  example: z.string().optional(),
});
export type PredictionRecord = z.infer<typeof predictionRecordSchema>;

/** `record` of 'series[step]'. NaN is written as null. */
export const seriesRecordSchema = z.object({
  series: z.array(
    z.object({ name: z.string(), steps: z.array(z.number()), values: z.array(z.number().nullable()) }),
  ),
  /** Optimiser, batch size, learning rate, ... */
  metaParameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  best: z.number().nullable(),
});
export type SeriesRecord = z.infer<typeof seriesRecordSchema>;

/** `record` of 'points[unit]' and 'points[example]'. */
export const pointsRecordSchema = z.object({
  method: z.enum(['pca', 'umap']),
  dims: z.union([z.literal(2), z.literal(3)]),
  /** PCA: share of variance of each component. */
  explainedVariance: z.array(z.number()).optional(),
  /** UMAP: trustworthiness (Venna & Kaski 2001) and k-NN recall at k neighbours, on at most 2,000 points. */
  trustworthiness: z.number().optional(),
  knnRecall: z.number().optional(),
  k: z.number().optional(),
  classes: z.array(z.string()),
  layer: z.string(),
});
export type PointsRecord = z.infer<typeof pointsRecordSchema>;
