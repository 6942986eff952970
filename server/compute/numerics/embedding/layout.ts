/**
 * Optimisation of the layout by stochastic gradient descent with negative sampling: McInnes, Healy & Melville 2018,
 * algorithm 5, with the schedule of umap-learn (an edge is used once in strongest / weight epochs).
 */

import { seeded } from '../random.ts';
import type { Steps } from '../steps.ts';
import type { FuzzyGraph } from './fuzzy.ts';

/** Of 1 / (1 + a x^(2b)), fitted to min_dist 0.1 and spread 1 (paper, definition 11; umap-learn's find_ab_params). */
const A = 1.5769434603113077;
const B = 0.8950608779109733;
/** Negative samples for each use of an edge. */
const NEGATIVES = 5;
/** A coordinate moves at most this far by one force, before the learning rate. */
const CLIP = 4;

export interface LayoutOptions {
  readonly epochs: number;
  readonly seed: number;
  /** Share of the whole that is done before, for the progress. */
  readonly from: number;
}

/** Moves `layout` (n, 3) in place; yields after each epoch. A flat layout has equal third coordinates: they stay so. */
export function* optimiseLayout(
  layout: Float64Array,
  graph: FuzzyGraph,
  n: number,
  { epochs, seed, from }: LayoutOptions,
): Steps<void> {
  const { weights } = graph;
  let strongest = 0;
  for (const weight of weights) strongest = Math.max(strongest, weight);
  const period = Float64Array.from(weights, (weight) => strongest / weight);
  const due = Float64Array.from(period);
  const { bits } = seeded(seed);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    runEpoch(layout, graph, n, period, due, epoch, 1 - (epoch - 1) / epochs, bits);
    yield from + (1 - from) * (epoch / epochs);
  }
}

function runEpoch(
  layout: Float64Array,
  { heads, tails }: FuzzyGraph,
  n: number,
  period: Float64Array,
  due: Float64Array,
  epoch: number,
  rate: number,
  bits: () => number,
): void {
  for (let e = 0; e < due.length; e++) {
    if (due[e]! > epoch) continue;
    due[e]! += period[e]!;
    const head = heads[e]! * 3;
    const tail = tails[e]! * 3;
    // Both directions of the edge, as in a symmetric adjacency: each end attracts, and each draws its negatives.
    attract(layout, head, tail, rate);
    repel(layout, head, n, rate, bits);
    attract(layout, tail, head, rate);
    repel(layout, tail, n, rate, bits);
  }
}

function attract(layout: Float64Array, i: number, j: number, rate: number): void {
  const dx = layout[i]! - layout[j]!;
  const dy = layout[i + 1]! - layout[j + 1]!;
  const dz = layout[i + 2]! - layout[j + 2]!;
  const squared = dx * dx + dy * dy + dz * dz;
  if (squared === 0) return;
  const force = lookUp(ATTRACTION, squared);
  const mx = rate * clip(force * dx);
  const my = rate * clip(force * dy);
  const mz = rate * clip(force * dz);
  layout[i]! += mx;
  layout[i + 1]! += my;
  layout[i + 2]! += mz;
  layout[j]! -= mx;
  layout[j + 1]! -= my;
  layout[j + 2]! -= mz;
}

function repel(layout: Float64Array, i: number, n: number, rate: number, bits: () => number): void {
  let x = layout[i]!;
  let y = layout[i + 1]!;
  let z = layout[i + 2]!;
  const scale = n / 4294967296;
  for (let s = 0; s < NEGATIVES; s++) {
    const j = ((bits() * scale) | 0) * 3;
    if (j === i) continue;
    const dx = x - layout[j]!;
    const dy = y - layout[j + 1]!;
    const dz = z - layout[j + 2]!;
    const squared = dx * dx + dy * dy + dz * dz;
    if (squared === 0) continue;
    const force = lookUp(REPULSION, squared);
    x += rate * clip(force * dx);
    y += rate * clip(force * dy);
    z += rate * clip(force * dz);
  }
  layout[i] = x;
  layout[i + 1] = y;
  layout[i + 2] = z;
}

function clip(value: number): number {
  return Math.max(-CLIP, Math.min(CLIP, value));
}

/*
 * The forces need a power for every pair, which took most of the time. They are smooth in the logarithm of the squared
 * distance, and a float32's bits are nearly that logarithm: so they are tabulated over the bits, 512 places to an
 * octave, and interpolated between; the relative error is below 1e-6.
 */
const FIRST_EXPONENT = -40;
const OCTAVES = 80;
const PLACES = 512;
const FRACTION_BITS = 23 - 9;
const single = new Float32Array(1);
const pattern = new Int32Array(single.buffer);
const BASE = (127 + FIRST_EXPONENT) << 23;
const LAST = OCTAVES * PLACES - 1;

const ATTRACTION = tabulate((squared) => {
  const power = squared ** B;
  return (-2 * A * B * power) / (squared * (1 + A * power));
});
const REPULSION = tabulate((squared) => (2 * B) / ((0.001 + squared) * (1 + A * squared ** B)));

function tabulate(force: (squared: number) => number): Float64Array {
  return Float64Array.from({ length: LAST + 2 }, (_, place) => {
    const octave = Math.floor(place / PLACES);
    return force(2 ** (FIRST_EXPONENT + octave) * (1 + (place % PLACES) / PLACES));
  });
}

function lookUp(table: Float64Array, squared: number): number {
  single[0] = squared;
  const offset = pattern[0]! - BASE;
  if (offset < 0) return table[0]!;
  const place = offset >> FRACTION_BITS;
  if (place > LAST) return 0;
  const low = table[place]!;
  return low + (table[place + 1]! - low) * ((offset & ((1 << FRACTION_BITS) - 1)) / (1 << FRACTION_BITS));
}
