/** What the pool and its workers say to each other over the IPC channel. Both sides parse what they hear. */
import { z } from 'zod';
import { querySchema } from '../../../core/algebra/index.ts';
import {
  checkpointManifestSchema,
  datasetManifestSchema,
  modelManifestSchema,
  storedDtypeSchema,
  valueRangeSchema,
} from '../../../core/artifacts/index.ts';
import { errorCodeSchema, placeSchema } from '../../../core/errors/index.ts';
import { preprocessingRecordSchema, scaleSchema, trialSchema } from '../../../core/preprocessing/index.ts';
import { resultSchema, seriesRecordSchema } from '../../../core/result/index.ts';
import { BACKEND_CHOICES } from '../backend/backend.ts';
import type { ComputeOutcome, ComputeTask, QueryPlan } from '../contract.ts';

const uploadedFile = z.object({ name: z.string(), path: z.string(), bytes: z.number() });
const planModel = z.object({
  address: z.string(),
  hash: z.string(),
  manifest: modelManifestSchema,
  checkpoint: checkpointManifestSchema,
  series: seriesRecordSchema.optional(),
  output: z.string().optional(),
});
const planSchema: z.ZodType<QueryPlan> = z.lazy(() =>
  z.object({
    id: z.string(),
    text: z.string(),
    query: querySchema,
    model: planModel,
    data: z
      .object({
        address: z.string(),
        manifest: datasetManifestSchema,
        preprocessing: preprocessingRecordSchema,
        classes: z.array(z.string()),
        warnings: z.array(z.string()),
      })
      .optional(),
    joined: planSchema.optional(),
    checkpoints: z.array(planModel).optional(),
  }),
);
export const taskSchema: z.ZodType<ComputeTask> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('query'), plan: planSchema }),
  z.object({ kind: z.literal('import-model'), files: z.array(uploadedFile) }),
  z.object({ kind: z.literal('import-dataset'), files: z.array(uploadedFile) }),
  z.object({ kind: z.literal('trial'), plan: planSchema, ways: z.array(scaleSchema) }),
]);

export const workerConfigSchema = z.object({
  /** Folder of the blob store. */
  blobs: z.string(),
  /** Folder for results and imported weights. */
  spool: z.string(),
  backend: z.enum(BACKEND_CHOICES),
  /** Bytes of models and data that stay warm between jobs. */
  cacheBytes: z.number(),
});
export type WorkerConfig = z.infer<typeof workerConfigSchema>;

export const toWorkerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), config: workerConfigSchema }),
  z.object({ type: z.literal('run'), job: z.number(), task: taskSchema }),
  z.object({ type: z.literal('cancel'), job: z.number() }),
]);
export type ToWorker = z.infer<typeof toWorkerSchema>;

const shape = z.array(z.number());
const outcomeSchema: z.ZodType<ComputeOutcome> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('query'), meta: resultSchema, file: z.string() }),
  z.object({
    kind: z.literal('import-model'),
    manifest: modelManifestSchema,
    weights: z.array(z.object({ name: z.string(), shape, file: z.string() })),
  }),
  z.object({
    kind: z.literal('import-dataset'),
    shape,
    classes: z.array(z.string()),
    columns: z.array(z.string()),
    dtype: storedDtypeSchema,
    range: valueRangeSchema,
    declaredScale: z.number().nullable(),
    main: datasetManifestSchema.shape.main,
    arrays: datasetManifestSchema.shape.arrays,
    warnings: z.array(z.string()),
    splits: z.array(z.object({ name: z.string(), size: z.number(), file: z.string() })),
  }),
  z.object({ kind: z.literal('trial'), trial: trialSchema }),
]);

/** How often a worker read a model or a split from disk instead of finding it warm, and the tensors it holds. */
export const countersSchema = z.object({
  modelLoads: z.number(),
  splitLoads: z.number(),
  tensors: z.number(),
});
export type Counters = z.infer<typeof countersSchema>;

export const fromWorkerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), backend: z.string(), why: z.string(), engineVersion: z.string() }),
  /** The worker cannot start at all. */
  z.object({ type: z.literal('unable'), message: z.string() }),
  z.object({ type: z.literal('progress'), job: z.number(), done: z.number(), note: z.string() }),
  z.object({ type: z.literal('done'), job: z.number(), outcome: outcomeSchema, counters: countersSchema }),
  z.object({
    type: z.literal('failed'),
    job: z.number(),
    counters: countersSchema,
    /** There was no more memory; the pool knows the figures. */
    exhausted: z.boolean(),
    error: z.object({
      code: errorCodeSchema,
      message: z.string(),
      at: z.union([placeSchema, z.string()]).optional(),
    }),
  }),
]);
export type FromWorker = z.infer<typeof fromWorkerSchema>;
