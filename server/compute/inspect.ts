/**
 * One look at a model's files, within this process and without a server: what it is, whether it runs, and what each layer
 * puts out. For the command line.
 */
import { readFile } from 'node:fs/promises';
import type { Tensor } from '@tensorflow/tfjs';
import { layerCosts } from '../../core/artifacts/costs.ts';
import type { DatasetManifest, ModelAbout, ModelManifest } from '../../core/artifacts/index.ts';
import { UserError } from '../../core/errors/index.ts';
import { pairOf } from '../../core/preprocessing/index.ts';
import type { GraphRecord } from '../../core/result/index.ts';
import type { Backend } from './backend/backend.ts';
import type { UploadedFile } from './contract.ts';
import { type Examples, loadSplit, prepared, rowsOf } from './data/examples.ts';
import { importDataset, importModel } from './formats/index.ts';
import { type LoadedModel, loadModel } from './network/model.ts';
import { seeded } from './numerics/random.ts';

export interface OutputStatistics {
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly largest: number;
  /** Share of values that are exactly 0. */
  readonly zeros: number;
  /** Values that are NaN or infinite; they have no part in the others. */
  readonly broken: number;
  /** Units that put out 0 everywhere, for every example. */
  readonly silent: number;
}
export interface Inspection {
  readonly format: string;
  readonly model: string;
  /** What the file says of itself. */
  readonly about: ModelAbout | null;
  readonly inputs: ModelManifest['inputs'];
  readonly outputs: ModelManifest['outputs'];
  readonly params: number;
  readonly layers: readonly (Pick<
    GraphRecord['layers'][number],
    'name' | 'type' | 'outputShape' | 'params'
  > & {
    /** For one example, counted from the architecture; null where no formula is known or a size is open. */
    readonly flops: number | null;
    /** Null where it was not computed. */
    readonly output: OutputStatistics | null;
  })[];
  readonly warnings: readonly string[];
  /** What it was given: so many examples of a data set, or of numbers made up. */
  readonly given: { readonly examples: number; readonly data: string | null };
  readonly engine: string;
}

export interface InspectionSource {
  readonly model: readonly UploadedFile[];
  /** Files of a data set; null: numbers are made up. */
  readonly data: readonly UploadedFile[] | null;
  /** A folder for what is unpacked. */
  readonly spool: string;
  readonly signal?: AbortSignal;
}

/** Examples of a data set that are looked at. */
const MOST_EXAMPLES = 64;
/** For an input whose size the file leaves open. */
const OPEN_SIZE = 16;

/** Throws UserError for what cannot be opened, does not run, or does not fit the data. */
export async function inspect(backend: Backend, source: InspectionSource): Promise<Inspection> {
  const { tf } = backend;
  const context = { tf, spool: source.spool, signal: source.signal };
  const { manifest, weights } = await importModel(source.model, context);
  const blobs = { read: (file: string) => readFile(file) };
  const tensors = weights.map(({ name, shape, file }) => ({ name, shape: [...shape], blob: file }));
  const loaded = await loadModel(tf, manifest, { hash: '', tensors }, blobs);
  try {
    const { batch, data, warnings } = source.data
      ? await examplesOf(manifest, source.data, context)
      : { batch: madeUp(manifest), data: null, warnings: [] };
    const costs = layerCosts(manifest.graph);
    const statistics = outputsOf(tf, loaded, manifest, batch);
    return {
      ...{ format: manifest.format, model: manifest.graph.model, params: manifest.graph.params },
      about: manifest.about ?? null,
      ...{ inputs: manifest.inputs, outputs: manifest.outputs },
      layers: manifest.graph.layers.map(({ name, type, outputShape, params }) => ({
        ...{ name, type, outputShape, params },
        flops: costs.get(name)?.flops ?? null,
        output: statistics.get(name) ?? null,
      })),
      warnings: [...manifest.warnings, ...warnings, ...silentSentences(statistics)],
      given: { examples: batch.count, data },
      engine: `${backend.engine} ${backend.engineVersion}`,
    };
  } finally {
    loaded.dispose();
  }
}

interface BatchOfInputs {
  readonly count: number;
  /** One for each input, by name. */
  readonly inputs: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
}

/** Two examples: numbers between 0 and 1, of tokens and other whole numbers 0 and 1. */
function madeUp({ inputs, graph }: ModelManifest): BatchOfInputs {
  const random = seeded(1);
  const types = new Map(graph.layers.map(({ name, config }) => [name, String(config.dtype ?? 'float32')]));
  const fed = new Set(graph.edges.filter(({ to }) => looksUp(graph, to)).map(({ from }) => from));
  return {
    count: 2,
    inputs: new Map(
      inputs.map(({ name, shape }) => {
        const sizes = [2, ...shape.slice(1).map((size) => size ?? OPEN_SIZE)];
        const whole = fed.has(name) || /int|bool/.test(types.get(name) ?? '');
        const length = sizes.reduce((a, b) => a * b, 1);
        const values = Float32Array.from({ length }, () => (whole ? random.below(2) : random.uniform()));
        return [name, { shape: sizes, values }];
      }),
    ),
  };
}

const looksUp = (graph: GraphRecord, name: string): boolean =>
  graph.layers.some((layer) => layer.name === name && layer.type === 'Embedding');

async function examplesOf(
  manifest: ModelManifest,
  files: readonly UploadedFile[],
  context: Parameters<typeof importDataset>[1],
): Promise<{ batch: BatchOfInputs; data: string; warnings: readonly string[] }> {
  const { kind: _, splits, ...dataset } = await importDataset(files, context);
  const [first] = splits.toSorted((a, b) => Number(b.name === 'test') - Number(a.name === 'test'));
  const name = files[0]?.name ?? 'data';
  if (!first) throw new Error(`${name} was imported without a split`);
  const stored: DatasetManifest = {
    ...dataset,
    arrays: dataset.arrays && [...dataset.arrays],
    hash: '',
    shape: [...dataset.shape],
    classes: [...dataset.classes],
    columns: [...dataset.columns],
    warnings: [...dataset.warnings],
    range: dataset.range && [...dataset.range],
    splits: splits.map(({ file, ...split }) => ({ ...split, blob: file })),
  };
  const pair = pairOf(
    { name: 'the model', graph: manifest.graph, inputs: manifest.inputs },
    { ...stored, name },
  );
  if (!pair.fits) throw new UserError('invalid', pair.problem);
  const split = prepared(await loadSplit(stored, first.name, { read: (file) => readFile(file) }), {
    ...{ address: name, manifest: stored, preprocessing: pair.record },
    ...{ classes: pair.classes, warnings: pair.warnings },
  });
  const count = Math.min(MOST_EXAMPLES, split.size);
  const examples: Examples = {
    ...{ split, indices: Int32Array.from({ length: count }, (_, i) => i) },
    ...{ address: name, single: false },
  };
  const values = rowsOf(examples, 0, count);
  const { parts } = split.given;
  const size = values.length / count;
  const partOf = (offset: number, width: number) =>
    Float32Array.from(
      { length: count * width },
      (_, i) => values[Math.floor(i / width) * size + offset + (i % width)]!,
    );
  return {
    batch: {
      count,
      inputs: new Map(
        manifest.inputs.map(({ name }) => {
          const part = parts.length === 1 ? parts[0] : parts.find((each) => each.name === name);
          if (!part) throw new Error(`nothing is given to the input ${name}`);
          return [name, { shape: [count, ...part.shape], values: partOf(part.offset, part.width) }];
        }),
      ),
    },
    data: `${name} (${first.name})`,
    warnings: [...dataset.warnings, ...pair.record.evidence, ...pair.warnings],
  };
}

function outputsOf(
  tf: Backend['tf'],
  loaded: LoadedModel,
  { graph }: ModelManifest,
  { inputs }: BatchOfInputs,
): Map<string, OutputStatistics> {
  const names = graph.layers.map(({ name }) => name);
  const found = new Map<string, OutputStatistics>();
  tf.tidy(() => {
    const given = (name: string): Tensor => {
      const input = inputs.get(name);
      if (!input) throw new Error(`nothing is given for the input ${name}`);
      return tf.tensor(input.values, [...input.shape]);
    };
    const outputs = loaded.program.run(given, names, { anyAxis: true });
    for (const [at, name] of names.entries()) {
      const output = outputs[at];
      if (output) found.set(name, statisticsOf(output));
    }
  });
  return found;
}

function statisticsOf(output: Tensor): OutputStatistics {
  const values = output.dataSync();
  const units = output.rank < 2 ? 1 : (output.shape.at(-1) ?? 1);
  const spoke = new Uint8Array(units);
  let [sum, count, zeros] = [0, 0, 0];
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (value === 0) zeros++;
    else spoke[i % units] = 1;
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    least = Math.min(least, value);
    largest = Math.max(largest, value);
  }
  const mean = sum / count;
  let squares = 0;
  for (const value of values) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  return {
    ...{ mean, deviation: Math.sqrt(squares / count), least, largest },
    zeros: values.length === 0 ? 0 : zeros / values.length,
    broken: values.length - count,
    silent: values.length === 0 ? 0 : spoke.reduce((silent, said) => silent + (said ? 0 : 1), 0),
  };
}

function silentSentences(statistics: ReadonlyMap<string, OutputStatistics>): string[] {
  const broken = [...statistics].find(([, output]) => output.broken > 0);
  return broken
    ? [
        `The first layer whose output is not finite is ${broken[0]}: ${broken[1].broken} of its values are NaN or infinite.`,
      ]
    : [];
}
