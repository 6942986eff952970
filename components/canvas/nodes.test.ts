import { expect, it } from 'vitest';
import type { Note } from '@/core/board/index.ts';
import { nodeMaker, unreadableNodes } from './nodes.ts';

const note = (id: string): Note => ({
  id,
  kind: 'note',
  frame: { x: 0, y: 0, w: 100, h: 50 },
  locked: id === 'locked',
  group: null,
  order: 0,
  createdBy: 'u',
  text: '',
  color: 0,
});
const nothing = { selected: new Set<string>(), local: {}, remote: {}, editable: true, label: () => 'Note' };

it('B5: moving one item makes one new node; the others are the same objects', () => {
  const items = [note('a'), note('b'), note('locked')];
  const make = nodeMaker();
  const [a, b, locked] = make({ items, ...nothing });
  const [a2, b2, locked2] = make({ items, ...nothing, local: { b: { x: 5, y: 0, w: 100, h: 50 } } });
  expect(a2).toBe(a);
  expect(locked2).toBe(locked);
  expect(b2).not.toBe(b);
  expect(b2?.position).toEqual({ x: 5, y: 0 });
});

it('B1, B3: my own drag wins over others’; a locked item and a viewer’s items cannot be dragged', () => {
  const frame = { x: 1, y: 0, w: 100, h: 50 };
  const inputs = { items: [note('a'), note('locked')], ...nothing };
  const [a, locked] = nodeMaker()({ ...inputs, local: { a: frame }, remote: { a: { ...frame, x: 9 } } });
  expect(a?.position.x).toBe(1);
  expect([a?.draggable, locked?.draggable]).toEqual([true, false]);
  const [viewed] = nodeMaker()({ ...inputs, editable: false, remote: { a: { ...frame, x: 9 } } });
  expect([viewed?.position.x, viewed?.draggable, viewed?.className]).toEqual([9, false, 'moved-by-other']);
});

it('an item that cannot be shown lies at its place, and cannot be chosen or moved', () => {
  const fault = { why: 'it is no item', misplaced: false, text: 'x' };
  const nodes = unreadableNodes([
    { ...fault, id: 'here', frame: { x: 1, y: 2, w: 30, h: 40 } },
    { ...fault, id: 'nowhere', frame: null },
  ]);
  expect(nodes).toMatchObject([
    {
      ...{ id: 'here', type: 'unreadable', position: { x: 1, y: 2 }, width: 30, height: 40 },
      ...{ selectable: false, draggable: false },
    },
  ]);
});
