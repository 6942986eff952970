import { expect, test } from 'vitest';
import { verdictOf } from './verdict.ts';

test('a prediction is right or wrong only where there is one, and a label', () => {
  expect(verdictOf(3, 3)).toBe('right');
  expect(verdictOf(3, 0)).toBe('wrong');
  for (const [label, predicted] of [
    [-1, -1],
    [-1, 0],
    [0, -1],
    [undefined, 0],
    [0, undefined],
  ] as const)
    expect(verdictOf(label, predicted)).toBeNull();
});
