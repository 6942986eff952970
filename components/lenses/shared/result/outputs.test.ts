import { expect, test } from 'vitest';
import { barInRange, formatOutput, placeInRange, rangeOfOutputs } from './outputs.ts';

test('only probabilities are written as shares', () => {
  expect(formatOutput('probability')(0.241)).toBe('24.1\u2009%');
  expect(formatOutput('score')(-0.241)).toBe('\u22120.241');
  expect(formatOutput('output')(-24.1)).toBe('\u221224.1');
});

test('bars of probabilities reach from 0 to 1; of others over all that is finite, and 0', () => {
  expect(rangeOfOutputs('probability', [0.2, 0.3])).toEqual([0, 1]);
  expect(rangeOfOutputs('score', [2, 3], [5, Number.NaN])).toEqual([0, 5]);
  expect(rangeOfOutputs('output', [-2, Number.NEGATIVE_INFINITY], [-5])).toEqual([-5, 0]);
});

test('a bar begins at 0, to the left for negative numbers', () => {
  expect(barInRange(-1, [-2, 2])).toEqual({ left: '25%', width: '25%' });
  expect(barInRange(1, [-2, 2])).toEqual({ left: '50%', width: '25%' });
  expect(barInRange(Number.NaN, [-2, 2])).toEqual({ left: '0%', width: '0%' });
  expect(placeInRange(9, [0, 1])).toBe(100);
  expect(placeInRange(3, [0, 0])).toBe(0);
});
