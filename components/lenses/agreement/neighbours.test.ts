import { expect, test } from 'vitest';
import { countsInWords, labelsOfNeighbours } from './neighbours.ts';

test('neighbours are looked up by their index in the split; those not listed are left out', () => {
  const of = labelsOfNeighbours([10, 20, 30], [1, 7, 7], [20, 30, 10, 99, 20, 10], 2);
  expect(of(0)).toEqual([7, 7]);
  expect(of(1)).toEqual([1]);
  expect(of(2)).toEqual([7, 1]);
});
test('without labels or neighbours nothing is said', () => {
  expect(labelsOfNeighbours([1], null, [1], 1)(0)).toEqual([]);
  expect(labelsOfNeighbours([1], [2], null, 1)(0)).toEqual([]);
});
test('classes are told most often first', () => {
  expect(countsInWords([7, 1, 7, 3], (c) => `c${c}`)).toBe('c7 × 2, c1 × 1, c3 × 1');
  expect(countsInWords([], String)).toBe('');
});
