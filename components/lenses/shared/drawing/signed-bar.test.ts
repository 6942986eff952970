import { expect, test } from 'vitest';
import { barDomain } from './signed-bar.tsx';

test('bars share a range that holds zero, all values and their whiskers', () => {
  expect(barDomain([[1, 2], [-3]])).toEqual([-3, 2]);
  expect(barDomain([[2, 4]], [1, 0.5])).toEqual([0, 4.5]);
  expect(barDomain([[-2]], [Number.NaN])).toEqual([-2, 0]);
});
test('nothing, zeros and what is no number have a range too', () => {
  expect(barDomain([null, []])).toEqual([-1, 1]);
  expect(barDomain([[0, Number.NaN, Number.POSITIVE_INFINITY]])).toEqual([-1, 1]);
});
