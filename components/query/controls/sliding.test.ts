import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { addItem, LOCAL, spliceText, textOf, undoManager } from '@/core/board/index.ts';
import { indexIn, positionIn } from '../editor/remote-carets.ts';
import { Sliding } from './sliding.ts';

function board(query: string, allowed = true) {
  const doc = new Y.Doc();
  const undo = undoManager(doc);
  addItem(doc, {
    id: 'v',
    kind: 'view',
    frame: { x: 0, y: 0, w: 1, h: 1 },
    locked: false,
    group: null,
    order: 1,
    createdBy: '',
    query,
    lens: 'auto',
    options: {},
    pinnedResult: null,
  });
  undo.stopCapturing();
  const asked: string[] = [];
  const text = textOf(doc, 'v');
  if (!text) throw new Error('no text');
  const ask = (_view: string, now: string) => void asked.push(now);
  return { session: { doc, undo }, edits: { allowed }, ask, asked, text };
}

describe('a parameter that is slid', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('B2: is one step of undo however long the drag, and the last value wins', () => {
    const at = board('select * from f(x) using ig(steps=64)');
    const slide = new Sliding(at, 'v', 'using steps');
    for (let steps = 65; steps <= 100; steps++) {
      slide.set(steps);
      vi.advanceTimersByTime(50);
    }
    vi.advanceTimersByTime(5000);
    slide.end();
    expect(at.text.toString()).toBe('select * from f(x) using ig(steps=100)');
    // Asked as it goes, and not at every step.
    expect(at.asked.length).toBeGreaterThan(3);
    expect(at.asked.length).toBeLessThan(12);
    expect(at.asked.at(-1)).toBe(at.text.toString());
    spliceText(at.session.doc, at.text, { index: 0, remove: 0, insert: ' ' }, LOCAL);
    at.session.undo.undo();
    expect(at.text.toString()).toBe('select * from f(x) using ig(steps=100)');
    at.session.undo.undo();
    expect(at.text.toString()).toBe('select * from f(x) using ig(steps=64)');
    at.session.undo.redo();
    expect(at.text.toString()).toBe('select * from f(x) using ig(steps=100)');
  });

  it('leaves alone what somebody else writes meanwhile', () => {
    const at = board('select images() from f(data) limit 40');
    const slide = new Sliding(at, 'v', 'limit');
    slide.set(30);
    at.session.doc.transact(
      () => at.text.insert('select images() from f(data)'.length, ' order by loss desc'),
      'other',
    );
    slide.set(25);
    slide.end();
    expect(at.text.toString()).toBe('select images() from f(data) order by loss desc limit 25');
    at.session.undo.undo();
    expect(at.text.toString()).toBe('select images() from f(data) order by loss desc limit 40');
  });

  it('does nothing without the right to edit, or where its place is gone', () => {
    const reader = board('select images() from f(data) limit 40', false);
    new Sliding(reader, 'v', 'limit').set(3);
    expect(reader.text.toString()).toContain('limit 40');
    const gone = board('select images() from f(data)');
    const slide = new Sliding(gone, 'v', 'limit');
    slide.set(3);
    slide.end();
    expect(gone.asked).toEqual([]);
  });
});

describe('a caret in a shared query', () => {
  it('stays where it is meant while others write before and behind it', () => {
    const { text } = board('select stats(a) from f');
    const caret = positionIn(text, 'select stats('.length);
    text.insert(0, '  ');
    text.insert(text.length, '(data)');
    expect(indexIn(text, caret)).toBe('  select stats('.length);
  });

  it('is nowhere in another text', () => {
    const one = board('select a from f');
    const other = board('select a from f');
    expect(indexIn(other.text, positionIn(one.text, 3))).toBeNull();
  });
});
