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
  it('H1: an item that cannot be read is shown with its text at its place in the walk, and the rest opens', () => {
    const hologram = { ...note('h', 380), kind: 'hologram', text: 'seen from all sides' };
    const items = [view('a', 0, 1), view('b', 400, 2), hologram, { kind: 'ghost', title: 'Boo' }, 'no item'];
    const saved = savedBoard({ items, bindings: NO_BINDINGS });
    expect(saved.steps.map((step) => step.unreadable.map(({ text }) => text))).toEqual([
      [],
      ['seen from all sides'],
    ]);
    expect(saved.apart.map(({ id, text }) => [id, text])).toEqual([
      ['item 4', 'Boo'],
      ['item 5', 'no item'],
    ]);
    expect(saved.unreadable).toHaveLength(3);
    expect(saved.unreadable[0]?.why).toBe(
      'it is of a kind that this version does not know (hologram); update the server',
    );
  });
  it('H1: what the server could not read is shown, on a board without views too', () => {
    const fault = { id: 'x', why: 'parts of it are missing or wrong (lens)', misplaced: false };
    const unreadable = [{ ...fault, frame: { x: 0, y: 0, w: 9, h: 9 }, text: 'select graph() from f' }];
    const saved = savedBoard({ items: [note('n', 0)], unreadable, bindings: NO_BINDINGS });
    expect([saved.loose.length, saved.apart]).toEqual([1, unreadable]);
  });
  it('H1: what is no board at all says so', () => {
    const { steps, apart } = savedBoard('nonsense');
    expect([steps, apart.map(({ why }) => why)]).toEqual([
      [],
      ['what was saved is no board that this page can read; reload the page'],
    ]);
  });
});
