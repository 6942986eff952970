import { expect, test } from 'vitest';
import { contourOf, levelOf } from './contour.ts';

test('one strong cell has four sides', () => {
  const map = [0, 0, 0, 0, 5, 0];
  expect(contourOf(map, 0, 2, 3, 2)).toHaveLength(4);
  expect(contourOf(map, 0, 2, 3, 2)).toContainEqual([1, 1, 2, 1]);
});
test('two neighbours have six, and the side between them is not drawn', () => {
  const found = contourOf([5, 5], 0, 1, 2, 1);
  expect(found).toHaveLength(6);
  expect(found).not.toContainEqual([1, 0, 1, 1]);
});
test('the level is half of the largest value, and none where a unit is silent', () => {
  expect(levelOf([9, 1, 4, 2], 1, 3)).toBe(2);
  expect(levelOf([0, 0, -1], 0, 3)).toBeNull();
  expect(levelOf([Number.NaN], 0, 1)).toBeNull();
});
