/** How far a projection can be trusted: what it shows as near against what is near. */
import { squaredDistance } from './neighbours.ts';

/**
 * Trustworthiness (Venna & Kaski 2001, "Neighborhood preservation in nonlinear projection methods", eq. 1): 1 when each
 * of the k nearest in the projection is among the k nearest in the data, less the further away the intruders are.
 * `high` is (n, d), `low` (n, dims); needs k < n / 2, else NaN. Cost n^2 d.
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
  let penalty = 0;
  forEachRow(high, n, d, low, dims, (i, highOrder, lowOrder) => {
    const rank = new Int32Array(n);
    for (let r = 0; r < highOrder.length; r++) rank[highOrder[r]!] = r + 1;
    for (let s = 0; s < k; s++) penalty += Math.max(0, rank[lowOrder[s]!]! - k);
    return i;
  });
  return 1 - (2 * penalty) / (n * k * (2 * n - 3 * k - 1));
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
  let common = 0;
  forEachRow(high, n, d, low, dims, (_, highOrder, lowOrder) => {
    const near = new Set(highOrder.subarray(0, k));
    for (let s = 0; s < k; s++) if (near.has(lowOrder[s]!)) common++;
  });
  return common / (n * k);
}

/** All other rows by distance, nearest first, in both spaces. */
function forEachRow(
  high: Float32Array,
  n: number,
  d: number,
  low: Float32Array,
  dims: number,
  visit: (i: number, highOrder: Int32Array, lowOrder: Int32Array) => void,
): void {
  const distances = new Float64Array(n);
  for (let i = 0; i < n; i++)
    visit(i, orderFrom(high, n, d, i, distances), orderFrom(low, n, dims, i, distances));
}

function orderFrom(x: Float32Array, n: number, d: number, i: number, distances: Float64Array): Int32Array {
  for (let j = 0; j < n; j++) distances[j] = squaredDistance(x, d, i, j);
  const order = new Int32Array(n - 1);
  for (let j = 0, at = 0; j < n; j++) if (j !== i) order[at++] = j;
  return order.sort((a, b) => distances[a]! - distances[b]! || a - b);
}
