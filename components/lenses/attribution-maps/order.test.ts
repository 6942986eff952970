import { expect, test } from 'vitest';
import { orderOf, partAt, totalsOf } from './order.ts';

test('a unit’s total is the sum over its places', () => {
  expect(totalsOf([1, 2, -4, 1, 0, 0], 3, 2)).toEqual([3, -3, 0]);
});
test('units come by the size of their total, or as they are', () => {
  expect(orderOf([1, -3, 2], true)).toEqual([1, 2, 0]);
  expect(orderOf([1, -3, 2], false)).toEqual([0, 1, 2]);
});
test('a place in a tile of three maps is in one of them', () => {
  expect(partAt(3, 0.5)).toEqual({ part: 1, fx: 0.5 });
  expect(partAt(3, 1).part).toBe(2);
  expect(partAt(1, 0.25)).toEqual({ part: 0, fx: 0.25 });
});
