import { expect, test } from 'vitest';
import type { Model } from '@/core/api/index.ts';
import { openAtFirst, rowsOf } from './layer-rows.ts';

type Layer = Model['graph']['layers'][number];
const layer = (name: string): Layer => ({
  ...{ name, type: 'Dense', outputShape: [null, 5], params: 3, trainableParams: 3, units: 5, weights: [] },
  config: name.includes('/') ? { container: name.slice(0, name.lastIndexOf('/')) } : {},
});
function model(names: readonly string[]): Model {
  const layers = names.map(layer);
  return {
    ...{ name: 'm', color: 0, format: 'onnx', inputs: [], outputs: [], bestStep: null, warnings: [] },
    graph: { model: 'm', layers, edges: [], inputs: [], outputs: [], params: 0 },
    ...{ checkpoints: [], metrics: null, preprocessing: {}, createdAt: '2026-01-01T00:00:00.000Z' },
  };
}
const small = model(['x', 'stem/conv', 'stem/norm', 'body/a/first', 'body/a/second', 'body/b/only', 'head']);
const shown = (of: Model, search: string, open: readonly string[]) =>
  rowsOf(of, search, new Set(open)).map(({ label, depth, group }) => [label, depth, group !== undefined]);

test('Closed groups are one row, open ones a row above what is in them; one layer alone is no group', () => {
  expect(shown(small, '', [])).toEqual([
    ['x', 0, false],
    ['stem', 0, true],
    ['body', 0, true],
    ['head', 0, false],
  ]);
  expect(shown(small, '', ['body', 'body/a'])).toEqual([
    ['x', 0, false],
    ['stem', 0, true],
    ['body', 0, true],
    ['a', 1, true],
    ['first', 2, false],
    ['second', 2, false],
    ['b/only', 1, false],
    ['head', 0, false],
  ]);
});

test('What a search finds has its whole name and no group', () => {
  expect(shown(small, 'second', [])).toEqual([['body/a/second', 0, false]]);
});

test('At first as many levels are open as fit, all of a small model', () => {
  expect([...openAtFirst(small)].sort()).toEqual(['body', 'body/a', 'stem']);
  const blocks = Array.from({ length: 30 }, (_, k) => [`body/${k}/a`, `body/${k}/b`]).flat();
  expect([...openAtFirst(model(['x', ...blocks]))]).toEqual(['body']);
  expect([...openAtFirst(model(Array.from({ length: 100 }, (_, k) => `dense_${k}`)))]).toEqual([]);
});
