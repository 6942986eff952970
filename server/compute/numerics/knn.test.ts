import { describe, expect, test } from 'vitest';
import { knn, umap } from './index.ts';
import { EXACT_LIMIT } from './neighbours/knn.ts';
import { squaredDistance } from './neighbours/neighbours.ts';
import { recallInWords, recallOf } from './neighbours/recall.ts';
import { seeded } from './random.ts';

type Of = (i: number, c: number, u: () => number) => number;
const rowsOf = (n: number, d: number, of: Of): Float32Array => {
  const random = seeded(n * d);
  return Float32Array.from({ length: n * d }, (_, at) => of(Math.floor(at / d), at % d, random.uniform));
};
/** Rows whose distances are small against their norms. */
const CASES: readonly (readonly [string, number, number, Of])[] = [
  ['two far clusters', 500, 16, (i, _, u) => (i % 2) * 1e6 + u()],
  [
    'an identity number of 1e10 beside small features',
    300,
    6,
    (i, c, u) => (c === 0 ? Math.floor(i / 30) * 1e10 : u()),
  ],
  ['features of all scales', 400, 10, (_, c, u) => u() * 10 ** (3 * c - 12)],
  ['values to the ends of float32', 150, 4, (_, _c, u) => (u() - 0.5) * 6.8e38],
  ['values of 1e-30', 200, 5, (_, _c, u) => u() * 1e-30],
];

describe('exact neighbours', () => {
  test.each(CASES)('of %s are those of every pair in float64', (_, n, d, of) => {
    const x = rowsOf(n, d, of);
    const k = 8;
    const { indices } = knn(x, n, d, k);
    for (let i = 0; i < n; i++) {
      const truth = Array.from({ length: n }, (_, j) => j)
        .filter((j) => j !== i)
        .sort((a, b) => squaredDistance(x, d, i, a) - squaredDistance(x, d, i, b) || a - b);
      expect([...indices.subarray(i * k, (i + 1) * k)]).toEqual(truth.slice(0, k));
    }
  });
});

test('the recall of a search is the share of true neighbours, equally near ones counted as true', () => {
  const [n, d, k] = [120, 3, 5];
  const x = rowsOf(n, d, (_, _c, u) => Math.floor(u() * 6));
  const truth = knn(x, n, d, k);
  expect(recallOf(x, n, d, k, truth)).toEqual({ recall: 1, sample: n });
  // The last two of each five are lost to rows further away.
  const poor = { ...truth, distances: truth.distances.map((v, at) => (at % k >= 3 ? 1e9 : v)) };
  const found = recallOf(x, n, d, k, poor);
  expect(found.recall).toBeCloseTo(0.6, 12);
  expect(recallInWords(found, k, 'points')).toBe(
    'of the true 5 nearest it found 60.0 %, measured on 120 points that were searched exactly',
  );
});

test('beyond the limit of exact search the neighbours come with their measured recall', () => {
  const n = EXACT_LIMIT + 1;
  const x = rowsOf(n, 4, (i, _, u) => (i % 5) * 3 + u());
  const { found } = knn(x, n, 4, 6);
  expect(found?.sample).toBe(200);
  expect(found?.recall).toBeGreaterThan(0.9);
  expect(knn(x.subarray(0, 400), 100, 4, 6).found).toBeUndefined();
});

test('UMAP of two far clusters keeps them whole: its graph never joins them', () => {
  const n = 120;
  const x = rowsOf(n, 6, (i, _, u) => (i % 2) * 1e6 + u());
  const seen: number[] = [];
  umap(x, n, 6, {
    dims: 2,
    neighbours: 10,
    seed: 1,
    epochs: 5,
    onNeighbours: ({ indices }, k) => {
      indices.forEach((j, at) => {
        seen.push((Math.floor(at / k) + j) % 2);
      });
    },
  });
  expect(seen.length).toBe(n * 9);
  expect(seen.every((odd) => odd === 0)).toBe(true);
});
