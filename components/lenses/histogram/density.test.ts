import { expect, test } from 'vitest';
import { densitiesOf, outlineOf } from './density.ts';

test('densities of unequal bins have an area of one', () => {
  const edges = [0, 1, 3];
  const densities = densitiesOf([10, 10], edges);
  expect(densities).toEqual([0.5, 0.25]);
  expect(densities.reduce((sum, d, i) => sum + d * ((edges[i + 1] ?? 0) - (edges[i] ?? 0)), 0)).toBe(1);
});
test('no values have no density, and a bin of no width none either', () => {
  expect(densitiesOf([0, 0], [0, 1, 2])).toEqual([0, 0]);
  expect(densitiesOf([5], [2, 2])).toEqual([0]);
});
test('an outline begins and ends at the axis', () => {
  expect(outlineOf([2, 1], [0, 1, 3])).toEqual([
    [0, 0],
    [0, 2],
    [1, 2],
    [1, 1],
    [3, 1],
    [3, 0],
  ]);
  expect(outlineOf([], [])).toEqual([]);
});
