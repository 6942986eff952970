import { describe, expect, test } from 'vitest';
import { coverOf, errorPerPlace, isWithinError, perPlace, reachOf, strongest, windowOf } from './numbers.ts';

describe('channels', () => {
  const values = [1, 2, 3, -1, -2, 6];
  test('are summed, or one of them is shown', () => {
    expect([...perPlace(values, 3, null)]).toEqual([6, 3]);
    expect([...perPlace(values, 3, 2)]).toEqual([3, 6]);
  });
  test('the sum of all channels is the sum of the map', () => {
    const sum = (a: Iterable<number>) => [...a].reduce((x, y) => x + y, 0);
    expect(sum(perPlace(values, 2, null))).toBe(sum(values));
  });
  test('a part of a longer array is read from its own place', () => {
    expect([...perPlace([9, 9, 1, 2, 3, 4], 2, null, 2, 6)]).toEqual([3, 7]);
  });
  test('standard errors add as squares', () => {
    expect([...errorPerPlace([3, 4], 2, null)]).toEqual([5]);
    expect([...errorPerPlace([3, 4], 2, 1)]).toEqual([4]);
  });
  test('no channel makes no place', () => {
    expect(perPlace([], 0, null)).toHaveLength(0);
  });
});

describe('the reach of a scale', () => {
  test('is common to all panels', () => {
    expect(reachOf([[1, -2], [0.5], [-7, 3]], null)).toBe(7);
  });
  test('leaves one outlier in two hundred out when it is robust', () => {
    const values = Array.from({ length: 200 }, (_, i) => (i === 17 ? -1000 : i / 200));
    expect(reachOf([values], 0.99)).toBeLessThan(1);
    expect(reachOf([values], null)).toBe(1000);
  });
  test('is that of the few values that are not zero where almost all are', () => {
    expect(reachOf([Array.from({ length: 500 }, (_, i) => (i === 3 ? 4 : 0))], 0.99)).toBe(4);
  });
  test('passes over what is not finite, and is zero without values', () => {
    expect(reachOf([[Number.NaN, Number.POSITIVE_INFINITY, 2]], null)).toBe(2);
    expect(reachOf([[]], 0.99)).toBe(0);
    expect(reachOf([[0, 0]], 0.99)).toBe(0);
  });
});

test('a value within two standard errors of zero is not told from it', () => {
  expect(isWithinError(0.19, 0.1)).toBe(true);
  expect(isWithinError(-0.21, 0.1)).toBe(false);
  expect(isWithinError(0, undefined)).toBe(false);
});

test('the stronger a value, the more of the picture below it covers', () => {
  expect(coverOf(0, 2)).toBe(0.3);
  expect(coverOf(-0.5, 2)).toBeCloseTo(0.65);
  expect(coverOf(5, 2)).toBe(1);
  expect(coverOf(0, 0)).toBe(0.3);
  expect(coverOf(Number.NaN, 2)).toBe(1);
});

test('a cropped map lies over its window, a layer’s map over the whole picture', () => {
  const picture = { width: 8, height: 4 };
  expect(windowOf([2, 1, 6, 3], null, picture)).toEqual({ x: 0.25, y: 0.25, w: 0.5, h: 0.5 });
  expect(windowOf([2, 1, 6, 3], 'conv2d_1', picture)).toEqual({ x: 0, y: 0, w: 1, h: 1 });
  expect(windowOf(null, null, picture)).toEqual({ x: 0, y: 0, w: 1, h: 1 });
});

test('the strongest come first, of either sign, and what is no number last', () => {
  expect(strongest([1, -3, Number.NaN, 2], 4)).toEqual([1, 3, 0, 2]);
  expect(strongest([1, -3, 2], 2)).toEqual([1, 2]);
});
