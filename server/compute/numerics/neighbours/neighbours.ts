/** The k best neighbours of each of n rows, kept sorted: worst last. */
export interface Knn {
  /** (n, k): row indices, nearest first, the row itself left out; equal distances by the lower index. */
  readonly indices: Int32Array;
  /** (n, k): Euclidean distances. */
  readonly distances: Float32Array;
  /** Of an approximate search among many rows: how many of the true ones it has found. */
  readonly found?: { readonly recall: number; readonly sample: number };
}

export class NeighbourLists {
  /** (n): squared distance that a newcomer must not exceed. */
  readonly worst: Float64Array;
  /** (n, k), nearest first; -1 where none is known yet. */
  readonly indices: Int32Array;
  readonly squared: Float64Array;

  constructor(
    readonly n: number,
    readonly k: number,
  ) {
    this.worst = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
    this.indices = new Int32Array(n * k).fill(-1);
    this.squared = new Float64Array(n * k).fill(Number.POSITIVE_INFINITY);
  }

  /** Puts j in i's list when it is nearer than the worst there and not there yet: its place, or -1 when left out. */
  offer(i: number, j: number, squared: number): number {
    const { indices, squared: kept, k } = this;
    const from = i * k;
    let at = from + k - 1;
    if (squared > kept[at]! || (squared === kept[at]! && j > indices[at]!)) return -1;
    for (let s = from; s <= at && kept[s]! <= squared; s++)
      if (kept[s] === squared && indices[s] === j) return -1;
    while (at > from && (kept[at - 1]! > squared || (kept[at - 1] === squared && indices[at - 1]! > j))) {
      kept[at] = kept[at - 1]!;
      indices[at] = indices[at - 1]!;
      at--;
    }
    kept[at] = squared;
    indices[at] = j;
    this.worst[i] = kept[from + k - 1]!;
    return at - from;
  }

  /** Distances of the squares, which are of differences: equal rows are at distance 0. */
  finish(): Knn {
    return { indices: this.indices, distances: Float32Array.from(this.squared, Math.sqrt) };
  }
}

/** Squared Euclidean distance of rows i and j of x (n, d). */
export function squaredDistance(x: Float32Array, d: number, i: number, j: number): number {
  let s = 0;
  const a = i * d;
  const b = j * d;
  for (let k = 0; k < d; k++) {
    const difference = x[a + k]! - x[b + k]!;
    s += difference * difference;
  }
  return s;
}
