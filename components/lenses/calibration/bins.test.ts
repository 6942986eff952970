import { expect, test } from 'vitest';
import { binAt, binsOf, calibrationVerdict, gapOf } from './bins.ts';

const bins = binsOf([0, 10, 30], [Number.NaN, 0.5, 0.95], [Number.NaN, 0.4, 0.8], [0, 1 / 3, 2 / 3, 1]);

test('a bin without examples has no accuracy', () => {
  expect(bins[0]).toMatchObject({ count: 0, confidence: null, accuracy: null });
  expect(bins[2]).toMatchObject({ count: 30, confidence: 0.95, accuracy: 0.8, high: 1 });
});
test('the gap weighs bins by their examples', () => {
  expect(gapOf(bins)).toBeCloseTo((10 * 0.1 + 30 * 0.15) / 40, 12);
  expect(gapOf([])).toBe(0);
});
test('what calibration is in words', () => {
  expect(calibrationVerdict(0.005, 0.004)).toBe('well calibrated');
  expect(calibrationVerdict(0.05, 0.04)).toBe('slightly overconfident');
  expect(calibrationVerdict(0.2, -0.2)).toBe('clearly underconfident');
});
test('a confidence is in one bin; the last one holds 1', () => {
  expect(binAt(bins, 0.4)).toBe(1);
  expect(binAt(bins, 1)).toBe(2);
  expect(binAt(bins, 1.2)).toBeNull();
});
