import { expect, test } from 'vitest';
import type { GraphRecord } from '@/core/result/types.ts';
import { fold, summed } from './fold.ts';

const layer = (name: string, type: string, params = 0): GraphRecord['layers'][number] => ({
  name,
  type,
  outputShape: [null, 5, 24],
  params,
  trainableParams: params,
  units: 24,
  weights: [],
  config: {},
});
function graph(layers: GraphRecord['layers'], edges: readonly (readonly [string, string])[]): GraphRecord {
  return {
    model: 'm',
    layers,
    edges: edges.map(([from, to]) => ({ from, to })),
    inputs: [],
    outputs: [],
    params: 0,
  };
}
/** input, then `count` residual blocks of four layers, then a head. */
function residual(count: number): GraphRecord {
  const layers = [layer('input', 'InputLayer')];
  const edges: [string, string][] = [];
  let before = 'input';
  for (let k = 0; k < count; k++) {
    layers.push(
      layer(`a${k}`, 'Conv', 7),
      layer(`b${k}`, 'Conv', 9),
      layer(`add${k}`, 'Add'),
      layer(`r${k}`, 'ReLU'),
    );
    edges.push(
      [before, `a${k}`],
      [`a${k}`, `b${k}`],
      [`b${k}`, `add${k}`],
      [before, `add${k}`],
      [`add${k}`, `r${k}`],
    );
    before = `r${k}`;
  }
  layers.push(layer('head', 'Dense', 3));
  edges.push([before, 'head']);
  return graph(layers, edges);
}

test('a stack of equal blocks is its first block, with all that went in and out', () => {
  const folded = fold(residual(4));
  expect(folded.stacks).toEqual([{ count: 4, layers: ['a0', 'b0', 'add0', 'r0'] }]);
  expect(folded.graph.layers.map((l) => l.name)).toEqual(['input', 'a0', 'b0', 'add0', 'r0', 'head']);
  expect(folded.graph.edges).toEqual([
    { from: 'input', to: 'a0' },
    { from: 'a0', to: 'b0' },
    { from: 'b0', to: 'add0' },
    { from: 'input', to: 'add0' },
    { from: 'add0', to: 'r0' },
    { from: 'r0', to: 'head' },
  ]);
  expect(folded.shownAs.get('add3')).toBe('add0');
  expect(folded.shownAs.get('head')).toBe('head');
});

test('two blocks are not folded, nor blocks that differ in parameters or wiring', () => {
  expect(fold(residual(2)).stacks).toEqual([]);
  const other = residual(3);
  const odd = { ...other, layers: other.layers.map((l) => (l.name === 'b1' ? { ...l, params: 10 } : l)) };
  expect(fold(odd).stacks).toEqual([]);
  const unskipped = { ...other, edges: other.edges.filter((e) => !(e.from === 'r0' && e.to === 'add1')) };
  expect(fold(unskipped).stacks).toEqual([]);
});

test('a chain of equal layers is one layer', () => {
  const names = ['in', 'd1', 'd2', 'd3', 'd4', 'out'];
  const layers = names.map((n) => layer(n, n.startsWith('d') ? 'Dense' : n));
  const folded = fold(
    graph(
      layers,
      names.slice(1).map((n, i) => [names[i] ?? '', n] as const),
    ),
  );
  expect(folded.stacks).toEqual([{ count: 4, layers: ['d1'] }]);
  expect(folded.graph.edges).toEqual([
    { from: 'in', to: 'd1' },
    { from: 'd1', to: 'out' },
  ]);
});

test('threads at hidden layers are told at the layer that stands for them', () => {
  const folded = fold(residual(3));
  const sums = summed(folded, (name) => ({ a0: 1, a2: 2, head: 4 })[name] ?? 0);
  expect([sums.get('a0'), sums.get('b0'), sums.get('head')]).toEqual([3, 0, 4]);
});

test('a model of 2,000 layers is folded in a moment', () => {
  const start = performance.now();
  expect(fold(residual(500)).stacks[0]?.count).toBe(500);
  // About 30 ms here; the bound only catches a slip into cubic time.
  expect(performance.now() - start).toBeLessThan(1500);
});
