/**
 * Results: what a query answers with. Named-axis tensors, columns and small records, with provenance.
 * Tensors travel as safetensors (see safetensors.ts); everything here is JSON.
 */
import { z } from 'zod';
import { preprocessingRecordSchema } from '../preprocessing/spec.ts';
import { axisSchema, type Dtype, tensorInfoSchema } from './axes.ts';
import { RESULT_TYPE_NAMES } from './kinds.ts';
import { otherSchema } from './other.ts';

export * from './axes.ts';
export * from './kinds.ts';
export * from './other.ts';
export * from './records.ts';

export const resultTypeSchema = z.enum(RESULT_TYPE_NAMES);

/** The backend of an answer that stands in the record of what was asked about, and that no worker computed. */
export const NO_BACKEND = 'record';

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
  other: otherSchema.optional(),
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
