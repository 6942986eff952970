import { expect, test } from 'vitest';
import { clustersOf } from './neighbours/pivots.ts';
import { seeded } from './random.ts';

const rowsOf = (n: number, d: number, value: (i: number, c: number) => number) =>
  Float32Array.from({ length: n * d }, (_, at) => value(Math.floor(at / d), at % d));
const found = (n: number, d: number, value: (i: number, c: number) => number) =>
  clustersOf(rowsOf(n, d, value), n, d).map(({ rows }) => [...rows]);
const random = seeded(5);

test('far clusters are found, each row in one of them; the pivot is the mean', () => {
  const clusters = clustersOf(
    rowsOf(60, 3, (i) => (i % 3) * 1000 + random.normal()),
    60,
    3,
  );
  expect(clusters.length).toBe(3);
  for (const { pivot, rows } of clusters) {
    const [first = 0] = rows;
    expect([...rows]).toEqual(Array.from({ length: 20 }, (_, i) => first + 3 * i));
    for (const value of pivot) expect(Math.abs(value - first * 1000)).toBeLessThan(2);
  }
});

test('one cluster, equal rows and one row are one group', () => {
  const all = (n: number) => [Array.from({ length: n }, (_, i) => i)];
  expect(found(50, 8, () => random.normal())).toEqual(all(50));
  expect(found(5, 2, () => 0.1)).toEqual(all(5));
  expect(found(1, 2, () => 3)).toEqual(all(1));
  expect(found(400, 6, (i, c) => Math.sin(i * 7 + c ** 3))).toEqual(all(400));
});

test('rows far from all others have groups of their own', () => {
  const groups = found(100, 2, (i) => (i === 7 ? 1e6 : i === 8 ? -1e6 : random.normal()));
  expect(groups).toContainEqual([7]);
  expect(groups).toContainEqual([8]);
  expect(groups.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
});
