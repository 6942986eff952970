/**
 * Principal component analysis (Pearson 1901; Jolliffe 2002): eigenvectors of the covariance, exactly. With fewer rows
 * than features the Gram matrix gives the same components (Turk & Pentland 1991). float64 inside.
 */
import { type Eigen, symmetricEigen } from './eigen.ts';
import { leadingEigen } from './krylov.ts';

export interface Pca {
  /** Scores (n, dims), row-major: the centred rows in the components' coordinates. */
  readonly xyz: Float32Array;
  /** Share of the total variance of each component, 0 to 1; dims numbers. */
  readonly explainedVariance: number[];
}

/** Up to this side the whole matrix is decomposed; a larger one is only applied, never stored. */
const DIRECT = 320;

/**
 * x is (n, d), row-major, finite. Components beyond min(n - 1, d) are zero. A component's sign is the one that makes
 * its largest loading (by size; the first among equals) positive, as scikit-learn's svd_flip on V does.
 */
export function pca(x: Float32Array, n: number, d: number, dims: number): Pca {
  if (x.length !== n * d) throw new RangeError(`pca: ${x.length} values are not ${n} x ${d}`);
  const xyz = new Float32Array(n * dims);
  const explainedVariance = new Array<number>(dims).fill(0);
  if (n < 2 || d < 1) return { xyz, explainedVariance };
  const { centred, total } = centre(x, n, d);
  if (!Number.isFinite(total)) throw new RangeError('pca: the data hold NaN or infinity');
  if (total === 0) return { xyz, explainedVariance };
  const count = Math.min(dims, n - 1, d);
  const byFeature = d <= n;
  const { values, vectors } = eigenOf(centred, n, d, byFeature, count);
  const m = byFeature ? d : n;
  for (let c = 0; c < count; c++) {
    const value = values[c]!;
    // A component this small is rounding error: its direction would be noise.
    if (value <= values[0]! * 1e-14) continue;
    explainedVariance[c] = value / total;
    const vector = vectors.subarray(c * m, (c + 1) * m);
    const loading = byFeature ? vector : loadings(centred, n, d, vector);
    project(centred, n, d, loading, signOf(loading), xyz, dims, c);
  }
  return { xyz, explainedVariance };
}

function centre(x: Float32Array, n: number, d: number): { centred: Float64Array; total: number } {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j]! += x[i * d + j]!;
  for (let j = 0; j < d; j++) mean[j]! /= n;
  const centred = new Float64Array(n * d);
  let total = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) {
      const value = x[i * d + j]! - mean[j]!;
      centred[i * d + j] = value;
      total += value * value;
    }
  return { centred, total };
}

/** Eigenpairs of X^T X (d, d) or of X X^T (n, n); both have the same non-zero values. */
function eigenOf(x: Float64Array, n: number, d: number, byFeature: boolean, count: number): Eigen {
  const m = byFeature ? d : n;
  if (m > DIRECT) {
    const middle = new Float64Array(byFeature ? n : d);
    const found = leadingEigen(
      (from, to) => {
        if (byFeature) {
          times(x, n, d, from, middle);
          timesTransposed(x, n, d, middle, to);
        } else {
          timesTransposed(x, n, d, from, middle);
          times(x, n, d, middle, to);
        }
      },
      m,
      count,
      60 * (count + 4),
    );
    if (found) return found;
  }
  return symmetricEigen(byFeature ? scatter(x, n, d) : gram(x, n, d), m);
}

/** X^T X, (d, d). */
function scatter(x: Float64Array, n: number, d: number): Float64Array {
  const out = new Float64Array(d * d);
  for (let i = 0; i < n; i++) {
    const row = i * d;
    for (let j = 0; j < d; j++) {
      const value = x[row + j]!;
      if (value === 0) continue;
      const to = j * d;
      for (let k = j; k < d; k++) out[to + k]! += value * x[row + k]!;
    }
  }
  for (let j = 0; j < d; j++) for (let k = 0; k < j; k++) out[j * d + k] = out[k * d + j]!;
  return out;
}

/** X X^T, (n, n). */
function gram(x: Float64Array, n: number, d: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let s = 0;
      for (let k = 0; k < d; k++) s += x[i * d + k]! * x[j * d + k]!;
      out[i * n + j] = s;
      out[j * n + i] = s;
    }
  return out;
}

function times(x: Float64Array, n: number, d: number, from: Float64Array, to: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let s = 0;
    const row = i * d;
    for (let j = 0; j < d; j++) s += x[row + j]! * from[j]!;
    to[i] = s;
  }
}

function timesTransposed(x: Float64Array, n: number, d: number, from: Float64Array, to: Float64Array): void {
  to.fill(0);
  for (let i = 0; i < n; i++) {
    const weight = from[i]!;
    const row = i * d;
    for (let j = 0; j < d; j++) to[j]! += weight * x[row + j]!;
  }
}

/** The unit vector over features that belongs to an eigenvector of the Gram matrix. */
function loadings(x: Float64Array, n: number, d: number, vector: Float64Array): Float64Array {
  const out = new Float64Array(d);
  timesTransposed(x, n, d, vector, out);
  let norm = 0;
  for (const value of out) norm += value * value;
  norm = Math.sqrt(norm);
  for (let j = 0; j < d; j++) out[j]! /= norm;
  return out;
}

function signOf(loading: Float64Array): number {
  let best = 0;
  for (let j = 1; j < loading.length; j++)
    // Loadings that are equal but for rounding must not decide by their rounding.
    if (Math.abs(loading[j]!) > Math.abs(loading[best]!) * (1 + 1e-9)) best = j;
  return loading[best]! < 0 ? -1 : 1;
}

function project(
  x: Float64Array,
  n: number,
  d: number,
  loading: Float64Array,
  sign: number,
  out: Float32Array,
  dims: number,
  component: number,
): void {
  for (let i = 0; i < n; i++) {
    let s = 0;
    const row = i * d;
    for (let j = 0; j < d; j++) s += x[row + j]! * loading[j]!;
    out[i * dims + component] = sign * s;
  }
}
