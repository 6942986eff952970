/** The nearest examples to examples, by Euclidean distance of a layer's flattened outputs. */
import { setImmediate } from 'node:timers/promises';
import type { Tensor2D } from '@tensorflow/tfjs';
import type { QueryPlan } from './contract.ts';
import { type Examples, pick, thin } from './examples.ts';
import { checkCancelled, forEachBatch, type Pace } from './forward.ts';
import type { LoadedModel } from './model.ts';
import { centreColumns } from './numerics/centre.ts';
import { nnDescent } from './numerics/nndescent.ts';
import { runStepsAsync } from './numerics/steps.ts';

export interface Nearest {
  /** Neighbours per example: what was asked for, or all others where there are fewer. */
  readonly k: number;
  /** (examples, k): indices within the split, nearest first, equal distances by the lower index; itself left out. */
  readonly indices: Int32Array;
  /** (examples, k) */
  readonly distances: Float32Array;
  readonly warnings: readonly string[];
}

export type NearestSource = Pace & { readonly plan: QueryPlan };

/** Of a search among many. */
export interface SearchBounds {
  /** Numbers that are held. */
  readonly numbers: number;
  /** Multiplications that an exact search may cost; beyond it NN-descent answers. */
  readonly cost: number;
}
/** 256 MiB of float32, and a minute or so. */
const BOUNDS: SearchBounds = { numbers: 2 ** 26, cost: 5e11 };
/** Examples whose distances to all others are held at once. */
const BLOCK = 256;
/** Products in float32 rank nearly equal distances by chance, so some more candidates are measured anew. */
const SPARE = 8;

/** Peak bytes of a search among n: rows, what of them is centred, its transpose, and one block's distances. */
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
  const forward = { ...source, progress: share(source, 0, FORWARD) };
  const there = await rowsOfLayer(forward, loaded, layer, thinned, d);
  const search = { ...source, progress: share(source, FORWARD, 1) };
  const found = await blocks(
    search,
    loaded,
    layer,
    queries,
    thinned,
    there,
    d,
    Math.min(k, others(thinned)),
    bounds.cost,
  );
  return { ...found, warnings: [...warnings, ...found.warnings] };
}

/** Share of the progress that the forward pass takes. */
const FORWARD = 0.4;

const share =
  ({ progress }: NearestSource, from: number, to: number) =>
  (done: number, note: string) =>
    progress(from + done * (to - from), note);

const others = (pool: Examples): number => Math.max(1, pool.indices.length - 1);

/** One pass, holding one distance per example. */
async function nearestToOne(
  source: NearestSource,
  loaded: LoadedModel,
  layer: string,
  query: Examples,
  pool: Examples,
  asked: number,
): Promise<Nearest> {
  const { tf, plan } = source;
  const d = featuresOf(plan, layer);
  const own = await rowsOfLayer(source, loaded, layer, query, d);
  const distance = new Float32Array(pool.indices.length);
  await forEachBatch(
    source,
    plan.model.manifest,
    loaded,
    pool,
    [layer],
    ({ outputs, from, to }) => {
      const difference = tf.sub(outputs[0]!.as2D(to - from, d), tf.tensor2d(own, [1, d]));
      distance.set(tf.sqrt(tf.sum(tf.square(difference), 1)).dataSync(), from);
    },
    'distances',
  );
  const self = query.indices[0];
  const order = Array.from(distance.keys())
    .filter((i) => pool.indices[i] !== self)
    .sort((a, b) => (distance[a] ?? 0) - (distance[b] ?? 0) || a - b)
    .slice(0, asked);
  return {
    k: order.length,
    indices: Int32Array.from(order, (i) => pool.indices[i]!),
    distances: Float32Array.from(order, (i) => distance[i]!),
    warnings: [],
  };
}

async function blocks(
  source: NearestSource,
  loaded: LoadedModel,
  layer: string,
  queries: Examples,
  pool: Examples,
  there: Float32Array,
  d: number,
  k: number,
  cost: number,
): Promise<Nearest> {
  const { tf, signal } = source;
  const n = pool.indices.length;
  const total = queries.indices.length;
  const place = new Map(Array.from(pool.indices, (index, i) => [index, i]));
  if (
    total * n * d > cost &&
    total > n / 4 &&
    !queries.values &&
    queries.indices.every((index) => place.has(index))
  )
    return approximate(source, queries, there, pool, place, d, k);
  const indices = new Int32Array(total * k);
  const distances = new Float32Array(total * k);
  const { mean, centred } = centreColumns(there, n, d);
  // Transposed beforehand: WebAssembly is ten times slower where a product has to do it.
  const [across, norms] = tf.tidy(() => {
    const tensor = tf.tensor2d(centred, [n, d]);
    return [tf.transpose(tensor), tf.sum(tf.square(tensor), 1)] as const;
  });
  try {
    for (let from = 0; from < total; from += BLOCK) {
      const to = Math.min(total, from + BLOCK);
      source.progress(from / total, `neighbours of ${from} of ${total}`);
      await setImmediate();
      checkCancelled(signal);
      const block = pick(
        queries,
        Array.from({ length: to - from }, (_, i) => from + i),
      );
      const own =
        queries === pool
          ? there.subarray(from * d, to * d)
          : await quietRows(source, loaded, layer, block, d);
      const wanted = Math.min(n, k + 1 + SPARE);
      let candidates: ArrayLike<number> = [];
      tf.tidy(() => {
        const q: Tensor2D = tf.sub(tf.tensor2d(own, [to - from, d]), tf.tensor2d(mean, [1, d]));
        const score = tf.sub(tf.mul(tf.matMul(q, across), 2), norms);
        // Kept here and not returned: tidy() looks for tensors in every number that it returns.
        candidates = tf.topk(score, wanted).indices.dataSync();
      });
      for (let i = from; i < to; i++) {
        const self = queries.indices[i];
        const ranked: { index: number; distance: number }[] = [];
        for (let c = 0; c < wanted; c++) {
          const j = candidates[(i - from) * wanted + c]!;
          const index = pool.indices[j]!;
          if (index === self) continue;
          ranked.push({ index, distance: Math.sqrt(between(own, i - from, there, j, d)) });
        }
        ranked.sort((a, b) => a.distance - b.distance || a.index - b.index);
        for (let s = 0; s < k; s++) {
          indices[i * k + s] = ranked[s]?.index ?? -1;
          distances[i * k + s] = ranked[s]?.distance ?? Number.NaN;
        }
      }
    }
  } finally {
    tf.dispose([across, norms]);
  }
  return { k, indices, distances, warnings: [] };
}

/** Of so many that all pairs would take too long. */
async function approximate(
  { signal, progress }: NearestSource,
  queries: Examples,
  rows: Float32Array,
  pool: Examples,
  place: ReadonlyMap<number, number>,
  d: number,
  k: number,
): Promise<Nearest> {
  const n = pool.indices.length;
  const all = await runStepsAsync(nnDescent(rows, n, d, k, 1), {
    signal,
    onProgress: (done) => progress(done, 'neighbours (NN-descent)'),
  });
  const indices = new Int32Array(queries.indices.length * k);
  const distances = new Float32Array(queries.indices.length * k);
  queries.indices.forEach((index, i) => {
    const at = (place.get(index) ?? 0) * k;
    for (let s = 0; s < k; s++) indices[i * k + s] = pool.indices[all.indices[at + s]!]!;
    distances.set(all.distances.subarray(at, at + k), i * k);
  });
  return {
    k,
    indices,
    distances,
    warnings: ['The neighbours are approximate (NN-descent): comparing all pairs would take too long.'],
  };
}

/** Share of each example's neighbours that have its label; NaN for an example without one. `labels` by index. In float64, so that a condition <= 0.2 holds for 1 of 5. */
export function agreementOf(
  { k, indices }: Nearest,
  labels: ArrayLike<number>,
  own: ArrayLike<number>,
): Float64Array {
  return Float64Array.from({ length: own.length }, (_, i) => {
    if ((own[i] ?? -1) < 0) return Number.NaN;
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

/** (examples, d); what is not finite counts as zero. */
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
  for (let i = 0; i < rows.length; i++) if (!Number.isFinite(rows[i])) rows[i] = 0;
  return rows;
}

const quietRows = (
  source: NearestSource,
  loaded: LoadedModel,
  layer: string,
  examples: Examples,
  d: number,
): Promise<Float32Array> => rowsOfLayer({ ...source, progress: () => undefined }, loaded, layer, examples, d);

/** Squared distance of row i of a to row j of b. */
function between(a: Float32Array, i: number, b: Float32Array, j: number, d: number): number {
  let sum = 0;
  const [p, q] = [i * d, j * d];
  for (let c = 0; c < d; c++) sum += (a[p + c]! - b[q + c]!) ** 2;
  return sum;
}
