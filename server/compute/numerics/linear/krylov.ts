/**
 * The leading eigenpairs of a symmetric positive semidefinite operator that is too large to decompose as a whole:
 * block Krylov subspace with full reorthogonalisation and Rayleigh-Ritz (Golub & Underwood 1977; Musco & Musco 2015,
 * "Randomized Block Krylov Methods", NeurIPS), carried on until the residuals are those of a direct method.
 */

import { seeded } from '../random.ts';
import { type Eigen, symmetricEigen } from './eigen.ts';

/** Writes the operator's product with `from` (length m) into `to` (length m). */
export type Operator = (from: Float64Array, to: Float64Array) => void;

/** Residual at which a pair counts as exact, relative to the largest eigenvalue. */
const TOLERANCE = 1e-11;

/** Null when it has not converged within `maxBasis` vectors: the caller then decomposes the whole matrix. */
export function leadingEigen(apply: Operator, m: number, count: number, maxBasis: number): Eigen | null {
  const random = seeded(1);
  const block = count + 4;
  const basis: Float64Array[] = [];
  const images: Float64Array[] = [];
  let fresh: Float64Array[] = Array.from({ length: block }, () =>
    Float64Array.from({ length: m }, () => random.normal()),
  );
  while (basis.length < Math.min(maxBasis, m)) {
    const first = basis.length;
    for (const vector of fresh) if (orthonormalise(vector, basis)) basis.push(vector);
    for (let i = first; i < basis.length; i++) {
      const image = new Float64Array(m);
      apply(basis[i]!, image);
      images.push(image);
    }
    const exhausted = basis.length === first;
    const found = ritz(basis, images, m, count, exhausted);
    if (found || exhausted) return found;
    fresh = images.slice(first).map((image) => image.slice());
  }
  return null;
}

/** Gram-Schmidt twice; false when the vector lies in the span already. */
function orthonormalise(vector: Float64Array, basis: readonly Float64Array[]): boolean {
  const before = Math.sqrt(dot(vector, vector));
  for (let pass = 0; pass < 2; pass++)
    for (const other of basis) addScaled(vector, other, -dot(vector, other));
  const norm = Math.sqrt(dot(vector, vector));
  if (!(norm > 1e-10 * before)) return false;
  for (let i = 0; i < vector.length; i++) vector[i]! /= norm;
  return true;
}

function ritz(
  basis: readonly Float64Array[],
  images: readonly Float64Array[],
  m: number,
  count: number,
  accept: boolean,
): Eigen | null {
  const k = basis.length;
  if (k < count) return null;
  const small = new Float64Array(k * k);
  for (let i = 0; i < k; i++)
    for (let j = 0; j <= i; j++) {
      const value = (dot(basis[i]!, images[j]!) + dot(basis[j]!, images[i]!)) / 2;
      small[i * k + j] = value;
      small[j * k + i] = value;
    }
  const { values, vectors } = symmetricEigen(small, k);
  const out = new Float64Array(count * m);
  for (let c = 0; c < count; c++) {
    const vector = out.subarray(c * m, (c + 1) * m);
    const residual = new Float64Array(m);
    for (let i = 0; i < k; i++) {
      const weight = vectors[c * k + i]!;
      addScaled(vector, basis[i]!, weight);
      addScaled(residual, images[i]!, weight);
    }
    addScaled(residual, vector, -values[c]!);
    if (!accept && Math.sqrt(dot(residual, residual)) > TOLERANCE * Math.max(values[0]!, 1e-300)) return null;
  }
  return { values: values.slice(0, count), vectors: out };
}

function dot(a: Float64Array, b: Float64Array): number {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i]! * b[i]!;
  return s;
}

function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * from[i]!;
}
