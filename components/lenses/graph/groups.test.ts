import ELK from 'elkjs/lib/elk.bundled.js';
import { expect, test } from 'vitest';
import type { GraphRecord } from '@/core/result/types.ts';
import { encoder } from './fixture.ts';
import { fold } from './fold.ts';
import { allGroups, grouped, nameWithin, openAtFirst } from './groups.ts';
import { BOX, fromElk, plainLayout, toElk } from './layout.ts';
import { withoutTrainingOnly } from './training.ts';

const record = encoder(12);
const names = ({ layers }: GraphRecord) => layers.map(({ name }) => name);

test('A closed group is one box with what it holds, and its edges are those of its layers', () => {
  const { graph, shownAs, closed, within } = grouped(record, new Set());
  expect(names(graph)).toEqual(['input_ids', 'embeddings', 'encoder', 'pooler', 'classifier']);
  expect(graph.edges).toEqual([
    { from: 'input_ids', to: 'embeddings' },
    { from: 'embeddings', to: 'encoder' },
    { from: 'encoder', to: 'pooler' },
    { from: 'pooler', to: 'classifier' },
  ]);
  const box = graph.layers.find(({ name }) => name === 'encoder');
  expect(box).toMatchObject({ type: '180 layers', outputShape: [null, 16, 48], units: 48 });
  expect(graph.layers.reduce((sum, { params }) => sum + params, 0)).toBe(record.params);
  expect(shownAs.get('encoder/layer.7/attention/self/Softmax')).toBe('encoder');
  expect([...closed.keys()]).toEqual(['embeddings', 'encoder', 'pooler']);
  expect(within.get('encoder')).toEqual([]);
});

test('An open group shows what is in it, a group of one layer is that layer, equal groups are folded', () => {
  const { graph, within, closed } = grouped(record, new Set(['encoder', 'encoder/layer.0']));
  expect(names(graph).slice(2, 8)).toEqual([
    'encoder/layer.0/attention',
    'encoder/layer.0/intermediate',
    'encoder/layer.0/output',
    'encoder/layer.1',
    'encoder/layer.2',
    'encoder/layer.3',
  ]);
  expect(within.get('encoder/layer.0/output')).toEqual(['encoder', 'encoder/layer.0']);
  expect(closed.has('pooler/dense')).toBe(false);
  const folded = fold(graph, within);
  expect(folded.stacks).toEqual([{ count: 11, layers: ['encoder/layer.1'] }]);
  // Groups with as many layers of as many parameters, but others.
  const other = {
    ...record,
    layers: record.layers.map((layer) =>
      layer.name === 'encoder/layer.5/intermediate/Gelu' ? { ...layer, type: 'Relu' } : layer,
    ),
  };
  expect(fold(grouped(other, new Set(['encoder'])).graph).stacks.map(({ count }) => count)).toEqual([5, 6]);
});

test('At first as many levels are open as can be read, of equal groups the first', () => {
  const open = openAtFirst(record);
  expect(open.has('encoder')).toBe(true);
  expect(open.has('encoder/layer.0')).toBe(true);
  expect(open.has('encoder/layer.1')).toBe(false);
  const { graph, within } = grouped(record, open);
  const folded = fold(graph, within);
  expect(folded.graph.layers.length).toBeLessThanOrEqual(48);
  expect(folded.stacks).toEqual([{ count: 11, layers: ['encoder/layer.1'] }]);
  // Layers that differ from one another are each opened, so that what is in them stays closed.
  const wide = { ...record, layers: record.layers.map((layer, at) => ({ ...layer, params: at })) };
  expect(openAtFirst(wide).has('encoder/layer.11')).toBe(true);
  expect(openAtFirst(wide).has('encoder/layer.0/attention')).toBe(false);
  expect(grouped(record, allGroups(record)).graph.layers).toEqual(record.layers);
});

test('ELK lays frames around what open groups hold, and nothing else lies in them', async () => {
  const { graph, within } = grouped(record, new Set(['encoder', 'encoder/layer.0']));
  const shown = fold(graph, within).graph;
  const layout = fromElk(await new ELK().layout(toElk(shown, 'down', within)));
  expect(layout.boxes.map(({ name }) => name).sort()).toEqual(names(shown).sort());
  expect(layout.frames.map(({ name }) => name)).toEqual(['encoder', 'encoder/layer.0']);
  for (const frame of layout.frames)
    for (const box of layout.boxes) {
      const inside =
        box.x >= frame.x &&
        box.y >= frame.y &&
        box.x + BOX.w <= frame.x + frame.width &&
        box.y + BOX.h <= frame.y + frame.height;
      expect([box.name, frame.name, inside]).toEqual([
        box.name,
        frame.name,
        within.get(box.name)?.includes(frame.name),
      ]);
    }
  const place = new Map(layout.boxes.map((box) => [box.name, box]));
  for (const { from, to, points } of layout.edges) {
    const [[x, y] = [Number.NaN, Number.NaN], last = [Number.NaN, Number.NaN]] = [points[0], points.at(-1)];
    const [start, end] = [place.get(from), place.get(to)];
    expect(x).toBeGreaterThanOrEqual(start?.x ?? Number.NaN);
    expect(Math.abs(y - ((start?.y ?? 0) + BOX.h))).toBeLessThan(0.01);
    expect(Math.abs(last[1] - (end?.y ?? 0))).toBeLessThan(0.01);
  }
});

test('Names are cut to what the groups around do not say', () => {
  expect(nameWithin('encoder/layer.0/output/Add', ['encoder', 'encoder/layer.0'])).toBe('output/Add');
  expect(nameWithin('Add_7', ['encoder'])).toBe('Add_7');
  expect(nameWithin('encoder2/Add', ['encoder'])).toBe('encoder2/Add');
});

test('What acts in training only is led around, and what it hands on is told', () => {
  const { graph, handsOn } = withoutTrainingOnly(record);
  expect(graph.layers.some(({ type }) => type === 'Dropout')).toBe(false);
  expect(handsOn.get('encoder/layer.3/output/Dropout')).toBe('encoder/layer.3/output/dense/MatMul');
  expect(graph.edges).toContainEqual({
    from: 'encoder/layer.3/output/dense/MatMul',
    to: 'encoder/layer.3/output/Add',
  });
  const ends = { ...record, outputs: ['encoder/layer.11/output/Dropout'] };
  expect(names(withoutTrainingOnly(ends).graph)).toContain('encoder/layer.11/output/Dropout');
});

test('Five thousand nodes are grouped, folded and laid out plainly in a bounded number of boxes', () => {
  const large = encoder(330);
  expect(large.layers.length).toBeGreaterThan(4900);
  const open = openAtFirst(large);
  const { graph, within } = grouped(large, open);
  const shown = fold(graph, within).graph;
  expect(shown.layers.length).toBeLessThanOrEqual(48);
  expect(plainLayout(shown, 'down').boxes).toHaveLength(shown.layers.length);
});
