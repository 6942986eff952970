/** Points in two or three dimensions from points in many, by the method that the query names. */
import { setImmediate } from 'node:timers/promises';
import type { Query } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { PointsRecord, Provenance } from '../../../core/result/index.ts';
import { checkCancelled, type Pace } from '../inference/forward.ts';
import {
  EXACT_LIMIT,
  type Knn,
  knnRecall,
  pca,
  possiblePerplexity,
  recallInWords,
  trustworthiness,
  tsneAsync,
  umapAsync,
} from '../numerics/index.ts';

export interface Projected {
  /** (n, dims); NaN for rows that were left out. */
  readonly xyz: Float32Array;
  readonly record: Omit<PointsRecord, 'classes' | 'layer'>;
  readonly parameters: Provenance['parameters'];
  readonly seed?: number;
  readonly warnings: readonly string[];
}

/** Points that trustworthiness and recall are measured on, at most; fewer where a distance costs much. */
const QUALITY_POINTS = 2000;
const QUALITY_COST = 1e9;
/** Of t-SNE, which has no number of neighbours of its own: UMAP’s default, so that the two can be compared. */
const QUALITY_NEIGHBOURS = 15;

/** The rows of x (n, d) that hold finite values only: the others have no place among them. */
export function finiteRows(x: Float32Array, n: number, d: number): Int32Array {
  const kept: number[] = [];
  for (let i = 0; i < n; i++) {
    let at = i * d;
    while (at < (i + 1) * d && Number.isFinite(x[at]!)) at++;
    if (at === (i + 1) * d) kept.push(i);
  }
  return Int32Array.from(kept);
}

/** Of x (n, d) row-major the rows `kept`, which are finite. Progress runs from `from` to 1. */
export async function project(
  pace: Pick<Pace, 'signal' | 'progress'>,
  using: Query['using'],
  x: Float32Array,
  n: number,
  d: number,
  kept: Int32Array,
  from: number,
): Promise<Projected> {
  if (kept.length === n) return projectFinite(pace, using, x, n, d, from);
  const finite = new Float32Array(kept.length * d);
  kept.forEach((row, i) => {
    finite.set(x.subarray(row * d, (row + 1) * d), i * d);
  });
  const found = await projectFinite(pace, using, finite, kept.length, d, from);
  const { dims } = found.record;
  const xyz = new Float32Array(n * dims).fill(Number.NaN);
  kept.forEach((row, i) => {
    xyz.set(found.xyz.subarray(i * dims, (i + 1) * dims), row * dims);
  });
  return { ...found, xyz };
}

async function projectFinite(
  pace: Pick<Pace, 'signal' | 'progress'>,
  using: Query['using'],
  x: Float32Array,
  n: number,
  d: number,
  from: number,
): Promise<Projected> {
  const params = using?.params ?? {};
  const dims = wholeNumber(params.dims, 3) === 2 ? 2 : 3;
  const warnings: string[] = [];
  const method = using?.method ?? 'pca';
  await setImmediate();
  checkCancelled(pace.signal);
  if (method === 'pca') {
    pace.progress(from, 'principal components');
    const { xyz, explainedVariance } = pca(x, n, d, dims);
    return { xyz, record: { method, dims, explainedVariance }, parameters: { dims }, warnings };
  }
  if (method !== 'umap' && method !== 'tsne')
    throw new UserError('invalid', `${method} places no points; use pca, umap or tsne`);
  if (n < 4) throw new UserError('invalid', `${method} needs at least 4 points, found ${n}; use pca`);
  const seed = wholeNumber(params.seed, 1);
  bringToScale(x);
  const steps = {
    signal: pace.signal,
    onProgress: (done: number) => pace.progress(from + done * (0.95 - from), method),
    onNeighbours: ({ found }: Knn, k: number) => {
      if (found)
        warnings.push(
          `The graph of neighbours is approximate (NN-descent), as it is for more than ${EXACT_LIMIT} points: ${recallInWords(found, k, 'points')}.`,
        );
    },
  };
  const finished = async (
    xyz: Float32Array,
    own: Readonly<Record<string, number>>,
    k: number,
  ): Promise<Projected> => {
    pace.progress(0.95, 'trustworthiness');
    await setImmediate();
    checkCancelled(pace.signal);
    const record = { method, dims, ...quality(x, n, d, xyz, dims, k) } as const;
    return { xyz, record, parameters: { dims, ...own, seed }, seed, warnings };
  };
  if (method === 'umap') {
    const neighbours = wholeNumber(params.neighbours, 15);
    const xyz = await umapAsync(x, n, d, { dims, neighbours, seed, ...steps });
    return finished(xyz, { neighbours }, neighbours);
  }
  const asked = typeof params.perplexity === 'number' ? params.perplexity : 30;
  const perplexity = possiblePerplexity(asked, n);
  if (perplexity < asked)
    warnings.push(
      `The perplexity was lowered from ${asked} to ${perplexity.toFixed(1)}: there are only ${n} points.`,
    );
  const xyz = await tsneAsync(x, n, d, { dims, perplexity, seed, ...steps });
  return finished(xyz, { perplexity }, QUALITY_NEIGHBOURS);
}

/** Measured on evenly spaced points where there are many. */
function quality(x: Float32Array, n: number, d: number, low: Float32Array, dims: number, neighbours: number) {
  const m = Math.min(n, QUALITY_POINTS, Math.max(100, Math.floor(Math.sqrt(QUALITY_COST / d))));
  const k = Math.min(neighbours, Math.ceil(m / 2) - 1);
  const high = m === n ? x : rowsAt(x, n, d, m);
  const shown = m === n ? low : rowsAt(low, n, dims, m);
  const trust = trustworthiness(high, m, d, shown, dims, k);
  const recall = knnRecall(high, m, d, shown, dims, k);
  return {
    ...(Number.isNaN(trust) ? {} : { trustworthiness: trust }),
    ...(Number.isNaN(recall) ? {} : { knnRecall: recall }),
    k,
  };
}

/** m of the n rows, evenly spaced. */
function rowsAt(x: Float32Array, n: number, d: number, m: number): Float32Array {
  const out = new Float32Array(m * d);
  for (let i = 0; i < m; i++) {
    const row = Math.floor((i * n) / m);
    out.set(x.subarray(row * d, (row + 1) * d), i * d);
  }
  return out;
}

/**
 * Neighbour graphs do not depend on the scale of the data, but the searches for their widths begin at one. Data far from
 * it are brought there by a power of two, which changes no digit.
 */
function bringToScale(x: Float32Array): void {
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  if (largest === 0 || (largest > 2 ** -20 && largest < 2 ** 20)) return;
  const factor = 2 ** -Math.round(Math.log2(largest));
  for (let i = 0; i < x.length; i++) x[i]! *= factor;
}

function wholeNumber(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : otherwise;
}
