/** Siblings of the zoo's models and data that are wider, so that what a question takes rises above what everything takes. */
import { createHash } from 'node:crypto';
import type { ModelManifest } from '../../../core/artifacts/index.ts';
import { encodeSafetensors, type NamedTensor } from '../../../core/result/index.ts';
import { buildModel, disposeModel, type Topology } from '../formats/index.ts';
import type { Folders } from '../testing/fixtures.ts';
import type { Ground } from '../testing/plans.ts';
import { random } from '../testing/toy.ts';
import type { Tf } from '../tf.ts';

export interface Width {
  /** Times as many units, channels, features and classes. */
  readonly units: number;
  /** Times as long, high and wide. */
  readonly places: number;
  readonly examples: number;
}

/** The same with one model and one data set of other sizes and with random numbers. */
export async function widened(tf: Tf, folders: Folders, ground: Ground, width: Width): Promise<Ground> {
  const [[name, [model]] = ['', []]] = Object.entries(ground.models);
  const [[data, manifest] = ['', null]] = Object.entries(ground.datasets);
  if (!model || !manifest) throw new Error('a ground of one model and one data set is expected');
  const next = random(7);
  // A layer that names sizes of places is of no use at others.
  const fixed = /"(target_shape|shared_axes)":/.test(JSON.stringify(model.manifest.topology));
  const tokens = /"Embedding"/.test(JSON.stringify(model.manifest.topology));
  const own = { ...width, places: fixed ? 1 : width.places };
  const grown = (shape: readonly number[]) =>
    shape.map((size, at) =>
      tokens || at < shape.length - 1 ? size * own.places : size === 1 ? 1 : size * own.units,
    );
  const topology = wider(model.manifest.topology, own, grown) as Topology;
  const built = await buildModel(tf, topology, 2e8, 'wide');
  try {
    const shapes = built.weights.map(({ shape }) => shape.map(Number));
    const layers = model.manifest.graph.layers.map((layer) => {
      const found = built.getLayer(layer.name);
      const [output] = [found.outputShape].flat(1).every((size) => !Array.isArray(size))
        ? [found.outputShape as (number | null)[]]
        : (found.outputShape as (number | null)[][]);
      const weights = layer.weights.map((weight, i) => ({
        ...weight,
        shape: found.weights[i]?.shape.map(Number) ?? [...weight.shape],
      }));
      return {
        ...layer,
        weights,
        outputShape: output ?? layer.outputShape,
        units: layer.units === null ? null : (output?.at(-1) ?? layer.units),
        params: weights.reduce((sum, { shape }) => sum + count(shape), 0),
      };
    });
    const shapesOf =
      (tensors: readonly { readonly shape: readonly unknown[] }[]) =>
      (entry: { name: string }, i: number) => ({
        ...entry,
        shape: (tensors[i]?.shape ?? []).map((size) => (typeof size === 'number' ? size : null)),
      });
    const wide: ModelManifest = {
      ...model.manifest,
      topology,
      graph: {
        ...model.manifest.graph,
        layers,
        params: shapes.reduce((sum, shape) => sum + count(shape), 0),
      },
      inputs: model.manifest.inputs.map(shapesOf(built.inputs)),
      outputs: model.manifest.outputs.map(shapesOf(built.outputs)),
      weights: model.manifest.weights.map((weight, i) => ({ ...weight, shape: shapes[i] ?? [] })),
    };
    const tensors = wide.weights.map((weight) => {
      const values = Float32Array.from({ length: count(weight.shape) }, () => 0.01 + 0.1 * next());
      return {
        name: weight.name,
        shape: [...weight.shape],
        blob: folders.put(new Uint8Array(values.buffer)),
      };
    });
    const hash = hashOf(model.checkpoint.hash, width);
    // Grey pictures come without the axis of channels.
    const grey = manifest.shape.length < (model.manifest.inputs[0]?.shape.length ?? 0) - 1;
    const shape = grey ? manifest.shape.map((size) => size * own.places) : grown(manifest.shape);
    const n = width.examples;
    const classes = wide.outputs[0]?.shape.at(-1) ?? 1;
    const labelled = manifest.classes.length > 0;
    const stored: Record<string, NamedTensor> = {
      x: numbers(manifest.dtype === 'U8', tokens, [n, ...shape], next),
      ...(labelled
        ? {
            y: {
              dtype: 'I32',
              shape: [n],
              data: Int32Array.from({ length: n }, (_, i) => i % Math.max(2, classes)),
            },
          }
        : {}),
    };
    return {
      models: { [name]: [{ manifest: wide, checkpoint: { hash, tensors } }] },
      datasets: {
        [data]: {
          ...manifest,
          hash: hashOf(manifest.hash, width),
          shape,
          columns: [],
          classes: labelled ? Array.from({ length: Math.max(2, classes) }, (_, i) => `c${i}`) : [],
          splits: [{ name: 'all', size: n, blob: folders.put(encodeSafetensors(stored)) }],
        },
      },
    };
  } finally {
    disposeModel(built);
  }
}

const hashOf = (of: string, width: Width) =>
  createHash('sha256')
    .update(`${of} ${JSON.stringify(width)}`)
    .digest('hex');
const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function numbers(bytes: boolean, tokens: boolean, shape: readonly number[], next: () => number): NamedTensor {
  const length = count(shape);
  if (tokens)
    return { dtype: 'F32', shape, data: Float32Array.from({ length }, () => 1 + Math.floor(4 * next())) };
  if (bytes) return { dtype: 'U8', shape, data: Uint8Array.from({ length }, () => Math.floor(256 * next())) };
  return { dtype: 'F32', shape, data: Float32Array.from({ length }, () => next() - 0.5) };
}

/** One stays one: of a score there is no second. */
function wider(value: unknown, width: Width, grown: (shape: readonly number[]) => number[]): unknown {
  if (Array.isArray(value)) return value.map((each) => wider(each, width, grown));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (/^(units|filters|output_dim)$/.test(key) && typeof inner === 'number')
        return [key, inner === 1 ? 1 : inner * width.units];
      if (/^(batch_input_shape|batch_shape)$/.test(key) && Array.isArray(inner))
        return [key, [inner[0], ...grown(inner.slice(1))]];
      if (key === 'target_shape' && Array.isArray(inner))
        return [
          key,
          inner.map((size, i) => (i === inner.length - 1 && size > 0 ? size * width.units : size)),
        ];
      return [key, wider(inner, width, grown)];
    }),
  );
}
