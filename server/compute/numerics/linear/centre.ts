/** Columns of (n, d) less their means, in float64, so that what is left keeps its digits and its range. */
export function centreColumns(x: Float32Array, n: number, d: number): Float64Array {
  const sums = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) sums[j]! += x[i * d + j]!;
  for (let j = 0; j < d; j++) sums[j]! /= n;
  const centred = new Float64Array(n * d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) centred[i * d + j] = x[i * d + j]! - sums[j]!;
  return centred;
}
