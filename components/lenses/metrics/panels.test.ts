import { expect, test } from 'vitest';
import { gapsOf, nearestStep, panelsOf, pathOf, valueAt } from './panels.ts';

const series = (name: string, values: readonly (number | null)[]) => ({
  name,
  steps: values.map((_, i) => i * 2),
  values: [...values],
});

test('training and validation of one metric share a panel and a scale', () => {
  const panels = panelsOf([
    series('loss', [2, 1]),
    series('val_loss', [3, null]),
    series('train/accuracy', [0.1]),
    series('val/accuracy', [0.4]),
  ]);
  expect(panels.map((p) => [p.name, p.lines.map((l) => l.validation), p.range])).toEqual([
    ['loss', [false, true], [1, 3]],
    ['accuracy', [false, true], [0.1, 0.4]],
  ]);
});

test('a metric that is never a number has a panel all the same', () => {
  expect(panelsOf([series('loss', [null, Number.NaN])])[0]?.range).toEqual([0, 1]);
});

test('a line is broken where a value is missing, and a lone point is a dot', () => {
  const path = pathOf(
    series('loss', [1, 2, null, 4]),
    (s) => s,
    (v) => v,
  );
  expect(path).toBe('M0.0 1.0h0L2.0 2.0M6.0 4.0h0');
});

test('the nearest step is a measured one', () => {
  expect(nearestStep([0, 2, 10], 5)).toBe(2);
  expect(nearestStep([], 5)).toBeNull();
  expect(valueAt(series('loss', [1, 2]), 2)).toBe(2);
  expect(valueAt(series('loss', [1, 2]), 3)).toBeNull();
});

test('steps without a number are told together, each run of them once', () => {
  expect(gapsOf(series('loss', [1, null, Number.NaN, 4, null]))).toEqual([
    { from: 2, to: 4, count: 2 },
    { from: 8, to: 8, count: 1 },
  ]);
  expect(gapsOf(series('loss', [1, 2]))).toEqual([]);
});
