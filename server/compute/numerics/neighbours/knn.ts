/**
 * Nearest neighbours by Euclidean distance: exact, all pairs in blocks, up to EXACT_LIMIT rows; beyond it by
 * NN-descent (nndescent.ts).
 */

import { runSteps, type StepOptions, type Steps } from '../steps.ts';
import { type Knn, NeighbourLists, squaredDistance } from './neighbours.ts';
import { nnDescent } from './nndescent.ts';
import { recallOf } from './recall.ts';

/** Above this many rows neighbours are approximate. */
export const EXACT_LIMIT = 10_000;

/** x is (n, d), row-major, finite; 1 <= k < n. */
export function knn(
  x: Float32Array,
  n: number,
  d: number,
  k: number,
  options: StepOptions & { seed?: number } = {},
): Knn {
  return runSteps(knnSteps(x, n, d, k, options.seed ?? 1), options);
}

export function* knnSteps(x: Float32Array, n: number, d: number, k: number, seed: number): Steps<Knn> {
  if (x.length !== n * d) throw new RangeError(`knn: ${x.length} values are not ${n} x ${d}`);
  if (k < 1 || k >= n) throw new RangeError(`knn: ${k} neighbours of ${n} rows`);
  if (n <= EXACT_LIMIT) return yield* exactKnnSteps(x, n, d, k);
  const knn = yield* nnDescent(x, n, d, k, seed);
  return { ...knn, found: recallOf(x, n, d, k, knn) };
}

/** Rows of a block: two blocks of 64 features in float64 fit the second-level cache. */
const BLOCK = 128;

/** Unit roundoff of float64. */
const UNIT = 2 ** -53;

/**
 * Exact at any n; cost n^2 d / 2. Products say which pairs are too far apart, up to their error bound (Higham 2002,
 * "Accuracy and Stability of Numerical Algorithms", eq. 3.5: d u |a| |b|, to which centring adds u (|a| + |b|)^2); the
 * others are measured by their differences, so that rows near one another and far from the rest keep their order.
 */
export function* exactKnnSteps(x: Float32Array, n: number, d: number, k: number): Steps<Knn> {
  const lists = new NeighbourLists(n, k);
  const { rows, norms, width } = centredRows(x, n, d);
  const roots = norms.map(Math.sqrt);
  const slack = UNIT * (0.6 * d + 4);
  const products = new Float64Array(BLOCK * BLOCK);
  const blocks = Math.ceil(n / BLOCK);
  const all = (blocks * (blocks + 1)) / 2;
  let done = 0;
  for (let bi = 0; bi < blocks; bi++) {
    const i0 = bi * BLOCK;
    const i1 = Math.min(n, i0 + BLOCK);
    for (let bj = bi; bj < blocks; bj++) {
      const j0 = bj * BLOCK;
      const j1 = Math.min(n, j0 + BLOCK);
      blockProducts(rows, width, i0, i1, j0, j1, products);
      for (let i = i0; i < i1; i++) {
        const at = (i - i0) * BLOCK - j0;
        const norm = norms[i]!;
        const root = roots[i]!;
        for (let j = bi === bj ? i + 1 : j0; j < j1; j++) {
          const reach = root + roots[j]!;
          const least = norm + norms[j]! - 2 * products[at + j]! - slack * reach * reach;
          if (least > lists.worst[i]! && least > lists.worst[j]!) continue;
          const squared = squaredDistance(x, d, i, j);
          if (squared <= lists.worst[i]!) lists.offer(i, j, squared);
          if (squared <= lists.worst[j]!) lists.offer(j, i, squared);
        }
      }
      done++;
      if (done % 16 === 0) yield done / all;
    }
  }
  return lists.finish();
}

/** Centred rows in float64, padded with zeros to a whole number of blocks: centring keeps the squares small. */
function centredRows(
  x: Float32Array,
  n: number,
  d: number,
): { rows: Float64Array; norms: Float64Array; width: number } {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j]! += x[i * d + j]! / n;
  const rows = new Float64Array(Math.ceil(n / BLOCK) * BLOCK * d);
  const norms = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let norm = 0;
    for (let j = 0; j < d; j++) {
      const value = x[i * d + j]! - mean[j]!;
      rows[i * d + j] = value;
      norm += value * value;
    }
    norms[i] = norm;
  }
  return { rows, norms, width: d };
}

/** out[(i - i0) * BLOCK + j - j0] = row i . row j, four rows by two columns at a time so that values stay in registers. */
function blockProducts(
  rows: Float64Array,
  d: number,
  i0: number,
  i1: number,
  j0: number,
  j1: number,
  out: Float64Array,
): void {
  for (let i = i0; i < i1; i += 4) {
    const a0 = i * d;
    const a1 = a0 + d;
    const a2 = a1 + d;
    const a3 = a2 + d;
    const o0 = (i - i0) * BLOCK - j0;
    for (let j = j0; j < j1; j += 2) {
      const b0 = j * d;
      const b1 = b0 + d;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      for (let k = 0; k < d; k++) {
        const x0 = rows[b0 + k]!;
        const x1 = rows[b1 + k]!;
        const y0 = rows[a0 + k]!;
        const y1 = rows[a1 + k]!;
        const y2 = rows[a2 + k]!;
        const y3 = rows[a3 + k]!;
        s00 += y0 * x0;
        s01 += y0 * x1;
        s10 += y1 * x0;
        s11 += y1 * x1;
        s20 += y2 * x0;
        s21 += y2 * x1;
        s30 += y3 * x0;
        s31 += y3 * x1;
      }
      const o = o0 + j;
      out[o] = s00;
      out[o + 1] = s01;
      out[o + BLOCK] = s10;
      out[o + BLOCK + 1] = s11;
      out[o + 2 * BLOCK] = s20;
      out[o + 2 * BLOCK + 1] = s21;
      out[o + 3 * BLOCK] = s30;
      out[o + 3 * BLOCK + 1] = s31;
    }
  }
}
