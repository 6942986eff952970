/**
 * Stored artefacts: what a model, a checkpoint and a data set are on disk. Weights and examples are blobs named by the
 * SHA-256 (hex) of their bytes, so that equal tensors are stored once.
 */
import { z } from 'zod';
import { storedShape } from '../stored/index.ts';
import { modelAboutSchema } from './about.ts';
import { graphRecordSchema } from './graph.ts';
import { operatorProgramSchema } from './operators.ts';
import { oneArray, valuesAsInTheFile } from './upgrades.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal');
const port = z.object({ name: z.string(), shape: z.array(z.number().nullable()) });

/** An architecture without weights. */
export const modelManifestSchema = z.object({
  /** How it came: 'tfjs-layers', 'keras'. */
  format: z.string(),
  /** TensorFlow.js LayersModel topology (the `modelTopology` of a model.json), whatever the source format was. */
  topology: z.unknown(),
  /** In place of a topology, which is null then: the model is a graph of operators. Neither: it is weights alone. */
  operators: operatorProgramSchema.optional(),
  graph: graphRecordSchema,
  /** Shapes with the batch axis first: [null, 8, 8, 1]. */
  inputs: z.array(port),
  outputs: z.array(port),
  /** All weights in the order of LayersModel.weights, or as the graph of operators names them. */
  weights: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.number()),
      /** Stored as int32, not as float32. */
      integers: z.literal(true).optional(),
    }),
  ),
  warnings: z.array(z.string()),
  /** In what every answer of the model may differ from Keras': said with each. */
  caveats: z.array(z.string()).optional(),
  /** What the file says of itself; absent: nothing, or it was not kept yet. */
  about: modelAboutSchema.optional(),
  /** Version of the importer that read the file, see IMPORTER; absent: the first. */
  importer: z.number().int().optional(),
});
export { type ModelAbout, modelAboutSchema } from './about.ts';
export type ModelManifest = z.infer<typeof modelManifestSchema>;

/** Raised when importers would make another architecture of the same file: what was imported before says so. */
export const IMPORTER = 2;

/** With the caveat of a model that an earlier importer read: it could drop what it did not know. */
export function withImportersCaveat(manifest: ModelManifest): ModelManifest {
  if ((manifest.importer ?? 1) >= IMPORTER) return manifest;
  const caveat =
    "Imported by an earlier version, which could drop a layer's own parameters in silence; import the model's file again.";
  return { ...manifest, caveats: [...(manifest.caveats ?? []), caveat] };
}

/** A model's weights at a step: one blob per tensor, raw little-endian float32 (int32 where the model says so). */
export const checkpointManifestSchema = z.object({
  /** SHA-256 over the topology and the names, shapes and hashes of the tensors, in order: what computes, not just its weights. */
  hash,
  tensors: z.array(z.object({ name: z.string(), shape: z.array(z.number()), blob: hash })),
});
export type CheckpointManifest = z.infer<typeof checkpointManifestSchema>;

const split = z.object({ name: z.string(), size: z.number().int(), blob: hash });
const described = z.object({
  /** SHA-256 over shape, classes, declared scale and the splits' names and hashes. */
  hash,
  /** Shape of one example as it is stored: [8, 8] or [8, 8, 1] for a picture, [features] for a row. */
  shape: z.array(z.number().int().positive()),
  classes: z.array(z.string()),
  columns: z.array(z.string()),
  splits: z.array(split),
  warnings: z.array(z.string()),
});

/** Number types of the stored examples. */
export const storedDtypeSchema = z.enum(['U8', 'I32', 'F32']);
export type StoredDtype = z.infer<typeof storedDtypeSchema>;
/** Least and largest finite value. */
export const valueRangeSchema = z.tuple([z.number(), z.number()]).nullable();

/** A further array of the examples, beside `x`: what another input of a model may be given. */
const furtherArray = z.object({
  name: z.string().min(1),
  shape: z.array(z.number().int().positive()),
  dtype: storedDtypeSchema,
  range: valueRangeSchema,
});
export type FurtherArray = z.infer<typeof furtherArray>;

/**
 * Each split is one safetensors blob: `x` (n, ...shape) U8, I32 or F32; `y` (n) I32 class indices where labelled;
 * `column.NAME` (n) F32 for every further column; and `array.NAME` (n, ...shape) for every further array. Values are as in the file; what a model is given is decided by the
 * preprocessing of the pair (core/preprocessing).
 */
export const datasetManifestSchema = described.extend({
  dtype: storedDtypeSchema,
  /** Least and largest finite value of all splits as stored; null where none is finite, or where it is not known. */
  range: valueRangeSchema,
  /** What the data file itself says its values are to be divided by. */
  declaredScale: z.number().positive().nullable(),
  /** 1: imported before values were kept apart from what a model is given, see upgrades.ts; absent: by a later one. */
  importer: z.literal(1).optional(),
  /** What the file calls the array `x`, where it holds several. */
  main: z.string().min(1).optional(),
  /** Of a file of several arrays: the others. */
  arrays: z.array(furtherArray).min(1).optional(),
});
export type DatasetManifest = z.infer<typeof datasetManifestSchema>;

/** As they are stored: with the version of their shape. */
export const storedModelManifest = storedShape({ schema: modelManifestSchema, upgrades: [] });
export const storedCheckpointManifest = storedShape({ schema: checkpointManifestSchema, upgrades: [] });
export const storedDatasetManifest = storedShape({
  schema: datasetManifestSchema,
  upgrades: [valuesAsInTheFile, oneArray],
});

export interface BlobReader {
  /** Throws UserError('not_found') when there is no such blob. */
  read(hash: string): Promise<Uint8Array>;
}
export interface BlobStore extends BlobReader {
  /** Durable when resolved; returns the SHA-256 of the bytes. */
  put(bytes: Uint8Array): Promise<string>;
  /** Moves a finished file into the store; returns the SHA-256 of its bytes. */
  adopt(file: string): Promise<string>;
  has(hash: string): Promise<boolean>;
  delete(hash: string): Promise<void>;
}

/** Where a blob lies below the blob folder: two levels, so that no folder grows huge. */
export function blobPath(blob: string): string {
  return `${blob.slice(0, 2)}/${blob}`;
}
