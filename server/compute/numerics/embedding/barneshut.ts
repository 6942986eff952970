/**
 * The repulsion of t-SNE among all points by a quadtree or octree (van der Maaten 2014, section 4.2, after Barnes & Hut
 * 1986): a cell that is far away for its width acts as if all its points were at their mean.
 */

/** Points of a cell that is not divided further. */
const LEAF = 8;
/** Halvings of a cell; points that are still together then are as good as equal. */
const DEPTH = 60;

export class RepulsionTree {
  /** Points in the order of the cells; a cell is a run of them. */
  private readonly order: Int32Array;
  private readonly sorted: Float64Array;
  private readonly code: Uint8Array;
  private readonly buffer: Int32Array;
  // Cells in depth-first order: the first child follows its parent, `skip` is what follows the whole cell.
  private readonly skip: Int32Array;
  private readonly first: Int32Array;
  private readonly last: Int32Array;
  private readonly leaf: Uint8Array;
  private readonly mean: Float64Array;
  private readonly squaredWidth: Float64Array;
  private cells = 0;

  /** Of n points; a flat layout (dims 2) has equal third coordinates. */
  constructor(
    private readonly n: number,
    private readonly dims: 2 | 3,
  ) {
    const most = 2 * n + 1;
    this.order = Int32Array.from({ length: n }, (_, i) => i);
    this.sorted = new Float64Array(n * 3);
    this.code = new Uint8Array(n);
    this.buffer = new Int32Array(n);
    this.skip = new Int32Array(most);
    this.first = new Int32Array(most);
    this.last = new Int32Array(most);
    this.leaf = new Uint8Array(most);
    this.mean = new Float64Array(most * 3);
    this.squaredWidth = new Float64Array(most);
  }

  /**
   * Writes sum_j (y_i - y_j) / (1 + |y_i - y_j|^2)^2 to out (n, 3) and returns the sum of 1 / (1 + |y_i - y_j|^2) over all
   * pairs, both ways. `theta` 0 is exact.
   */
  repulsion(y: Float64Array, theta: number, out: Float64Array): number {
    this.build(y);
    const { order, sorted, skip, first, last, leaf, mean, squaredWidth, cells, n } = this;
    const squaredTheta = theta * theta;
    let z = 0;
    for (let at = 0; at < n; at++) {
      const x0 = sorted[at * 3]!;
      const x1 = sorted[at * 3 + 1]!;
      const x2 = sorted[at * 3 + 2]!;
      let f0 = 0;
      let f1 = 0;
      let f2 = 0;
      let cell = 0;
      while (cell < cells) {
        if (leaf[cell] === 1) {
          for (let other = first[cell]!; other < last[cell]!; other++) {
            if (other === at) continue;
            const d0 = x0 - sorted[other * 3]!;
            const d1 = x1 - sorted[other * 3 + 1]!;
            const d2 = x2 - sorted[other * 3 + 2]!;
            const q = 1 / (1 + d0 * d0 + d1 * d1 + d2 * d2);
            z += q;
            const force = q * q;
            f0 += force * d0;
            f1 += force * d1;
            f2 += force * d2;
          }
          cell = skip[cell]!;
          continue;
        }
        const d0 = x0 - mean[cell * 3]!;
        const d1 = x1 - mean[cell * 3 + 1]!;
        const d2 = x2 - mean[cell * 3 + 2]!;
        const squared = d0 * d0 + d1 * d1 + d2 * d2;
        if (squaredWidth[cell]! < squaredTheta * squared) {
          const q = 1 / (1 + squared);
          const all = (last[cell]! - first[cell]!) * q;
          z += all;
          const force = all * q;
          f0 += force * d0;
          f1 += force * d1;
          f2 += force * d2;
          cell = skip[cell]!;
        } else cell++;
      }
      const i = order[at]! * 3;
      out[i] = f0;
      out[i + 1] = f1;
      out[i + 2] = f2;
    }
    return z;
  }

  private build(y: Float64Array): void {
    const low = [0, 0, 0];
    let half = 0;
    for (let c = 0; c < 3; c++) {
      let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let at = c; at < this.n * 3; at += 3) {
        min = Math.min(min, y[at]!);
        max = Math.max(max, y[at]!);
      }
      low[c] = (min + max) / 2;
      half = Math.max(half, (max - min) / 2);
    }
    this.cells = 0;
    this.divide(y, 0, this.n, low[0]!, low[1]!, low[2]!, half * (1 + 1e-9), 0);
    for (let at = 0; at < this.n; at++) {
      const i = this.order[at]! * 3;
      this.sorted[at * 3] = y[i]!;
      this.sorted[at * 3 + 1] = y[i + 1]!;
      this.sorted[at * 3 + 2] = y[i + 2]!;
    }
  }

  /** Makes the cell of order[from..to) around c0, c1, c2. A cell whose points are all in one part of it is narrowed to that. */
  private divide(
    y: Float64Array,
    from: number,
    to: number,
    c0: number,
    c1: number,
    c2: number,
    half: number,
    depth: number,
  ): void {
    const { order, code, buffer, dims } = this;
    const parts = 1 << dims;
    const ends = new Int32Array(parts + 1);
    let [level, a, b, c, size] = [depth, c0, c1, c2, half];
    const small = to - from <= LEAF;
    while (!small && level < DEPTH) {
      ends.fill(0);
      for (let at = from; at < to; at++) {
        const i = order[at]! * 3;
        const part = (y[i]! > a ? 1 : 0) | (y[i + 1]! > b ? 2 : 0) | (dims === 3 && y[i + 2]! > c ? 4 : 0);
        code[at] = part;
        ends[part + 1]! += 1;
      }
      const only = ends.indexOf(to - from) - 1;
      if (only < 0) break;
      size /= 2;
      a += only & 1 ? size : -size;
      b += only & 2 ? size : -size;
      c += dims === 3 ? (only & 4 ? size : -size) : 0;
      level++;
    }
    const cell = this.cells++;
    this.describe(y, cell, from, to, size * 2);
    if (small || level >= DEPTH) {
      this.leaf[cell] = 1;
      this.skip[cell] = this.cells;
      return;
    }
    this.leaf[cell] = 0;
    ends[0] = from;
    for (let part = 0; part < parts; part++) ends[part + 1]! += ends[part]!;
    const fill = ends.slice(0, parts);
    for (let at = from; at < to; at++) {
      const part = code[at]!;
      buffer[fill[part]!] = order[at]!;
      fill[part]! += 1;
    }
    for (let at = from; at < to; at++) order[at] = buffer[at]!;
    const inner = size / 2;
    for (let part = 0; part < parts; part++)
      if (ends[part + 1]! > ends[part]!)
        this.divide(
          y,
          ends[part]!,
          ends[part + 1]!,
          a + (part & 1 ? inner : -inner),
          b + (part & 2 ? inner : -inner),
          dims === 3 ? c + (part & 4 ? inner : -inner) : c,
          inner,
          level + 1,
        );
    this.skip[cell] = this.cells;
  }

  private describe(y: Float64Array, cell: number, from: number, to: number, width: number): void {
    let [m0, m1, m2] = [0, 0, 0];
    for (let at = from; at < to; at++) {
      const i = this.order[at]! * 3;
      m0 += y[i]!;
      m1 += y[i + 1]!;
      m2 += y[i + 2]!;
    }
    const count = to - from;
    this.mean[cell * 3] = m0 / count;
    this.mean[cell * 3 + 1] = m1 / count;
    this.mean[cell * 3 + 2] = m2 / count;
    this.first[cell] = from;
    this.last[cell] = to;
    this.squaredWidth[cell] = width * width;
  }
}
