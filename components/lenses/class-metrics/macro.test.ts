import { expect, test } from 'vitest';
import { macroOf } from './macro.ts';

test('each class with examples counts once', () => {
  expect(macroOf([1, 0.5, 0.9], [100, 2, 0])).toBe(0.75);
  expect(macroOf([1, Number.NaN], [3, 3])).toBe(1);
  expect(macroOf([], [])).toBeNaN();
});
