/** The small facts of results that are no numbers by the thousand: one schema a kind. */
import { z } from 'zod';

export { type GraphRecord, graphRecordSchema } from '../artifacts/graph.ts';

/** `record` of 'stats[unit]'. */
export const statsRecordSchema = z.object({
  layer: z.string(),
  examples: z.number(),
  /** Places of one example that each unit's statistics are over: 1 of a flat layer. */
  places: z.number(),
  nonFinite: z.number(),
});

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

/** `record` of 'count'. */
export const countRecordSchema = z.object({
  count: z.number(),
  total: z.number(),
  /** Of those counted that have a label, the share that the model gets right; null where that is not known. */
  accuracy: z.number().nullable(),
});
export type CountRecord = z.infer<typeof countRecordSchema>;
