/**
 * The k nearest rows, exactly, at the speed of a matrix product. Squared distances from products in float32,
 * |q|^2 + |p|^2 - 2 q.p, rank near rows by chance where they are small against the norms; so that they only leave out
 * rows that their error bound proves to be further away than k others, and the rest is measured by its differences in
 * float64.
 */
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from './tf.ts';

/** Unit roundoff of float32. */
const UNIT = 2 ** -24;

/** The k best of one row, nearest first, equal distances by the lower row. */
interface Ranking {
  readonly rows: Int32Array;
  readonly squares: Float64Array;
  size: number;
}

export class ExactSearch {
  private readonly mean: Float64Array;
  /** Brings the centred pool to at most one, by a power of two: no product leaves the range, and no digit changes. */
  private readonly factor: number;
  /** (d, n): transposed beforehand, since WebAssembly is ten times slower where a product has to do it. */
  private readonly across: Tensor2D;
  private readonly norms: Float64Array;
  private readonly roots: Float64Array;
  private readonly seen: Uint8Array;
  /** Multiplications that measuring by differences has cost. */
  measured = 0;

  /** `pool` (n, d) row-major, finite. */
  constructor(
    private readonly tf: Tf,
    private readonly pool: Float32Array,
    private readonly n: number,
    private readonly d: number,
  ) {
    this.mean = new Float64Array(d);
    for (let i = 0, at = 0; i < n; i++) for (let c = 0; c < d; c++, at++) this.mean[c]! += pool[at]! / n;
    let largest = 0;
    for (let i = 0, at = 0; i < n; i++)
      for (let c = 0; c < d; c++, at++) largest = Math.max(largest, Math.abs(pool[at]! - this.mean[c]!));
    this.factor = largest > 0 ? 2 ** -Math.ceil(Math.log2(largest)) : 1;
    const centred = this.centred(pool);
    this.norms = normsOf(centred, n, d);
    this.roots = this.norms.map(Math.sqrt);
    this.seen = new Uint8Array(n);
    this.across = tf.tidy(() => tf.transpose(tf.tensor2d(centred, [n, d])));
  }

  dispose(): void {
    this.across.dispose();
  }

  /**
   * Of each of m rows `own` (m, d), finite, the k nearest of the pool and their distances, both (m, k) from `at` on; the
   * pool's row `self[i]` is left out, none where it is -1. -1 and NaN where there are fewer than k.
   */
  block(
    own: Float32Array,
    self: Int32Array,
    k: number,
    indices: Int32Array,
    distances: Float32Array,
    at: number,
  ): void {
    const { tf, n, d } = this;
    const m = self.length;
    const centred = this.centred(own);
    const norms = normsOf(centred, m, d);
    const product = tf.tidy(() => tf.matMul(tf.tensor2d(centred, [m, d]), this.across));
    const products = product.dataSync<'float32'>();
    product.dispose();
    for (let i = 0; i < m; i++) {
      const found = this.nearest(
        own.subarray(i * d, (i + 1) * d),
        products.subarray(i * n, (i + 1) * n),
        norms[i]!,
        self[i]!,
        k,
      );
      indices.set(found.rows, (at + i) * k);
      distances.set(found.squares.map(Math.sqrt), (at + i) * k);
    }
  }

  private centred(rows: Float32Array): Float32Array {
    const { mean, factor, d } = this;
    const out = new Float32Array(rows.length);
    for (let at = 0; at < rows.length; )
      for (let c = 0; c < d; c++, at++) out[at] = (rows[at]! - mean[c]!) * factor;
    return out;
  }

  private nearest(own: Float32Array, products: Float32Array, norm: number, self: number, k: number): Ranking {
    const { n, norms, roots, seen, factor } = this;
    // The k that look nearest, measured: no row further than the last of them is wanted.
    const guess = emptyRanking(k);
    let last = Number.POSITIVE_INFINITY;
    for (let j = 0; j < n; j++) {
      const score = norms[j]! - 2 * products[j]!;
      if (score < last && j !== self) last = insert(guess, j, score, k);
    }
    const found = emptyRanking(k);
    for (let s = 0; s < guess.size; s++) {
      const j = guess.rows[s]!;
      seen[j] = 1;
      insert(found, j, this.squared(own, j), k);
    }
    // Of a product the error is at most d u |q| |p| (Higham 2002, eq. 3.5), of the rounded differences u (|q| + |p|);
    // what underflows in a sum of d adds less than the last term.
    const slack = UNIT * (0.6 * this.d + 4);
    const least = this.d * 2 ** -120;
    const root = Math.sqrt(norm);
    const scale = factor * factor;
    let worst = found.size === k ? found.squares[k - 1]! * scale : Number.POSITIVE_INFINITY;
    for (let j = 0; j < n; j++) {
      const reach = root + roots[j]!;
      const squared = norm + norms[j]! - 2 * products[j]!;
      // Not the other way round: what is no number (a row far out of the pool's range) has to be measured too.
      if (squared - slack * reach * reach - least > worst || seen[j] === 1 || j === self) continue;
      insert(found, j, this.squared(own, j), k);
      if (found.size === k) worst = found.squares[k - 1]! * scale;
    }
    for (let s = 0; s < guess.size; s++) seen[guess.rows[s]!] = 0;
    return found;
  }

  private squared(own: Float32Array, row: number): number {
    const { pool, d } = this;
    let sum = 0;
    for (let c = 0, at = row * d; c < d; c++, at++) {
      const difference = own[c]! - pool[at]!;
      sum += difference * difference;
    }
    this.measured += d;
    return sum;
  }
}

const emptyRanking = (k: number): Ranking => ({
  rows: new Int32Array(k).fill(-1),
  squares: new Float64Array(k).fill(Number.NaN),
  size: 0,
});

/** Puts a row in its place; returns the worst square that is kept, infinity while there is room. */
function insert(to: Ranking, row: number, square: number, k: number): number {
  const { rows, squares } = to;
  let at = to.size;
  if (at === k) {
    const worst = squares[k - 1]!;
    if (square > worst || (square === worst && row > rows[k - 1]!)) return worst;
    at--;
  } else to.size++;
  while (at > 0 && (squares[at - 1]! > square || (squares[at - 1] === square && rows[at - 1]! > row))) {
    squares[at] = squares[at - 1]!;
    rows[at] = rows[at - 1]!;
    at--;
  }
  squares[at] = square;
  rows[at] = row;
  return to.size === k ? squares[k - 1]! : Number.POSITIVE_INFINITY;
}

function normsOf(rows: Float32Array, n: number, d: number): Float64Array {
  const norms = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++) {
    let sum = 0;
    for (let c = 0; c < d; c++, at++) sum += rows[at]! * rows[at]!;
    norms[i] = sum;
  }
  return norms;
}
