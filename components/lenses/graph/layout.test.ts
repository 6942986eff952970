import ELK from 'elkjs/lib/elk.bundled.js';
import { describe, expect, test } from 'vitest';
import { type GraphRecord, graphRecordSchema } from '@/core/result/types.ts';
import { FIXTURES } from '../fixtures.ts';
import {
  BOX,
  boxBeside,
  type Direction,
  edgePath,
  fromElk,
  type Layout,
  plainLayout,
  toElk,
} from './layout.ts';
import { searchLayers } from './search.ts';

function graphOf(name: string): GraphRecord {
  const fixture = FIXTURES.find((f) => f.name === name);
  return graphRecordSchema.parse(fixture?.result.meta.record);
}
const chain = graphOf('Architecture');
const residual = graphOf('Architecture with skips');
const elk = async (graph: GraphRecord, direction: Direction) =>
  fromElk(await new ELK().layout(toElk(graph, direction)));

function overlapping(layout: Layout): string[] {
  const found: string[] = [];
  for (const [i, a] of layout.boxes.entries())
    for (const b of layout.boxes.slice(i + 1))
      if (Math.abs(a.x - b.x) < BOX.w && Math.abs(a.y - b.y) < BOX.h) found.push(`${a.name} and ${b.name}`);
  return found;
}

describe.each(['down', 'right'] as const)('%s', (direction) => {
  test.each([
    ['ELK', chain],
    ['ELK', residual],
    ['plain', chain],
    ['plain', residual],
  ])('%s: every layer has a box, no two overlap, edges run on at right angles', async (by, graph) => {
    const layout = by === 'ELK' ? await elk(graph, direction) : plainLayout(graph, direction);
    expect(layout.boxes.map((b) => b.name).sort()).toEqual(graph.layers.map((l) => l.name).sort());
    expect(overlapping(layout)).toEqual([]);
    expect(layout.edges).toHaveLength(graph.edges.length);
    const place = new Map(layout.boxes.map((b) => [b.name, b]));
    for (const edge of layout.edges) {
      const [from, to] = [place.get(edge.from), place.get(edge.to)];
      expect(direction === 'down' ? (from?.y ?? 0) < (to?.y ?? 0) : (from?.x ?? 0) < (to?.x ?? 0)).toBe(true);
      for (const [i, [x, y]] of edge.points.entries()) {
        const before = edge.points[i - 1];
        if (before) expect(Math.abs(x - before[0]) < 0.01 || Math.abs(y - before[1]) < 0.01).toBe(true);
      }
    }
    for (const box of layout.boxes) {
      expect(box.x + BOX.w).toBeLessThanOrEqual(layout.width + 0.01);
      expect(box.y + BOX.h).toBeLessThanOrEqual(layout.height + 0.01);
    }
  });
});

test('edges to layers that do not exist, and loops, are passed over', () => {
  const broken = {
    ...chain,
    edges: [...chain.edges, { from: 'ghost', to: 'softmax' }, { from: 'pool_1', to: 'pool_1' }],
  };
  expect(plainLayout(broken, 'down').edges).toHaveLength(chain.edges.length);
  expect(toElk(broken, 'down').edges).toHaveLength(chain.edges.length);
});

test('a chain of 3,000 layers is laid out plainly without running out of stack', () => {
  const [layer] = chain.layers;
  if (!layer) throw new Error('the fixture is empty');
  const layers = Array.from({ length: 3000 }, (_, i) => ({ ...layer, name: `l${2999 - i}` }));
  const edges = Array.from({ length: 2999 }, (_, i) => ({ from: `l${i}`, to: `l${i + 1}` }));
  const layout = plainLayout({ ...chain, layers, edges }, 'down');
  expect(layout.boxes.find((b) => b.name === 'l2999')?.y).toBeGreaterThan(200_000);
});

test('a model without layers is an empty drawing', () => {
  const layout = plainLayout({ ...chain, layers: [], edges: [] }, 'down');
  expect([layout.boxes, layout.edges]).toEqual([[], []]);
});

test('arrows lead along the edges, and nowhere at an end', async () => {
  const { boxes } = await elk(chain, 'down');
  expect(boxBeside(boxes, 'conv2d_1', 'ArrowDown')).toBe('pool_1');
  expect(boxBeside(boxes, 'conv2d_1', 'ArrowUp')).toBe('image');
  expect(boxBeside(boxes, 'softmax', 'ArrowDown')).toBeNull();
  expect(boxBeside(boxes, 'conv2d_1', 'ArrowLeft')).toBeNull();
  const heads = (await elk(residual, 'down')).boxes;
  const below = boxBeside(heads, 'pool', 'ArrowDown');
  expect(['class_head', 'rotation_head']).toContain(below);
  const left = heads.find((b) => b.name === 'class_head');
  const right = heads.find((b) => b.name === 'rotation_head');
  const key = (left?.x ?? 0) < (right?.x ?? 0) ? 'ArrowRight' : 'ArrowLeft';
  expect(boxBeside(heads, 'class_head', key)).toBe('rotation_head');
});

test('a path passes its ends and rounds its corners', () => {
  expect(edgePath([])).toBe('');
  const path = edgePath([
    [0, 0],
    [0, 20],
    [30, 20],
  ]);
  expect(path).toBe('M0 0L0 15Q0 20 5 20L30 20');
});

test('search finds names, types, shapes and structures', () => {
  const found = (text: string) => [...(searchLayers(residual, text) ?? [])];
  expect(searchLayers(residual, ' ')).toBeNull();
  expect(found('HEAD')).toEqual(['class_head', 'rotation_head']);
  expect(found('add')).toEqual(['block1_add', 'block2_add', 'block3_add']);
  expect(found('skip')).toEqual(['block1_add', 'block2_add', 'block3_add']);
  expect(found('branch')).toEqual(['stem', 'block1_relu', 'block2_relu', 'pool']);
  expect(found('32 × 32 × 3')).toEqual(['image']);
  expect(found('nothing like it')).toEqual([]);
});

test('A pattern finds layers that follow each other, and no layer that is part of none', () => {
  const found = (text: string) => [...(searchLayers(residual, text) ?? [])].sort();
  expect(found('conv2d > conv2d > add')).toEqual(
    [1, 2, 3].flatMap((k) => [`block${k}_add`, `block${k}_conv_a`, `block${k}_conv_b`]),
  );
  expect(found('relu > global')).toEqual(['block3_relu', 'pool']);
  expect(found('dense → conv2d')).toEqual([]);
  expect(found('> stem')).toEqual(['stem']);
});
