/**
 * Approximate nearest neighbours for many rows: leaves of random projection trees give the first guess (Dasgupta &
 * Freund 2008), then NN-descent (Dong, Charikar & Li 2011, "Efficient k-nearest neighbor graph construction for generic
 * similarity measures", WWW): the neighbours of my neighbours are tried until hardly any list changes.
 */

import { type Random, seeded } from '../random.ts';
import type { Steps } from '../steps.ts';
import { type Knn, NeighbourLists, squaredDistance } from './neighbours.ts';

const TREES = 12;
const LEAF = 40;
/** Candidates of a row in one round, of each kind (rho K in the paper). */
const CANDIDATES = 30;
const ROUNDS = 12;
/** Share of the n k entries that must change for another round (delta in the paper). */
const DELTA = 0.001;

export function* nnDescent(x: Float32Array, n: number, d: number, k: number, seed: number): Steps<Knn> {
  const random = seeded(seed);
  const lists = new NeighbourLists(n, k);
  // fresh[i * k + s]: the entry has not been used in a join yet.
  const fresh = new Uint8Array(n * k);
  const leaf = Math.max(LEAF, k + 2);
  for (let tree = 0; tree < TREES; tree++) {
    const rows = Int32Array.from({ length: n }, (_, i) => i);
    const stack: [number, number, number][] = [[0, n, 0]];
    while (stack.length > 0) {
      const [from, to, depth] = stack.pop()!;
      if (to - from <= leaf || depth > 60) {
        tryPairs(x, d, rows.subarray(from, Math.min(to, from + 4 * leaf)), lists, fresh);
        continue;
      }
      const middle = splitByHyperplane(x, d, rows, from, to, random);
      stack.push([from, middle, depth + 1], [middle, to, depth + 1]);
    }
    yield (0.5 * (tree + 1)) / TREES;
  }
  fillRandomly(x, d, lists, fresh, random);
  for (let round = 0; round < ROUNDS; round++) {
    const changes = yield* joinRound(x, d, lists, fresh, random, round);
    if (changes <= DELTA * n * k) break;
  }
  return lists.finish();
}

/** Splits rows[from..to) by the plane halfway between two random rows; returns where the second part begins. */
function splitByHyperplane(
  x: Float32Array,
  d: number,
  rows: Int32Array,
  from: number,
  to: number,
  random: Random,
): number {
  const a = rows[from + random.below(to - from)]! * d;
  const b = rows[from + random.below(to - from)]! * d;
  const normal = new Float64Array(d);
  let offset = 0;
  for (let k = 0; k < d; k++) {
    const difference = x[a + k]! - x[b + k]!;
    normal[k] = difference;
    offset += (difference * (x[a + k]! + x[b + k]!)) / 2;
  }
  let low = from;
  let high = to;
  while (low < high) {
    const row = rows[low]! * d;
    let side = -offset;
    for (let k = 0; k < d; k++) side += normal[k]! * x[row + k]!;
    // Rows on the plane (two equal pivots put all of them there) go either way.
    if (side > 0 || (side === 0 && random.bits() & 1)) low++;
    else {
      high--;
      const other = rows[high]!;
      rows[high] = rows[low]!;
      rows[low] = other;
    }
  }
  return low === from || low === to ? (from + to) >> 1 : low;
}

function tryPairs(
  x: Float32Array,
  d: number,
  rows: Int32Array,
  lists: NeighbourLists,
  fresh: Uint8Array,
): number {
  let changes = 0;
  for (let i = 0; i < rows.length; i++)
    for (let j = i + 1; j < rows.length; j++) changes += tryPair(x, d, rows[i]!, rows[j]!, lists, fresh);
  return changes;
}

function tryPair(
  x: Float32Array,
  d: number,
  i: number,
  j: number,
  lists: NeighbourLists,
  fresh: Uint8Array,
): number {
  if (i === j) return 0;
  const squared = squaredDistance(x, d, i, j);
  let changes = 0;
  if (squared <= lists.worst[i]!) changes += insert(lists, fresh, i, j, squared);
  if (squared <= lists.worst[j]!) changes += insert(lists, fresh, j, i, squared);
  return changes;
}

function insert(lists: NeighbourLists, fresh: Uint8Array, i: number, j: number, squared: number): number {
  const place = lists.offer(i, j, squared);
  if (place < 0) return 0;
  const at = i * lists.k + place;
  fresh.copyWithin(at + 1, at, (i + 1) * lists.k - 1);
  fresh[at] = 1;
  return 1;
}

/** Trees may leave lists short (small leaves): random rows complete them. */
function fillRandomly(
  x: Float32Array,
  d: number,
  lists: NeighbourLists,
  fresh: Uint8Array,
  random: Random,
): void {
  const { n, k, indices } = lists;
  for (let i = 0; i < n; i++)
    while (indices[(i + 1) * k - 1]! < 0) {
      const j = random.below(n);
      if (j !== i) insert(lists, fresh, i, j, squaredDistance(x, d, i, j));
    }
}

/** One round: new against new and new against old, among the neighbours in both directions. */
function* joinRound(
  x: Float32Array,
  d: number,
  lists: NeighbourLists,
  fresh: Uint8Array,
  random: Random,
  round: number,
): Steps<number> {
  const { n, k, indices } = lists;
  const young = new Reservoir(n, random);
  const old = new Reservoir(n, random);
  for (let i = 0; i < n; i++)
    for (let s = i * k; s < (i + 1) * k; s++) {
      const j = indices[s]!;
      const pool = fresh[s] === 1 ? young : old;
      pool.add(i, j);
      pool.add(j, i);
      fresh[s] = 0;
    }
  let changes = 0;
  for (let i = 0; i < n; i++) {
    const news = young.of(i);
    const olds = old.of(i);
    changes += tryPairs(x, d, news, lists, fresh);
    for (const a of news) for (const b of olds) changes += tryPair(x, d, a, b, lists, fresh);
    if (i % 256 === 255) yield 0.5 + (0.5 * (round + i / n)) / ROUNDS;
  }
  return changes;
}

/** A uniform sample of at most CANDIDATES of the rows added to each row (Vitter 1985, algorithm R). */
class Reservoir {
  private readonly kept: Int32Array;
  private readonly seen: Int32Array;
  constructor(
    n: number,
    private readonly random: Random,
  ) {
    this.kept = new Int32Array(n * CANDIDATES);
    this.seen = new Int32Array(n);
  }
  add(i: number, j: number): void {
    const seen = this.seen[i]!;
    this.seen[i] = seen + 1;
    const place = seen < CANDIDATES ? seen : this.random.below(seen + 1);
    if (place < CANDIDATES) this.kept[i * CANDIDATES + place] = j;
  }
  of(i: number): Int32Array {
    return this.kept.subarray(i * CANDIDATES, i * CANDIDATES + Math.min(CANDIDATES, this.seen[i]!));
  }
}
