/**
 * Eigenvalues and eigenvectors of a real symmetric matrix: reduction to tridiagonal form by Householder reflections,
 * then QL iterations with implicit shifts (Bowdler, Martin, Reinsch & Wilkinson 1968, "The QR and QL algorithms for
 * symmetric matrices", Numerische Mathematik 11; Golub & Van Loan, Matrix Computations, 8.3).
 */

export interface Eigen {
  /** Descending, length m. */
  readonly values: Float64Array;
  /** Row i is the unit eigenvector of values[i]: (m, m), row-major. */
  readonly vectors: Float64Array;
}

/** `matrix` is (m, m), row-major and symmetric; it is not changed. Cost about 3 m^3. */
export function symmetricEigen(matrix: Float64Array, m: number): Eigen {
  const a = Float64Array.from(matrix);
  const diagonal = new Float64Array(m);
  const off = new Float64Array(m);
  // q holds the transposed orthogonal transform: its rows become the eigenvectors, so that the rotations below walk
  // along rows in memory.
  const q = tridiagonalise(a, m, diagonal, off);
  implicitQl(diagonal, off, q, m);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j]! - diagonal[i]!);
  const values = new Float64Array(m);
  const vectors = new Float64Array(m * m);
  order.forEach((from, to) => {
    values[to] = diagonal[from]!;
    vectors.set(q.subarray(from * m, (from + 1) * m), to * m);
  });
  return { values, vectors };
}

/** Fills diagonal and off (off[i] couples i-1 and i); returns Q^T with A = Q T Q^T. Destroys `a`. */
function tridiagonalise(a: Float64Array, m: number, diagonal: Float64Array, off: Float64Array): Float64Array {
  const reflectors: { at: number; v: Float64Array; beta: number }[] = [];
  const p = new Float64Array(m);
  for (let k = 0; k < m - 2; k++) {
    const v = new Float64Array(m);
    let norm = 0;
    for (let i = k + 1; i < m; i++) {
      const x = a[i * m + k]!;
      v[i] = x;
      norm += x * x;
    }
    norm = Math.sqrt(norm);
    if (norm === 0) continue;
    const alpha = v[k + 1]! > 0 ? -norm : norm;
    v[k + 1]! -= alpha;
    let vv = 0;
    for (let i = k + 1; i < m; i++) vv += v[i]! * v[i]!;
    if (vv === 0) continue;
    const beta = 2 / vv;
    // A <- H A H with H = I - beta v v^T, on the trailing block.
    let pv = 0;
    for (let i = k + 1; i < m; i++) {
      let s = 0;
      const row = i * m;
      for (let j = k + 1; j < m; j++) s += a[row + j]! * v[j]!;
      p[i] = beta * s;
      pv += p[i]! * v[i]!;
    }
    const half = (beta * pv) / 2;
    for (let i = k + 1; i < m; i++) p[i]! -= half * v[i]!;
    for (let i = k + 1; i < m; i++) {
      const row = i * m;
      const vi = v[i]!;
      const pi = p[i]!;
      for (let j = k + 1; j < m; j++) a[row + j]! -= vi * p[j]! + pi * v[j]!;
    }
    a[(k + 1) * m + k] = alpha;
    reflectors.push({ at: k + 1, v, beta });
  }
  for (let i = 0; i < m; i++) diagonal[i] = a[i * m + i]!;
  for (let i = 1; i < m; i++) off[i] = a[i * m + i - 1]!;
  const q = new Float64Array(m * m);
  for (let i = 0; i < m; i++) q[i * m + i] = 1;
  // Q = H_0 H_1 ... ; Q^T rows: apply from the last reflector, so that only the trailing block is touched.
  for (let r = reflectors.length - 1; r >= 0; r--) {
    const { at, v, beta } = reflectors[r]!;
    for (let i = at; i < m; i++) {
      const row = i * m;
      let s = 0;
      for (let j = at; j < m; j++) s += q[row + j]! * v[j]!;
      s *= beta;
      if (s !== 0) for (let j = at; j < m; j++) q[row + j]! -= s * v[j]!;
    }
  }
  return q;
}

/** QL with implicit shifts on the tridiagonal matrix; applies the rotations to the rows of q. */
function implicitQl(d: Float64Array, off: Float64Array, q: Float64Array, m: number): void {
  const e = new Float64Array(m);
  for (let i = 1; i < m; i++) e[i - 1] = off[i]!;
  for (let l = 0; l < m; l++) {
    for (let round = 0; ; round++) {
      let s = l;
      while (s < m - 1) {
        const scale = Math.abs(d[s]!) + Math.abs(d[s + 1]!);
        if (Math.abs(e[s]!) <= Number.EPSILON * scale) break;
        s++;
      }
      if (s === l) break;
      if (round === 60) throw new RangeError('the QL iteration did not converge: the matrix is not finite');
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      let r = Math.hypot(g, 1);
      g = d[s]! - d[l]! + e[l]! / (g + (g >= 0 ? Math.abs(r) : -Math.abs(r)));
      let sine = 1;
      let cosine = 1;
      let p = 0;
      let i = s - 1;
      for (; i >= l; i--) {
        const f = sine * e[i]!;
        const b = cosine * e[i]!;
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          e[s] = 0;
          break;
        }
        sine = f / r;
        cosine = g / r;
        g = d[i + 1]! - p;
        r = (d[i]! - g) * sine + 2 * cosine * b;
        p = sine * r;
        d[i + 1] = g + p;
        g = cosine * r - b;
        rotate(q, m, i, sine, cosine);
      }
      if (r === 0 && i >= l) continue;
      d[l]! -= p;
      e[l] = g;
      e[s] = 0;
    }
  }
}

function rotate(q: Float64Array, m: number, i: number, sine: number, cosine: number): void {
  const low = i * m;
  const high = low + m;
  for (let k = 0; k < m; k++) {
    const f = q[high + k]!;
    const g = q[low + k]!;
    q[high + k] = sine * g + cosine * f;
    q[low + k] = cosine * g - sine * f;
  }
}
