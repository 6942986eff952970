/** Tiny models, data and blob folders for tests: small enough to check by hand. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Query } from '../../../core/algebra/index.ts';
import {
  type BlobReader,
  blobPath,
  type CheckpointManifest,
  type DatasetManifest,
  type ModelManifest,
} from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { type PairModel, pairOf, type StoredPair } from '../../../core/preprocessing/index.ts';
import { encodeSafetensors, type GraphRecord, type NamedTensor } from '../../../core/result/index.ts';
import type { PlanData, QueryPlan } from '../contract.ts';
import { loadSplit, prepared, type Split } from '../data/examples.ts';

export interface Folders {
  readonly root: string;
  readonly blobs: string;
  readonly spool: string;
  put(bytes: Uint8Array): string;
  remove(): Promise<void>;
}

export function temporaryFolders(): Folders {
  const root = mkdtempSync(path.join(os.tmpdir(), 'interlayer-compute-'));
  const [blobs, spool] = [path.join(root, 'blobs'), path.join(root, 'spool')];
  mkdirSync(blobs);
  mkdirSync(spool);
  return {
    root,
    blobs,
    spool,
    put(bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex');
      const file = path.join(blobs, blobPath(hash));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, bytes);
      return hash;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

export interface LayerSpec {
  readonly type: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Shape of the output without the batch axis. */
  readonly output: readonly number[];
  readonly weights?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly values: readonly number[];
  }[];
}

export interface StoredModel {
  readonly manifest: ModelManifest;
  readonly checkpoint: CheckpointManifest;
}

/** A chain of layers after one input, stored as the importers would. */
export function storeModel(
  folders: Folders,
  input: readonly number[],
  layers: readonly LayerSpec[],
): StoredModel {
  const names = ['input', ...layers.map((l) => l.name)];
  const topology = {
    class_name: 'Model',
    config: {
      name: 'tiny',
      layers: [
        {
          name: 'input',
          class_name: 'InputLayer',
          config: { batch_input_shape: [null, ...input], dtype: 'float32', sparse: false, name: 'input' },
          inbound_nodes: [],
        },
        ...layers.map((layer, i) => ({
          name: layer.name,
          class_name: layer.type,
          config: { ...layer.config, name: layer.name, trainable: true },
          inbound_nodes: [[[names[i], 0, 0, {}]]],
        })),
      ],
      input_layers: [['input', 0, 0]],
      output_layers: [[names.at(-1), 0, 0]],
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
  const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const weights = layers.flatMap((l) =>
    (l.weights ?? []).map((w) => ({ ...w, name: `${l.name}/${w.name}` })),
  );
  const graph: GraphRecord = {
    model: 'tiny',
    layers: [
      { type: 'InputLayer', name: 'input', config: {}, output: input } satisfies LayerSpec,
      ...layers,
    ].map((l: LayerSpec) => {
      const params = (l.weights ?? []).reduce((sum, w) => sum + count(w.shape), 0);
      return {
        name: l.name,
        type: l.type,
        outputShape: [null, ...l.output],
        params,
        trainableParams: params,
        units: l.output.at(-1) ?? null,
        weights: (l.weights ?? []).map((w) => ({ name: w.name, shape: [...w.shape] })),
        ...(typeof l.config.activation === 'string' ? { activation: l.config.activation } : {}),
        config: { ...l.config },
      };
    }),
    edges: layers.map((l, i) => ({ from: names[i] ?? '', to: l.name })),
    inputs: ['input'],
    outputs: [names.at(-1) ?? ''],
    params: weights.reduce((sum, w) => sum + count(w.shape), 0),
  };
  const tensors = weights.map((w) => ({
    name: w.name,
    shape: [...w.shape],
    blob: folders.put(new Uint8Array(Float32Array.from(w.values).buffer)),
  }));
  return {
    manifest: {
      format: 'tfjs-layers',
      topology,
      graph,
      inputs: [{ name: 'input', shape: [null, ...input] }],
      outputs: [{ name: names.at(-1) ?? '', shape: [null, ...(layers.at(-1)?.output ?? input)] }],
      weights: weights.map((w) => ({ name: w.name, shape: [...w.shape] })),
      warnings: [],
    },
    checkpoint: { hash: createHash('sha256').update(JSON.stringify(tensors)).digest('hex'), tensors },
  };
}

export interface DataSpec {
  readonly shape: readonly number[];
  readonly classes: readonly string[];
  /** What the file says that its values are to be divided by; 1 where it says nothing. */
  readonly scale: number;
  /** Stored values: bytes when the scale is not 1. */
  readonly x: readonly number[];
  readonly y?: readonly number[];
  readonly columns?: Readonly<Record<string, readonly number[]>>;
}

/** A data set of one split, `test`. */
export function storeData(folders: Folders, spec: DataSpec): DatasetManifest {
  const size = spec.x.length / spec.shape.reduce((a, b) => a * b, 1);
  const tensors: Record<string, NamedTensor> = {
    x: {
      dtype: spec.scale === 1 ? 'F32' : 'U8',
      shape: [size, ...spec.shape],
      data: spec.scale === 1 ? Float32Array.from(spec.x) : Uint8Array.from(spec.x),
    },
  };
  if (spec.y) tensors.y = { dtype: 'I32', shape: [size], data: Int32Array.from(spec.y) };
  for (const [name, values] of Object.entries(spec.columns ?? {}))
    tensors[`column.${name}`] = { dtype: 'F32', shape: [size], data: Float32Array.from(values) };
  const blob = folders.put(encodeSafetensors(tensors));
  return {
    hash: blob,
    shape: [...spec.shape],
    classes: [...spec.classes],
    columns: Object.keys(spec.columns ?? {}),
    dtype: spec.scale === 1 ? 'F32' : 'U8',
    range: spec.x.some(Number.isFinite) ? [least(spec.x), -least(spec.x.map((v) => -v))] : null,
    declaredScale: spec.scale === 1 ? null : spec.scale,
    splits: [{ name: 'test', size, blob }],
    warnings: [],
  };
}

const least = (x: readonly number[]) =>
  x.filter(Number.isFinite).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

/** The data of a plan, given to the model as is proposed for the pair. Throws UserError('invalid') where it does not fit. */
export function planData(
  address: string,
  model: PairModel,
  name: string,
  manifest: DatasetManifest,
  kept?: StoredPair,
): PlanData {
  const pair = pairOf(model, { name, ...manifest }, kept);
  if (!pair.fits) throw new UserError('invalid', pair.problem);
  const { record, classes, warnings } = pair;
  return { address, manifest, preprocessing: record, classes, warnings };
}

/** The split `test` for a model that takes the examples in their own shape. */
export async function splitOf(data: DatasetManifest, blobs: BlobReader): Promise<Split> {
  const graph = { model: 'any', layers: [], edges: [], inputs: [], outputs: [], params: 0 };
  const model = { name: 'any', graph, inputs: [{ name: 'x', shape: [null, ...data.shape] }] };
  const plan = planData('toy.test', model, 'toy', data);
  const stored = await loadSplit(data, 'test', blobs);
  return prepared(stored, plan);
}

/** A plan for a query whose parts matter here; the text is only for show. */
export function planOf(
  model: StoredModel,
  data: DatasetManifest | null,
  query: Omit<Query, 'kind' | 'model'>,
): QueryPlan {
  const id = createHash('sha256')
    .update(JSON.stringify([model.checkpoint.hash, data?.hash, query]))
    .digest('hex');
  return {
    id,
    text: `select ${JSON.stringify(query.what)} from tiny@1`,
    query: { kind: 'select', model: { kind: 'model', model: 'tiny', step: 1 }, ...query },
    model: { address: 'tiny@1', hash: model.checkpoint.hash, ...model },
    ...(data ? { data: planData('toy.test', { name: 'tiny', ...model.manifest }, 'toy', data) } : {}),
  };
}

export const ALL: NonNullable<Query['input']> = { kind: 'dataset', dataset: 'toy', split: 'test' };

export function call(
  name: string & Extract<Query['what'], { kind: 'call' }>['name'],
  layer?: string,
  unit?: number,
) {
  return {
    kind: 'call' as const,
    name,
    args:
      layer === undefined ? [] : [{ kind: 'layer' as const, layer, ...(unit === undefined ? {} : { unit }) }],
  };
}
