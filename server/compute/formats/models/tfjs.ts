/** TensorFlow.js models, of layers or graphs: a model.json with weight shards, or with one safetensors file of weights by name. */
import { z } from 'zod';
import type { ElementType } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import { aboutOf, trainingFacts } from '../files/about.ts';
import {
  baseName,
  elementsOf,
  extension,
  invalid,
  type SourceFile,
  secondModel,
  unsupported,
} from '../files/context.ts';
import { parseFileJson } from '../files/json.ts';
import { halfToNumber } from '../files/number-types.ts';
import { readSafetensors } from '../files/safetensors.ts';
import type { ModelFormat } from '../format.ts';
import type { RawOperators } from '../operators/model.ts';
import { compileGraphDef, type GraphWeight } from '../tensorflow/compile.ts';
import { graphDefOf, signatureSchema } from '../tensorflow/graph-def.ts';
import type { SourceWeight } from '../topology/assign.ts';
import type { RawModel } from '../topology/model.ts';

const weightSchema = z.object({
  name: z.string(),
  shape: z.array(z.number()),
  dtype: z.string(),
  quantization: z
    .object({
      dtype: z.enum(['uint8', 'uint16', 'float16']),
      scale: z.number().optional(),
      min: z.number().optional(),
    })
    .nullish(),
});
const modelSchema = z.object({
  format: z.string().nullish(),
  generatedBy: z.string().nullish().catch(null),
  convertedBy: z.string().nullish().catch(null),
  userDefinedMetadata: z.record(z.string(), z.unknown()).nullish().catch(null),
  modelTopology: z.unknown(),
  trainingConfig: z.unknown().optional(),
  signature: signatureSchema.nullish(),
  weightsManifest: z
    .array(z.object({ paths: z.array(z.string()), weights: z.array(weightSchema) }))
    .nullish(),
});
type WeightSpec = z.infer<typeof weightSchema>;
const BYTES: Record<string, number> = { float32: 4, int32: 4, uint8: 1, uint16: 2, float16: 2, bool: 1 };
const MAX_JSON = 256 * 2 ** 20;

/** One of them is the model.json. */
const MAX_JSON_FILES = 100;

export const format: ModelFormat = {
  async read(files) {
    const own = files.filter(({ name }) => extension(name) === 'json');
    if (own.length > MAX_JSON_FILES)
      throw new UserError(
        'too_large',
        `${files[0]!.name}: found ${own.length} files named .json, at most ${MAX_JSON_FILES} are looked into; send the model.json with its weight files only`,
      );
    const models: { file: SourceFile; json: Record<string, unknown> }[] = [];
    for (const file of own) {
      const json = await readModelJson(file);
      if (json && isTfjsModel(json)) models.push({ file, json });
    }
    const [found, second] = models;
    if (found && second) throw secondModel(second.file, found.file);
    return found ? { model: await readTfjs(found.file, found.json, files), parts: null } : null;
  },
};

/** The file's JSON when it is an object that may hold a model, else null. Throws for JSON that is cut off. */
async function readModelJson(file: SourceFile): Promise<Record<string, unknown> | null> {
  if (file.bytes > MAX_JSON) return null;
  const text = (await file.read()).toString('utf8');
  const object = z.record(z.string(), z.unknown()).safeParse(parseFileJson(text, file.name));
  return object.success ? object.data : null;
}

/** True for a model.json, and for the bare architecture that `model.toJSON` gives. */
function isTfjsModel(json: Record<string, unknown>): boolean {
  return 'modelTopology' in json || 'model_config' in json || ('class_name' in json && 'config' in json);
}

async function readTfjs(
  file: SourceFile,
  json: Record<string, unknown>,
  all: readonly SourceFile[],
): Promise<RawModel | RawOperators> {
  const parsed = modelSchema.safeParse('modelTopology' in json ? json : { modelTopology: json });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(file.name, `not a valid model.json: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { format, modelTopology, weightsManifest, trainingConfig } = parsed.data;
  const topology = z.record(z.string(), z.unknown()).safeParse(modelTopology);
  if (format === 'graph-model' || (topology.success && 'node' in topology.data))
    return readGraph(file, parsed.data, all);
  if (!topology.success) throw invalid(file.name, 'modelTopology is not an object');
  const architecture = topology.data.model_config ?? topology.data;
  const version = topology.data.keras_version;
  const training = trainingConfig ?? topology.data.training_config;
  const { generatedBy, convertedBy, userDefinedMetadata } = parsed.data;
  return {
    format: 'tfjs-layers',
    file: file.name,
    architecture,
    keras3: typeof version === 'string' && /^3\./.test(version),
    training,
    about: aboutOf({
      // TensorFlow.js writes itself where Keras writes its version: `tfjs-layers 4.22.0`.
      producer: generatedBy ? [generatedBy] : [/^\d/.test(String(version)) ? 'Keras' : null, version],
      versions: [
        ['converter', convertedBy],
        ['Keras', generatedBy ? version : null],
      ],
      training: trainingFacts(training),
      metadata: Object.entries(userDefinedMetadata ?? {}),
    }),
    weights: weightsManifest
      ? (await readShards(file, weightsManifest, all)).map(({ spec, count, raw }) => ({
          ...{ name: spec.name, shape: spec.shape },
          read: () => decode(raw, spec, count, new Float32Array(count)),
        }))
      : await readTensorFile(file, all),
  };
}

async function readGraph(
  file: SourceFile,
  { modelTopology, weightsManifest, signature, userDefinedMetadata }: z.infer<typeof modelSchema>,
  all: readonly SourceFile[],
): Promise<RawOperators> {
  if (!weightsManifest)
    throw invalid(file.name, 'it lists no weights (weightsManifest); convert the model again');
  const def = graphDefOf(modelTopology, file.name);
  // Converters before version 2.8 write it there.
  const named = signatureSchema.safeParse(userDefinedMetadata?.signature);
  const weights = new Map<string, GraphWeight>();
  for (const { spec, count, raw } of await readShards(file, weightsManifest, all)) {
    const type = GRAPH_TYPES[spec.dtype] ?? 'float32';
    const read = () =>
      type === 'float32'
        ? decode(raw, spec, count, new Float32Array(count))
        : decode(raw, spec, count, new Int32Array(count));
    weights.set(spec.name, { name: spec.name, type, shape: spec.shape, read });
  }
  const compiled = compileGraphDef(def, weights, signature ?? (named.success ? named.data : null), file.name);
  return { format: 'tfjs-graph', file: file.name, name: 'graph', ...compiled, warnings: [] };
}
const GRAPH_TYPES: Readonly<Record<string, ElementType>> = {
  int32: 'int32',
  bool: 'bool',
  uint8: 'uint8',
  uint16: 'uint16',
};

async function readTensorFile(file: SourceFile, all: readonly SourceFile[]): Promise<SourceWeight[]> {
  const [tensors, second] = all.filter(({ name }) => extension(name) === 'safetensors');
  if (!tensors)
    throw invalid(
      file.name,
      'it lists no weights (weightsManifest); send a .safetensors file with the weights beside it',
    );
  if (second) throw invalid(second.name, `a second file of weights beside ${tensors.name}; send one`);
  const decoded = readSafetensors(await tensors.read(), tensors.name);
  return Object.entries(decoded.tensors).map(([name, { shape, data }]) => ({
    name,
    shape,
    read: () => Float32Array.from(data),
  }));
}

interface ShardWeight {
  readonly spec: WeightSpec;
  readonly count: number;
  readonly raw: Buffer;
}

async function readShards(
  file: SourceFile,
  groups: readonly { paths: string[]; weights: WeightSpec[] }[],
  all: readonly SourceFile[],
): Promise<ShardWeight[]> {
  const out: ShardWeight[] = [];
  for (const { paths, weights } of groups) {
    const shards: Buffer[] = [];
    for (const path of paths) shards.push(await shardFor(path, file, all).read());
    const bytes = Buffer.concat(shards);
    let at = 0;
    for (const spec of weights) {
      const count = elementsOf(spec.shape, file.name, spec.name);
      const width = BYTES[spec.quantization?.dtype ?? spec.dtype];
      if (width === undefined)
        throw unsupported(
          file.name,
          `the weight ${spec.name} has the number type ${spec.dtype}, which is not known`,
        );
      const end = at + count * width;
      if (end > bytes.length)
        throw invalid(
          file.name,
          `the weight ${spec.name} [${spec.shape.join(', ')}] ends at byte ${end}, but ${paths.join(', ')} hold ${bytes.length} bytes; a shard is cut off or missing`,
        );
      const raw = bytes.subarray(at, end);
      out.push({ spec, count, raw });
      at = end;
    }
    if (at !== bytes.length)
      throw invalid(
        file.name,
        `the weights listed take ${at} bytes, but ${paths.join(', ')} hold ${bytes.length}; the shards belong to another model`,
      );
  }
  return out;
}

/** By path beside the model.json, or by name alone: browsers drop folders. */
function shardFor(path: string, model: SourceFile, all: readonly SourceFile[]): SourceFile {
  const folder = model.name.slice(0, model.name.length - baseName(model.name).length);
  const wanted = path.replace(/^\.\//, '');
  const exact = all.find(({ name }) => name === folder + wanted);
  const alike = all.filter(({ name }) => baseName(name) === baseName(wanted));
  const found = exact ?? (alike.length === 1 ? alike[0] : undefined);
  if (found) return found;
  throw invalid(
    model.name,
    alike.length > 1
      ? `${alike.length} files are named ${baseName(wanted)}; send the model's own folder only`
      : `the weight file ${path} is missing; send it together with the model.json (all files of the folder, or a zip of it)`,
  );
}

function decode<T extends Float32Array | Int32Array>(
  raw: Buffer,
  { dtype, quantization }: WeightSpec,
  count: number,
  into: T,
): T {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const { scale = 1, min = 0 } = quantization ?? {};
  const kind = quantization?.dtype ?? dtype;
  const quantized = quantization && quantization.dtype !== 'float16';
  const read: Record<string, (i: number) => number> = {
    float32: (i) => view.getFloat32(4 * i, true),
    int32: (i) => view.getInt32(4 * i, true),
    uint8: (i) => view.getUint8(i),
    bool: (i) => view.getUint8(i),
    uint16: (i) => view.getUint16(2 * i, true),
    float16: (i) => halfToNumber(view.getUint16(2 * i, true)),
  };
  const at = read[kind]!;
  for (let i = 0; i < count; i++) into[i] = quantized ? at(i) * scale + min : at(i);
  return into;
}
