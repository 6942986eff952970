/** How far a projection can be trusted: what it shows as near against what is near. */

import { runSteps } from '../steps.ts';
import { exactKnnSteps } from './knn.ts';
import { squaredDistance } from './neighbours.ts';

/**
 * Trustworthiness (Venna & Kaski 2001, "Neighborhood preservation in nonlinear projection methods", eq. 1): 1 when each
 * of the k nearest in the projection is among the k nearest in the data, less the further away the intruders are.
 * `high` is (n, d), `low` (n, dims); needs k < n / 2, else NaN. Equal distances rank by index. Cost n^2 (d + k).
 */
export function trustworthiness(
  high: Float32Array,
  n: number,
  d: number,
  low: Float32Array,
  dims: number,
  k: number,
): number {
  if (k < 1 || k >= n / 2) return Number.NaN;
  const { indices } = runSteps(exactKnnSteps(low, n, dims, k));
  const distances = new Float64Array(n);
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) distances[j] = squaredDistance(high, d, i, j);
    // The row itself has no rank.
    distances[i] = Number.POSITIVE_INFINITY;
    for (let s = i * k; s < (i + 1) * k; s++)
      penalty += Math.max(0, rankOf(distances, indices[s]!, distances[indices[s]!]!) - k);
  }
  return 1 - (2 * penalty) / (n * k * (2 * n - 3 * k - 1));
}

/** 1 for the nearest. */
function rankOf(distances: Float64Array, row: number, own: number): number {
  let rank = 1;
  for (let j = 0; j < distances.length; j++) {
    const other = distances[j]!;
    if (other < own || (other === own && j < row)) rank++;
  }
  return rank;
}

/** Mean share of the k nearest rows of the data that are also among the k nearest of the projection, 0 to 1. */
export function knnRecall(
  high: Float32Array,
  n: number,
  d: number,
  low: Float32Array,
  dims: number,
  k: number,
): number {
  if (k < 1 || k >= n) return Number.NaN;
  const truth = runSteps(exactKnnSteps(high, n, d, k)).indices;
  const shown = runSteps(exactKnnSteps(low, n, dims, k)).indices;
  let common = 0;
  for (let i = 0; i < n; i++) {
    const near = new Set(truth.subarray(i * k, (i + 1) * k));
    for (let s = i * k; s < (i + 1) * k; s++) if (near.has(shown[s]!)) common++;
  }
  return common / (n * k);
}
