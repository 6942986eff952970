import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { createStore } from 'zustand/vanilla';
import { note, view } from '@/core/board/board.fixture.ts';
import {
  addItem,
  bind,
  markExamples,
  readBindings,
  readItems,
  setSlice,
  slicesOf,
  undoManager,
} from '@/core/board/index.ts';
import type { Role } from '@/core/roles/index.ts';
import { boundText } from '../questions/query-text.ts';
import { itemsStore } from '../session/items.ts';
import type { SessionState } from '../session/session.ts';
import { MarkStore } from './marks.ts';
import { viewsNaming } from './rename-slice.ts';
import { SliceStore } from './slices.ts';

function person(role: Role = 'editor', doc = new Y.Doc()) {
  const store = createStore<SessionState>(() => ({
    save: { kind: 'saved' },
    loaded: true,
    role,
    user: { id: 'ada', name: 'Ada', color: 0 },
    ended: null,
    gone: false,
    refused: null,
    recovered: 0,
    keeps: false,
  }));
  return { doc, store, undo: undoManager(doc) };
}
const examples = (...indices: number[]) => indices.map((index) => `digits.test[${index}]`);

describe('saved slices', () => {
  it('B2 a changed name and address are one step, and data follows', () => {
    const session = person();
    const slices = new SliceStore(session);
    slices.save('hard', 'digits.test[label = 3]');
    bind(session.doc, 'data', 'digits.test[label = 3]');
    slices.save('harder', 'digits.test[label = 3 and confidence < 0.5]', 'hard');
    expect(slices.store.getState().slices).toEqual({ harder: 'digits.test[label = 3 and confidence < 0.5]' });
    expect(readBindings(session.doc).data).toBe('digits.test[label = 3 and confidence < 0.5]');
    session.undo.undo();
    expect(slices.store.getState().slices).toEqual({ hard: 'digits.test[label = 3]' });
    expect(readBindings(session.doc).data).toBe('digits.test[label = 3]');
  });

  it('B2 views that name a slice follow its new name, in the same step', () => {
    const session = person();
    const slices = new SliceStore(session);
    slices.save('hard', 'digits.test[label = 3]');
    const query = 'select * from f(hard)\n  join (select * from hard(hard))  for class 3';
    addItem(session.doc, view('v', { query }));
    addItem(session.doc, view('w', { query: 'select predict() from f(hard.test)' }));
    addItem(session.doc, view('half', { query: 'select predict() from f(hard' }));
    addItem(session.doc, note('n', { text: 'hard' }));
    session.undo.stopCapturing();
    const queries = () =>
      readItems(session.doc).map((item) => (item.kind === 'view' ? item.query : item.text));
    const before = queries();
    expect(viewsNaming(session.doc, 'hard')).toBe(1);
    slices.save('unsure', 'digits.test[label = 4]', 'hard');
    expect(queries()).toEqual([
      'select predict() from f(hard',
      query.replaceAll('(hard)', '(unsure)'),
      'select predict() from f(hard.test)',
      'hard',
    ]);
    session.undo.undo();
    expect(queries()).toEqual(before);
    expect(Object.keys(slices.store.getState().slices)).toEqual(['hard']);
  });

  it('a name that is taken is refused, but not the own one; a free one is found', () => {
    const slices = new SliceStore(person());
    slices.saveAll({ hard: 'digits.test[label = 3]', 'hard-2': 'digits.test[label = 4]' });
    expect(slices.problem('hard', null, [])).toMatch('There is a slice hard already');
    expect(slices.problem('hard', 'hard', [])).toBeNull();
    expect(slices.problem('digits', null, ['digits'])).toBe('digits is a data set.');
    expect(slices.problem('constructor', null, [])).toBeNull();
    expect(slices.freeName('hard', [])).toBe('hard-3');
  });

  it('B6 commenters and viewers change nothing', () => {
    for (const role of ['viewer', 'commenter'] as const) {
      const session = person(role);
      const slices = new SliceStore(session);
      const marks = new MarkStore(session);
      setSlice(session.doc, 'hard', 'digits.test[label = 3]', 'remote');
      markExamples(session.doc, examples(1), { by: 'grace' }, 'remote');
      slices.save('mine', 'digits.test[label = 1]');
      slices.remove('hard');
      slices.draft({ name: null, address: 'digits.test' });
      expect(marks.mark(examples(2))).toBe(0);
      marks.clear();
      expect(Object.keys(slices.store.getState().slices)).toEqual(['hard']);
      expect(slices.store.getState().draft).toBeNull();
      expect([...marks.store.getState().marked]).toEqual(examples(1));
    }
  });

  it('queries of the board may name them', () => {
    const { doc } = person();
    const items = itemsStore(doc);
    slicesOf(doc).set('broken', 'digits.test[');
    setSlice(doc, 'hard', 'digits.test[label = 3]');
    bind(doc, 'f', 'net@1');
    const { bindings } = items.store.getState();
    expect(bindings.slices).toEqual({ hard: 'digits.test[label = 3]' });
    expect(boundText('select predict() from f(hard)', bindings)).toMatchObject({
      ok: true,
      text: 'select predict() from net@1(digits.test[label = 3])',
    });
    items.destroy();
  });
});

describe('marked examples', () => {
  it('B2 marks are followed as they come, and each change is one step', () => {
    const session = person();
    const marks = new MarkStore(session);
    expect(marks.mark([...examples(1, 2, 2), 'digits.test'])).toBe(2);
    markExamples(session.doc, examples(3), { by: 'grace' }, 'remote');
    expect(marks.store.getState().marks.get('digits.test[3]')).toEqual({ by: 'grace' });
    marks.toggle(examples(2, 3, 4));
    expect(marks.store.getState().marks.size).toBe(4);
    marks.toggle(examples(1, 2));
    expect([...marks.store.getState().marked].sort()).toEqual(examples(3, 4));
    marks.clear();
    expect(marks.store.getState().marks.size).toBe(0);
    session.undo.undo();
    session.undo.undo();
    expect(marks.store.getState().marks.size).toBe(4);
    expect(marks.store.getState().marks.get('digits.test[3]')?.by).toBe('grace');
  });

  it('a mark says by whom and why', () => {
    const marks = new MarkStore(person());
    marks.mark(examples(5), 'a blurred 5');
    expect(marks.store.getState().marks.get('digits.test[5]')).toEqual({ by: 'ada', note: 'a blurred 5' });
  });

  it('of two thousand, only the one that changed is read again', () => {
    const marks = new MarkStore(person());
    marks.mark(examples(...Array.from({ length: 2000 }, (_, i) => i)));
    const before = marks.store.getState().marks;
    marks.mark(examples(3000));
    const after = marks.store.getState().marks;
    expect(after.size).toBe(2001);
    expect([...before].every(([address, mark]) => after.get(address) === mark)).toBe(true);
  });
});
