import { describe, expect, it } from 'vitest';
import { NO_BINDINGS } from '@/core/board/index.ts';
import { savedBoard } from './content.ts';

const base = { locked: false, group: null, createdBy: 'u' };
const view = (id: string, x: number, order: number, y = 0) => ({
  ...base,
  id,
  kind: 'view',
  frame: { x, y, w: 100, h: 100 },
  order,
  query: 'select graph() from f',
  lens: 'auto',
  options: {},
  pinnedResult: null,
});
const note = (id: string, x: number, y = 0) => ({
  ...base,
  id,
  kind: 'note',
  frame: { x, y, w: 50, h: 50 },
  order: 9,
  text: id,
  color: 0,
});

describe('a saved board', () => {
  it('H2: walks the views in order, each with the notes nearest to it and those of its row', () => {
    const { steps } = savedBoard({
      items: [
        view('b', 400, 2),
        view('a', 0, 1),
        view('c', 0, 3, 300),
        note('row', -80),
        note('under', 0, 420),
      ],
      bindings: NO_BINDINGS,
    });
    expect(steps.map((s) => [s.view.id, s.notes.map((n) => n.id)])).toEqual([
      ['a', ['row']],
      ['b', ['row']],
      ['c', ['under']],
    ]);
  });
  it('H1: slices and marks are those of then; a board of an earlier version has none', () => {
    const [slices, marks] = [{ hard: 'digits.test[label = 3]' }, { 'digits.test[7]': { by: 'ada' } }];
    const saved = savedBoard({ items: [], bindings: NO_BINDINGS, slices, marks });
    expect(saved.bindings.slices).toEqual(slices);
    expect([...saved.marked]).toEqual(['digits.test[7]']);
    const early = savedBoard({ items: [], bindings: NO_BINDINGS });
    expect([early.bindings.slices, early.marked.size]).toEqual([{}, 0]);
  });
  it('H1: an item that cannot be read is counted, and the rest opens', () => {
    const saved = savedBoard({ items: [view('a', 0, 1), { kind: 'hologram' }], bindings: NO_BINDINGS });
    expect([saved.steps.length, saved.unread]).toEqual([1, 1]);
    expect(savedBoard('nonsense').steps).toEqual([]);
  });
});
