/**
 * The k nearest rows, exactly, at the speed of a matrix product. Squared distances from products in float32,
 * |q|^2 + |p|^2 - 2 q.p, rank near rows by chance where they are small against the norms. So the norms are those of
 * differences from the mean of a cluster, and products only leave out rows that their error bound proves to be further
 * away than k others; the rest is measured by its differences in float64.
 */
import type { Tensor2D } from '@tensorflow/tfjs';
import { clustersOf } from '../numerics/neighbours/pivots.ts';
import type { Tf } from '../tf.ts';

/** Unit roundoff of float32. */
const UNIT = 2 ** -24;

/** The k best of one row, nearest first, equal distances by the lower row. */
interface Ranking {
  readonly rows: Int32Array;
  readonly squares: Float64Array;
  size: number;
}

/** Rows of one cluster, less its mean. */
interface Cluster {
  readonly rows: Int32Array;
  readonly pivot: Float64Array;
  /** Brings its rows to at most one, by a power of two: no product leaves the range, and no digit changes. */
  readonly factor: number;
  /** (d, rows): transposed beforehand, since WebAssembly is ten times slower where a product has to do it. */
  readonly across: Tensor2D;
  readonly norms: Float64Array;
  readonly roots: Float64Array;
}

/** What a block of queries is to a group. */
interface Met extends Cluster {
  /** (queries, rows) */
  readonly products: Float32Array;
  /** Squared norms of the queries less the pivot. */
  readonly own: Float64Array;
}

export class ExactSearch {
  private readonly groups: readonly Cluster[];
  private readonly seen: Uint8Array;
  /** Multiplications that measuring by differences has cost. */
  measured = 0;

  /** `pool` (n, d) row-major, finite. */
  constructor(
    private readonly tf: Tf,
    private readonly pool: Float32Array,
    n: number,
    private readonly d: number,
  ) {
    this.seen = new Uint8Array(n);
    this.groups = clustersOf(pool, n, d).map(({ rows, pivot }): Cluster => {
      const own = new Float32Array(rows.length * d);
      rows.forEach((row, i) => {
        own.set(pool.subarray(row * d, (row + 1) * d), i * d);
      });
      let largest = 0;
      for (let at = 0; at < own.length; )
        for (let c = 0; c < d; c++, at++) largest = Math.max(largest, Math.abs(own[at]! - pivot[c]!));
      const factor = largest > 0 ? 2 ** -Math.ceil(Math.log2(largest)) : 1;
      const centred = centredBy(own, pivot, factor);
      const norms = normsOf(centred, rows.length, d);
      const across = tf.tidy(() => tf.transpose(tf.tensor2d(centred, [rows.length, d])));
      return { rows, pivot, factor, across, norms, roots: norms.map(Math.sqrt) };
    });
  }

  dispose(): void {
    for (const { across } of this.groups) across.dispose();
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
    const { tf, d } = this;
    const m = self.length;
    const met = this.groups.map((group): Met => {
      const centred = centredBy(own, group.pivot, group.factor);
      const product = tf.tidy(() => tf.matMul(tf.tensor2d(centred, [m, d]), group.across));
      const products = product.dataSync<'float32'>();
      product.dispose();
      return { ...group, products, own: normsOf(centred, m, d) };
    });
    for (let i = 0; i < m; i++) {
      const found = this.nearest(own.subarray(i * d, (i + 1) * d), met, i, self[i]!, k);
      indices.set(found.rows, (at + i) * k);
      distances.set(found.squares.map(Math.sqrt), (at + i) * k);
    }
  }

  /** Of query i of the block. */
  private nearest(own: Float32Array, met: readonly Met[], i: number, self: number, k: number): Ranking {
    const { seen } = this;
    // The k that look nearest, measured: no row further than the last of them is wanted.
    const guess = emptyRanking(k);
    let last = Number.POSITIVE_INFINITY;
    for (const { rows, norms, products, own: owns, factor } of met) {
      const size = rows.length;
      const scale = factor * factor;
      const norm = owns[i]!;
      for (let r = 0, p = i * size; r < size; r++, p++) {
        const score = (norm + norms[r]! - 2 * products[p]!) / scale;
        if (score < last && rows[r] !== self) last = insert(guess, rows[r]!, score, k);
      }
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
    for (const { rows, norms, roots, products, own: owns, factor } of met) {
      const size = rows.length;
      const scale = factor * factor;
      const norm = owns[i]!;
      const root = Math.sqrt(norm);
      const worstOf = () => (found.size === k ? found.squares[k - 1]! * scale : Number.POSITIVE_INFINITY);
      let worst = worstOf();
      for (let r = 0, p = i * size; r < size; r++, p++) {
        const reach = root + roots[r]!;
        const squared = norm + norms[r]! - 2 * products[p]!;
        // Not the other way round: what is no number (a row far out of the group's range) has to be measured too.
        if (squared - slack * reach * reach - least > worst) continue;
        const j = rows[r]!;
        if (seen[j] === 1 || j === self) continue;
        insert(found, j, this.squared(own, j), k);
        worst = worstOf();
      }
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

/** Less the pivot, times the factor; both (rows, d). */
function centredBy(rows: Float32Array, pivot: Float64Array, factor: number): Float32Array {
  const d = pivot.length;
  const out = new Float32Array(rows.length);
  for (let at = 0; at < rows.length; )
    for (let c = 0; c < d; c++, at++) out[at] = (rows[at]! - pivot[c]!) * factor;
  return out;
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
