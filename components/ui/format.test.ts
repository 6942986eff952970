import { expect, test } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatExact,
  formatNumber,
  formatShape,
  formatShare,
  formatTick,
} from './format.ts';

const T = '\u2009';

test.each([
  [0, '0'],
  [0.125, '0.125'],
  [-0.125, '\u22120.125'],
  [32, '32'],
  [-7, '\u22127'],
  [12.345, '12.3'],
  [999.4, '999'],
  [999.96, `1.00${T}k`],
  [1234, `1.23${T}k`],
  [1_234_567, `1.23${T}M`],
  [0.001234, '0.00123'],
  [0.0001234, `123${T}µ`],
  [1e-15, '1.00e-15'],
  [Number.NaN, '–'],
  [Number.NEGATIVE_INFINITY, '\u2212∞'],
])('a number has 3 significant digits and an SI prefix: %d', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test('a unit stands after a thin space, with its prefix', () => {
  expect(formatNumber(1500, 'g')).toBe(`1.50${T}kg`);
  expect(formatNumber(1.5, 's')).toBe(`1.50${T}s`);
});

test('ticks drop the zeros that tell nothing', () => {
  expect([0.5, 1, 1.5, 1500, 10_000, 0.25, -2.5].map(formatTick)).toEqual([
    '0.5',
    '1',
    '1.5',
    `1.5${T}k`,
    `10${T}k`,
    '0.25',
    '\u22122.5',
  ]);
});

test('counts are written in full, shares as per cent, shapes with times signs', () => {
  expect(formatCount(1234567)).toBe(`1${T}234${T}567`);
  expect(formatShare(0.98765)).toBe(`98.8${T}%`);
  expect(formatShare(1)).toBe(`100${T}%`);
  expect(formatShare(0.0123)).toBe(`1.23${T}%`);
  expect(formatShape([null, 8, 8, 1])).toBe(`?${T}×${T}8${T}×${T}8${T}×${T}1`);
  expect(formatDuration(200_000)).toBe(`3${T}min 20${T}s`);
});

test('all digits of a number, and words for what is none', () => {
  expect([0.1 + 0.2, -7, Number.NaN, Number.NEGATIVE_INFINITY, null, undefined].map(formatExact)).toEqual([
    '0.30000000000000004',
    '-7',
    'not a number',
    '\u2212∞',
    'none',
    'none',
  ]);
});

test('an infinite share is no per cent', () => {
  expect([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(formatShare)).toEqual(['∞', '\u2212∞']);
});
