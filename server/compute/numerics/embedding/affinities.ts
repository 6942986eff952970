/**
 * The input similarities of t-SNE (van der Maaten & Hinton 2008, eqs. 1 and 2), among nearest neighbours only (van der
 * Maaten 2014, "Accelerating t-SNE using Tree-Based Algorithms", section 4.1).
 */
import type { Knn } from '../neighbours/neighbours.ts';

/** A symmetric matrix by rows: row i holds columns[starts[i]..starts[i + 1]) with their values. */
export interface Affinities {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

const BISECTIONS = 100;
/** Of the entropy, in nats. */
const TOLERANCE = 1e-7;

/** p(j|i) of each row's neighbours (n, k), every row with this perplexity, or the nearest that its distances allow. */
export function conditionals({ distances }: Knn, n: number, k: number, perplexity: number): Float64Array {
  const out = new Float64Array(n * k);
  const target = Math.log(perplexity);
  for (let i = 0; i < n; i++) {
    const from = i * k;
    const nearest = distances[from]! ** 2;
    let [low, high, beta] = [0, Number.POSITIVE_INFINITY, 1];
    // Starts near the scale of the data, however large or small that is.
    const spread = distances[from + k - 1]! ** 2 - nearest;
    if (spread > 0) beta = 1 / spread;
    for (let round = 0; round < BISECTIONS; round++) {
      let sum = 0;
      let weighted = 0;
      for (let s = from; s < from + k; s++) {
        // The nearest distance is taken off, so that the largest term is 1.
        const excess = distances[s]! ** 2 - nearest;
        const p = Math.exp(-beta * excess);
        out[s] = p;
        sum += p;
        weighted += p * excess;
      }
      for (let s = from; s < from + k; s++) out[s]! /= sum;
      const entropy = Math.log(sum) + (beta * weighted) / sum;
      if (Math.abs(entropy - target) < TOLERANCE || spread === 0) break;
      if (entropy > target) {
        low = beta;
        beta = high === Number.POSITIVE_INFINITY ? beta * 2 : (beta + high) / 2;
      } else {
        high = beta;
        beta = (low + beta) / 2;
      }
    }
  }
  return out;
}

/** p_ij = (p(j|i) + p(i|j)) / 2n; all of them sum to one. */
export function affinities(knn: Knn, n: number, k: number, perplexity: number): Affinities {
  const { indices } = knn;
  const p = conditionals(knn, n, k, perplexity);
  const counts = new Int32Array(n + 1);
  // Both directions of every entry, then equal columns of a row are put together.
  for (let i = 0; i < n; i++)
    for (let s = i * k; s < (i + 1) * k; s++) {
      counts[i + 1]! += 1;
      counts[indices[s]! + 1]! += 1;
    }
  for (let i = 0; i < n; i++) counts[i + 1]! += counts[i]!;
  const fill = counts.slice(0, n);
  const columns = new Int32Array(2 * n * k);
  const values = new Float64Array(2 * n * k);
  for (let i = 0; i < n; i++)
    for (let s = i * k; s < (i + 1) * k; s++) {
      const j = indices[s]!;
      const value = p[s]! / (2 * n);
      for (const [row, column] of [
        [i, j],
        [j, i],
      ] as const) {
        const at = fill[row]!;
        fill[row] = at + 1;
        columns[at] = column;
        values[at] = value;
      }
    }
  return merged(counts, columns, values, n);
}

function merged(bounds: Int32Array, columns: Int32Array, values: Float64Array, n: number): Affinities {
  const starts = new Int32Array(n + 1);
  const place = new Int32Array(n).fill(-1);
  let out = 0;
  for (let i = 0; i < n; i++) {
    const first = out;
    for (let s = bounds[i]!; s < bounds[i + 1]!; s++) {
      const column = columns[s]!;
      const known = place[column]!;
      if (known >= first) {
        values[known]! += values[s]!;
        continue;
      }
      place[column] = out;
      columns[out] = column;
      values[out] = values[s]!;
      out++;
    }
    starts[i + 1] = out;
  }
  return { starts, columns: columns.slice(0, out), values: values.slice(0, out) };
}
