/** The nearest examples to examples, by Euclidean distance of a layer's flattened outputs. */
import { setImmediate } from 'node:timers/promises';
import { UserError } from '../../../core/errors/index.ts';
import type { QueryPlan } from '../contract.ts';
import { exampleAddress } from '../data/addresses.ts';
import { type Examples, pick, rowsOf, thin, widthOf } from '../data/examples.ts';
import { batchSize, checkCancelled, forEachBatch, type Pace } from '../inference/forward.ts';
import { originOf } from '../inference/origin.ts';
import type { LoadedModel } from '../network/model.ts';
import { nnDescent } from '../numerics/neighbours/nndescent.ts';
import { recallInWords, recallOf } from '../numerics/neighbours/recall.ts';
import { runStepsAsync } from '../numerics/steps.ts';
import { finiteRows } from './projection.ts';
import { ExactSearch } from './search.ts';

export interface Nearest {
  /** Neighbours per example: what was asked for, or all others where there are fewer. */
  readonly k: number;
  /**
   * (examples, k): indices within the split, nearest first, equal distances by the lower index; itself left out. -1 for
   * an example whose outputs are not finite.
   */
  readonly indices: Int32Array;
  /** (examples, k); NaN for an example whose outputs are not finite. */
  readonly distances: Float32Array;
  /** Of an approximate search: the share of the true neighbours that it finds, as measured on a sample. */
  readonly recall: number | null;
  readonly warnings: readonly string[];
}

export type NearestSource = Pace & { readonly plan: QueryPlan };

/** Of a search among many. */
export interface SearchBounds {
  /** Numbers that are held. */
  readonly numbers: number;
  /** Multiplications that the products of an exact search may cost; beyond it NN-descent answers. */
  readonly cost: number;
  /** Multiplications that measuring what products cannot tell apart may cost. */
  readonly measured: number;
}
/** 256 MiB of float32, a minute or so, and half of one. */
const BOUNDS: SearchBounds = { numbers: 2 ** 26, cost: 5e11, measured: 2e10 };
/** Examples whose distances to all others are held at once. */
const BLOCK = 256;

/** Peak bytes of a search among n: rows, what of them is centred, its transpose, and one block's products. */
export function searchBytes(n: number, features: number, k: number): number {
  return 16 * Math.min(BOUNDS.numbers, n * features) + 8 * BLOCK * n + 8 * n * k;
}

/** Of each of `queries` the `k` nearest of `pool`, an example of the same index left out. Both are of one split. */
export async function nearest(
  source: NearestSource,
  loaded: LoadedModel,
  layer: string,
  queries: Examples,
  pool: Examples,
  k: number,
  bounds = BOUNDS,
): Promise<Nearest> {
  if (queries.indices.length === 1) return nearestToOne(source, loaded, layer, queries, pool, k);
  const d = featuresOf(source.plan, layer);
  const most = Math.max(2, Math.floor(bounds.numbers / d / 2));
  const warnings: string[] = [];
  const thinned = thin(pool, most);
  if (thinned !== pool)
    warnings.push(
      `Neighbours are looked for among ${most} of ${pool.indices.length} examples, evenly spaced: more do not fit the memory set aside for this.`,
    );
  const there = await rowsOfLayer(
    { ...source, progress: share(source, 0, FORWARD) },
    loaded,
    layer,
    thinned,
    d,
  );
  const search = { ...source, progress: share(source, FORWARD, 1) };
  const finite = await finitePool(search, loaded, layer, thinned, there, d);
  const among = Math.min(k, Math.max(1, finite.pool.indices.length - 1));
  const found = await searched(search, loaded, layer, queries, finite, d, among, bounds);
  return { ...found, warnings: [...warnings, ...finite.warnings, ...found.warnings] };
}

/** Share of the progress that the forward pass takes. */
const FORWARD = 0.4;

const share =
  ({ progress }: NearestSource, from: number, to: number) =>
  (done: number, note: string) =>
    progress(from + done * (to - from), note);

interface FinitePool {
  readonly pool: Examples;
  /** (examples, d) */
  readonly rows: Float32Array;
  readonly warnings: readonly string[];
}

/** Those whose outputs are finite: the others are near to nothing. Throws UserError('invalid') where there are none. */
async function finitePool(
  source: NearestSource,
  loaded: LoadedModel,
  layer: string,
  pool: Examples,
  rows: Float32Array,
  d: number,
): Promise<FinitePool> {
  const n = pool.indices.length;
  const kept = finiteRows(rows, n, d);
  if (kept.length === n) return { pool, rows, warnings: [] };
  const missing = kept.findIndex((row, i) => row !== i);
  const origin = await originOf(source, loaded, pool, missing < 0 ? kept.length : missing);
  if (kept.length === 0)
    throw new UserError(
      'invalid',
      `${layer} puts out a value that is not finite for every example of ${pool.address}, so that none is near to another. ${origin}`,
    );
  const finite = new Float32Array(kept.length * d);
  kept.forEach((row, i) => {
    finite.set(rows.subarray(row * d, (row + 1) * d), i * d);
  });
  return {
    pool: pick(pool, kept),
    rows: finite,
    warnings: [
      `${n - kept.length} of ${n} examples are answered by ${layer} with a value that is not finite; they have no neighbours and are nobody’s. ${origin}`,
    ],
  };
}

/** One pass, holding one distance per example. */
async function nearestToOne(
  source: NearestSource,
  loaded: LoadedModel,
  layer: string,
  query: Examples,
  pool: Examples,
  asked: number,
): Promise<Nearest> {
  const { plan } = source;
  const d = featuresOf(plan, layer);
  const self = query.indices[0]!;
  const place = query.values ? -1 : pool.indices.indexOf(self);
  const own =
    place < 0
      ? await rowsOfLayer(quiet(source), loaded, layer, query, d)
      : await rowOfLayer(source, loaded, layer, pool, place);
  if (!own.every(Number.isFinite))
    throw new UserError(
      'invalid',
      `${exampleAddress(plan, query, 0)} has no neighbours, since ${layer} answers it with a value that is not finite. ${await originOf(source, loaded, query, 0)}`,
    );
  const n = pool.indices.length;
  const distance = new Float64Array(n);
  await forEachBatch(
    source,
    plan.model.manifest,
    loaded,
    pool,
    [layer],
    ({ outputs, from }) => distance.set(distancesTo(own, outputs[0]!.dataSync<'float32'>()), from),
    'distances',
  );
  const others = Array.from(distance.keys()).filter((i) => pool.indices[i] !== self);
  const finite = others.filter((i) => Number.isFinite(distance[i]!));
  const order = finite.sort((a, b) => distance[a]! - distance[b]! || a - b).slice(0, asked);
  const broken = others.find((i) => !Number.isFinite(distance[i]!));
  return {
    k: order.length,
    indices: Int32Array.from(order, (i) => pool.indices[i]!),
    distances: Float32Array.from(order, (i) => distance[i]!),
    recall: null,
    warnings:
      broken === undefined
        ? []
        : [
            `${others.length - finite.length} of ${n} examples are answered by ${layer} with a value that is not finite; they are nobody’s neighbours. ${await originOf(source, loaded, pool, broken)}`,
          ],
  };
}

/** Euclidean distance of each row of (n, d) to one, by differences in float64: 0 exactly where they are equal. */
export function distancesTo(own: Float32Array, rows: Float32Array): Float64Array {
  const d = own.length;
  const out = new Float64Array(rows.length / d);
  for (let i = 0, at = 0; i < out.length; i++) {
    let sum = 0;
    for (let c = 0; c < d; c++, at++) {
      const difference = rows[at]! - own[c]!;
      sum += difference * difference;
    }
    out[i] = Math.sqrt(sum);
  }
  return out;
}

async function searched(
  source: NearestSource,
  loaded: LoadedModel,
  layer: string,
  queries: Examples,
  among: FinitePool,
  d: number,
  k: number,
  bounds: SearchBounds,
): Promise<Nearest> {
  const { tf, signal } = source;
  const { pool, rows } = among;
  const n = pool.indices.length;
  const total = queries.indices.length;
  const place = new Map(Array.from(pool.indices, (index, i) => [index, i]));
  // NN-descent finds the neighbours of the pool itself, so that it helps where much of that is asked about.
  const descends =
    total > n / 4 && !queries.values && Array.from(queries.indices).every((index) => place.has(index));
  const search = new ExactSearch(tf, rows, n, d);
  try {
    if (descends && total * n * d > bounds.cost)
      return await approximate(source, queries, among, place, d, k);
    const indices = new Int32Array(total * k).fill(-1);
    const distances = new Float32Array(total * k).fill(Number.NaN);
    for (let from = 0; from < total; from += BLOCK) {
      const to = Math.min(total, from + BLOCK);
      source.progress(from / total, `neighbours of ${from} of ${total}`);
      await setImmediate();
      checkCancelled(signal);
      const block = pick(
        queries,
        Array.from({ length: to - from }, (_, i) => from + i),
      );
      // Taken from the pool where they are there: another batch may round otherwise.
      const own = await knownRows(source, loaded, layer, block, rows, place, d);
      const kept = finiteRows(own, to - from, d);
      const asked = new Float32Array(kept.length * d);
      kept.forEach((row, i) => {
        asked.set(own.subarray(row * d, (row + 1) * d), i * d);
      });
      const near = new Int32Array(kept.length * k);
      const far = new Float32Array(kept.length * k);
      const self = Int32Array.from(kept, (row) => place.get(block.indices[row]!) ?? -1);
      search.block(asked, self, k, near, far, 0);
      kept.forEach((row, i) => {
        const at = (from + row) * k;
        for (let s = 0; s < k; s++) indices[at + s] = pool.indices[near[i * k + s]!] ?? -1;
        distances.set(far.subarray(i * k, (i + 1) * k), at);
      });
      if (descends && search.measured > bounds.measured)
        return await approximate(source, queries, among, place, d, k);
    }
    return { k, indices, distances, recall: null, warnings: [] };
  } finally {
    search.dispose();
  }
}

/**
 * Outputs of the examples, (examples, d): the pool's own rows where it holds them, and a change has not changed the
 * example.
 */
async function knownRows(
  source: NearestSource,
  loaded: LoadedModel,
  layer: string,
  block: Examples,
  rows: Float32Array,
  place: ReadonlyMap<number, number>,
  d: number,
): Promise<Float32Array> {
  const unchanged = unchangedOnes(block);
  const places = Array.from(block.indices, (index, i) => (unchanged(i) ? (place.get(index) ?? -1) : -1));
  const out = places.every((row) => row >= 0)
    ? new Float32Array(places.length * d)
    : await rowsOfLayer(quiet(source), loaded, layer, block, d);
  places.forEach((row, i) => {
    if (row >= 0) out.set(rows.subarray(row * d, (row + 1) * d), i * d);
  });
  return out;
}

/** Whether example i of the block is given to the model as it is stored. */
function unchangedOnes({ values, ...stored }: Examples): (i: number) => boolean {
  if (!values) return () => true;
  const width = widthOf(stored.split);
  const plain = rowsOf(stored, 0, stored.indices.length);
  return (i) => values.subarray(i * width, (i + 1) * width).every((v, c) => v === plain[i * width + c]);
}

/** Of so many that all pairs would take too long. */
async function approximate(
  { signal, progress }: NearestSource,
  queries: Examples,
  { pool, rows }: FinitePool,
  place: ReadonlyMap<number, number>,
  d: number,
  k: number,
): Promise<Nearest> {
  const n = pool.indices.length;
  const found = await runStepsAsync(nnDescent(rows, n, d, k, 1), {
    signal,
    onProgress: (done) => progress(done, 'neighbours (NN-descent)'),
  });
  const measured = recallOf(rows, n, d, k, found);
  const indices = new Int32Array(queries.indices.length * k);
  const distances = new Float32Array(queries.indices.length * k);
  queries.indices.forEach((index, i) => {
    const at = (place.get(index) ?? 0) * k;
    for (let s = 0; s < k; s++) indices[i * k + s] = pool.indices[found.indices[at + s]!]!;
    distances.set(found.distances.subarray(at, at + k), i * k);
  });
  return {
    k,
    indices,
    distances,
    recall: measured.recall,
    warnings: [
      `The neighbours are approximate (NN-descent), since comparing all pairs would take too long: ${recallInWords(measured, k, 'examples')}.`,
    ],
  };
}

/** Share of each example's neighbours that have its label; NaN for an example without one, or without neighbours. `labels` by index. In float64, so that a condition <= 0.2 holds for 1 of 5. */
export function agreementOf(
  { k, indices }: Nearest,
  labels: ArrayLike<number>,
  own: ArrayLike<number>,
): Float64Array {
  return Float64Array.from({ length: own.length }, (_, i) => {
    if ((own[i] ?? -1) < 0 || indices[i * k]! < 0) return Number.NaN;
    let same = 0;
    for (let s = i * k; s < (i + 1) * k; s++) if (labels[indices[s]!] === own[i]) same++;
    return same / k;
  });
}

/** Numbers that the layer puts out for one example, as far as the architecture tells. */
export function featuresOf(plan: QueryPlan, layer: string): number {
  const shape = plan.model.manifest.graph.layers.find((l) => l.name === layer)?.outputShape.slice(1) ?? [];
  return shape.reduce<number>((a, b) => a * (b ?? 1), 1);
}

/** (examples, d); what is not finite stays so. */
async function rowsOfLayer(
  source: NearestSource,
  loaded: LoadedModel,
  layer: string,
  examples: Examples,
  d: number,
): Promise<Float32Array> {
  const rows = new Float32Array(examples.indices.length * d);
  await forEachBatch(source, source.plan.model.manifest, loaded, examples, [layer], ({ outputs, from }) => {
    rows.set(outputs[0]!.dataSync(), from * d);
  });
  return rows;
}

/**
 * What a layer puts out for the example at `place`, flat: from the batch in which a pass over `examples` meets it, since
 * in a batch of another size a product may add up in another order.
 */
export async function rowOfLayer(
  source: NearestSource,
  loaded: LoadedModel,
  layer: string,
  examples: Examples,
  place: number,
): Promise<Float32Array> {
  const { manifest } = source.plan.model;
  const step = batchSize(manifest, examples.split.given.sizes);
  const first = Math.floor(place / step) * step;
  const length = Math.min(step, examples.indices.length - first);
  const batch = pick(
    examples,
    Array.from({ length }, (_, i) => first + i),
  );
  let row = new Float32Array();
  await forEachBatch(quiet(source), manifest, loaded, batch, [layer], ({ outputs }) => {
    const values = outputs[0]!.dataSync<'float32'>();
    const d = values.length / length;
    row = values.slice((place - first) * d, (place - first + 1) * d);
  });
  return row;
}

const quiet = (source: NearestSource): NearestSource => ({ ...source, progress: () => undefined });
