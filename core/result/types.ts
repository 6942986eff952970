/**
 * Results: what a query answers with. Named-axis tensors, columns and small records, with provenance.
 * Tensors travel as safetensors (see safetensors.ts); everything here is JSON.
 */
import { z } from 'zod';
import { preprocessingRecordSchema } from '../preprocessing/spec.ts';

/** What a result is; lenses say which of these they draw. */
export const RESULT_TYPES = [
  'graph', // architecture: GraphRecord in `record`
  'tensor[unit,y,x]', // feature maps of one example; tensor `values` (units, height, width)
  'vector[unit]', // activations of one example at a flat layer; `values` (units)
  'stats[unit]', // per-unit statistics over a slice; `mean` `sd` `min` `max` `dead` `skew` (units), StatsRecord
  'histogram', // HistogramRecord; `counts` (bins), `edges` (bins + 1)
  'vector[class]', // prediction of one example; `values` (classes), PredictionRecord
  'table[example]', // predictions of a slice; `index` `label` `predicted` `confidence` (examples), -1 and NaN where there is no prediction, `probabilities` (examples, classes); `column.NAME` (examples) of the data set
  'matrix[class,class]', // confusion; `counts` (true class, predicted class); `example_index`, `example_label`, `example_predicted` (examples)
  'matrix[unit,class]', // mean activation of each unit per class; `values` (units, classes), `counts` (classes)
  'images', // gallery; `images` (n, height, width, channels) in [0,1], `index` `label` (n)
  'series[step]', // metrics over epochs; SeriesRecord
  'points[unit]', // neuron space: `xyz` (units, dims), `columns` such as mean, max, dead, best_class; `pictures` (units, h, w, c) mean image weighted by activation
  'points[example]', // example space: `xyz` (examples, dims), `index` `label` `predicted` `confidence` `error`
  // Attributions: AttributionRecord. `values` holds one number per feature, signed; of shapley also `standard_error` of the same
  // shape; of a join also `left` and `right`, the two sides, of the same shape.
  'attribution[y,x]', // to a picture, or to one unit's map: `values` (y, x, channel); `image` (h, w, c) in [0,1] what the model saw
  'attribution[feature]', // to a row of numbers: `values` `input` (features)
  'attribution[unit,y,x]', // to a layer of feature maps: `values` (units, y, x); `activation` of the same shape; `image` where there is one
  'attribution[unit]', // to a flat layer: `values` `activation` (units); over a slice the mean over examples, `sd` beside it
  'attribution[example,y,x]', // to the pictures of a slice: `values` (n, y, x, channel), `images` (n, h, w, c), `index` `label` `predicted` (n)
  'ranked[example]', // top(), neighbours(): `index` `label` `predicted` (n), `value` (n) activation or distance, best first; `images` (n, h, w, c) and `maps` (n, y, x) of the unit where there are; RankedRecord
  'agreement[example]', // neighbours() of a slice: `index` `label` `predicted` (n), `agreement` (n) share of the k nearest with the same label, `neighbours` (n, k) indices, `distance` (n, k); RankedRecord
  'weights', // `kernel`, `bias`, `gamma`, ... as the layer has them, or the part that leads into one unit; WeightsRecord
  'similarity', // linear CKA: `values` (rows, columns) in [0,1]; SimilarityRecord
  'table[class]', // per class: `precision` `recall` `f1` `support` `predicted_count` (classes); PredictionRecord
  'calibration', // `count` `confidence` `accuracy` (bins), `edges` (bins + 1); CalibrationRecord
  'count', // how many examples satisfy a condition; CountRecord
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
  /** How the data were given to each model; absent where no data were asked about, and in answers of earlier versions. */
  preprocessing: z.array(preprocessingRecordSchema).optional(),
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
  /**
   * Of a what-if question (`with ...`): its changes in words, and the record of the same question without them. Its
   * tensors stand beside the changed ones as `before.NAME`. Of a function's left join (confusion() of two models): the
   * right side in the same way, and `against` names both sides by what they differ in.
   */
  before: z
    .object({
      changes: z.array(z.string()),
      record: z.unknown().optional(),
      against: z.object({ left: z.string(), right: z.string() }).optional(),
    })
    .optional(),
  warnings: z.array(z.string()),
  /** Not stored: said when a kept result is shown whose method gives other numbers by now. One sentence. */
  superseded: z.string().optional(),
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
  /**
   * What each output was trained with, where the file tells (Keras' compile_config or training_config): the name of the
   * loss in snake case, and whether it took the outputs as logits.
   */
  losses: z.array(z.object({ name: z.string(), fromLogits: z.boolean() }).nullable()).optional(),
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
  /** Values in no bin: all, and apart. */
  nonFinite: z.number(),
  nan: z.number().optional(),
  positiveInfinity: z.number().optional(),
  negativeInfinity: z.number().optional(),
});
export type HistogramRecord = z.infer<typeof histogramRecordSchema>;

/** `record` of 'vector[class]', 'table[example]', 'matrix[class,class]'. */
export const predictionRecordSchema = z.object({
  /**
   * What the numbers are: probabilities of the classes; scores of the classes that nothing makes probabilities, so that
   * there is no confidence; or outputs of no class, named by their number, of which none is predicted.
   */
  scores: z.enum(['probability', 'score', 'output']).default('probability'),
  classes: z.array(z.string()),
  accuracy: z.number().nullable(),
  label: z.number().nullable().optional(),
  /** Null where the scores are not finite. */
  predicted: z.number().nullable().optional(),
  /** Examples whose scores are not finite: -1 in `predicted`, in no cell of a confusion. */
  unpredicted: z.number().optional(),
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
  method: z.enum(['pca', 'umap', 'tsne']),
  dims: z.union([z.literal(2), z.literal(3)]),
  /** PCA: share of variance of each component. */
  explainedVariance: z.array(z.number()).optional(),
  /** UMAP and t-SNE: trustworthiness (Venna & Kaski 2001) and k-NN recall at k neighbours, on at most 2,000 points. */
  trustworthiness: z.number().optional(),
  knnRecall: z.number().optional(),
  k: z.number().optional(),
  classes: z.array(z.string()),
  layer: z.string(),
});
export type PointsRecord = z.infer<typeof pointsRecordSchema>;

/** One attribution: what was asked, and how much of the target it accounts for. */
export const attributionSideSchema = z.object({
  /** Canonical address of the model with its step, and of the example or slice. */
  model: z.string(),
  example: z.string(),
  /** Null: the input's features. */
  layer: z.string().nullable(),
  unit: z.number().nullable(),
  /** As in the query: "class 7", "logit 7", "loss", "unit conv2d_1#3". */
  target: z.string(),
  /** Name of the target's class, where it is one. */
  targetClass: z.string().nullable(),
  method: z.string(),
  label: z.number().nullable(),
  predicted: z.number().nullable(),
  /** Target at the example, and at the baseline where the method has one. Of a slice: means. */
  value: z.number(),
  baselineValue: z.number().nullable(),
  /** Sum of all attributions of the layer or input; of a slice the mean of the sums. */
  sum: z.number(),
  /** |sum - (value - baselineValue)|, where the method promises that they are equal; the largest over a slice. */
  gap: z.number().nullable(),
  /** What-if changes of this side in words. */
  changes: z.array(z.string()),
});
export type AttributionSide = z.infer<typeof attributionSideSchema>;
/** `record` of 'attribution[...]'. */
export const attributionRecordSchema = attributionSideSchema.extend({
  classes: z.array(z.string()),
  /** `where`: x1, y1, x2, y2 of the input; the values of `select *` are those of this window only. */
  region: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
  /**
   * Of a joined question: the fields above are the left side's. `distance` is the L1 norm of left - right over the sum of
   * the sides' L1 norms: 0 where they are equal, 1 where they share nothing.
   */
  join: z
    .object({ kind: z.enum(['join', 'left join']), right: attributionSideSchema, distance: z.number() })
    .nullable(),
});
export type AttributionRecord = z.infer<typeof attributionRecordSchema>;

/** `record` of 'ranked[example]' and 'agreement[example]'. */
export const rankedRecordSchema = z.object({
  /** What `value` is. */
  by: z.enum(['activation', 'distance', 'agreement']),
  layer: z.string(),
  unit: z.number().nullable(),
  k: z.number(),
  /** Where neighbours were not searched exactly: the share of the true ones that was found, measured on a sample. */
  recall: z.number().optional(),
  /** The example that neighbours are of. */
  example: z.string().nullable(),
  /** Split that indices are of: "digits.test". */
  split: z.string(),
  classes: z.array(z.string()),
});
export type RankedRecord = z.infer<typeof rankedRecordSchema>;

/** `record` of 'weights'. */
export const weightsRecordSchema = z.object({
  layer: z.string(),
  unit: z.number().nullable(),
  /** Type of the layer: "Conv2D". */
  type: z.string(),
  /** Names of the tensors in the layer's order; of a kernel, what its axes are: ["y", "x", "input", "unit"]. */
  tensors: z.array(z.object({ name: z.string(), axes: z.array(z.string()) })),
  /** The layer or layers that it reads from. */
  inputs: z.array(z.string()),
});
export type WeightsRecord = z.infer<typeof weightsRecordSchema>;

/** `record` of 'similarity'. */
export const similarityRecordSchema = z.object({
  /** Canonical addresses of the layers (digits-cnn@12/conv2d_1), row by row and column by column. */
  rows: z.array(z.string()),
  columns: z.array(z.string()),
  /** What varies: layers of one model, layers of two, or checkpoints of one layer. */
  over: z.enum(['layers', 'models', 'checkpoints']),
});
export type SimilarityRecord = z.infer<typeof similarityRecordSchema>;

/** `record` of 'calibration'. */
export const calibrationRecordSchema = z.object({
  /** Expected and maximum calibration error (Guo et al. 2017). */
  ece: z.number(),
  mce: z.number(),
  /** Mean squared error of all class probabilities, summed over classes (Brier 1950). */
  brier: z.number(),
  accuracy: z.number(),
  classes: z.array(z.string()),
});
export type CalibrationRecord = z.infer<typeof calibrationRecordSchema>;

/** `record` of 'count'. */
export const countRecordSchema = z.object({
  count: z.number(),
  total: z.number(),
  /** Of those counted that have a label, the share that the model gets right; null where that is not known. */
  accuracy: z.number().nullable(),
});
export type CountRecord = z.infer<typeof countRecordSchema>;
