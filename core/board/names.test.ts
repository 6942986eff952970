import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { UserError } from '../errors/index.ts';
import { pair, sync } from './board.fixture.ts';
import { boardUpdate, readBoard, restoreBoard } from './document.ts';
import { markExamples, marksOf, readMarks, unmarkExamples } from './marks.ts';
import { readSlices, removeSlice, setSlice, sliceNameProblem, slicesOf } from './slices.ts';
import { NO_BINDINGS } from './types.ts';

const SEVENS = 'digits.test[label = 7]';
const examples = (...indices: number[]) => indices.map((index) => `digits.test[${index}]`);

describe('B6 slices of a board', () => {
  it('B6 a slice is kept in canonical form, and read by name', () => {
    const doc = new Y.Doc();
    setSlice(doc, 'wrong', 'digits.test[  predicted!=label ]');
    setSlice(doc, 'hard', 'digits.test[label=3 AND confidence<.5]');
    expect(readSlices(doc)).toEqual({
      hard: 'digits.test[label = 3 and confidence < 0.5]',
      wrong: 'digits.test[predicted != label]',
    });
    removeSlice(doc, 'hard');
    expect(Object.keys(readSlices(doc))).toEqual(['wrong']);
  });

  it('B6 a name is a bare name that means nothing else', () => {
    expect(sliceNameProblem('hard-3s')).toBeNull();
    for (const name of ['', 'two words', '3s', 'f', 'x', "x'", 'data', 'Select', 'limit', 'a'.repeat(41)])
      expect(sliceNameProblem(name), name).not.toBeNull();
    expect(sliceNameProblem('digits', ['digits'])).toBe('digits is a data set.');
    expect(sliceNameProblem('__proto__')).toBe('JavaScript keeps the name __proto__: choose another one.');
    expect(sliceNameProblem('constructor')).toBeNull();
    const doc = new Y.Doc();
    expect(() => setSlice(doc, 'data', SEVENS)).toThrow(UserError);
    for (const text of ['digits.test', 'digits.test[3]', 'digits.test[label =', 'net@1/dense'])
      expect(() => setSlice(doc, 'hard', text), text).toThrow(UserError);
    expect(readSlices(doc)).toEqual({});
  });

  it('B6 damaged entries are left out, their neighbours are read', () => {
    const doc = new Y.Doc();
    setSlice(doc, 'good', SEVENS);
    slicesOf(doc).set('number', 7);
    slicesOf(doc).set('broken', 'digits.test[label =');
    slicesOf(doc).set('whole', 'digits.test');
    slicesOf(doc).set('two words', SEVENS);
    slicesOf(doc).set('data', SEVENS);
    slicesOf(doc).set('map', new Y.Map());
    expect(readSlices(doc)).toEqual({ good: SEVENS });
  });

  it('B6 two people name slices at once: both keep both, and one wins where the name is the same', () => {
    const [a, b] = pair();
    setSlice(a.doc, 'mine', SEVENS);
    setSlice(b.doc, 'yours', 'digits.test[label = 1]');
    setSlice(a.doc, 'same', 'digits.test[label = 2]');
    setSlice(b.doc, 'same', 'digits.test[label = 3]');
    sync(a, b);
    expect(readSlices(a.doc)).toEqual(readSlices(b.doc));
    expect(Object.keys(readSlices(a.doc))).toEqual(['mine', 'same', 'yours']);
  });

  it("B2 undo takes back one's own slice and leaves the other's", () => {
    const [a, b] = pair();
    a.step(() => setSlice(a.doc, 'mine', SEVENS));
    sync(a, b);
    b.step(() => setSlice(b.doc, 'yours', SEVENS));
    sync(a, b);
    a.undo.undo();
    sync(a, b);
    expect(Object.keys(readSlices(b.doc))).toEqual(['yours']);
    a.undo.redo();
    sync(a, b);
    expect(Object.keys(readSlices(b.doc))).toEqual(['mine', 'yours']);
  });
});

describe('B6 marks of a board', () => {
  it('B6 an example has one mark: who came first is named', () => {
    const doc = new Y.Doc();
    markExamples(doc, examples(1, 2), { by: 'ada', note: 'blurred' });
    markExamples(doc, [...examples(2, 3), 'digits.test', 'nonsense['], { by: 'grace' });
    expect(readMarks(doc)).toEqual({
      'digits.test[1]': { by: 'ada', note: 'blurred' },
      'digits.test[2]': { by: 'ada', note: 'blurred' },
      'digits.test[3]': { by: 'grace' },
    });
    unmarkExamples(doc, examples(1, 3));
    expect(Object.keys(readMarks(doc))).toEqual(examples(2));
  });

  it('B6 names in quotes are examples too; damaged entries are left out and may be marked anew', () => {
    const doc = new Y.Doc();
    const odd = '"my data"."held out"[3]';
    markExamples(doc, [odd], { by: 'ada' });
    marksOf(doc).set('digits.test[label = 1]', { by: 'ada' });
    marksOf(doc).set('digits.test[4]', { note: 'nobody' });
    marksOf(doc).set('digits.test[5]', 'ada');
    expect(readMarks(doc)).toEqual({ [odd]: { by: 'ada' } });
    markExamples(doc, examples(4), { by: 'grace' });
    expect(readMarks(doc)['digits.test[4]']).toEqual({ by: 'grace' });
  });

  it('B6 two people mark at once: both see all marks, and the same ones', () => {
    const [a, b] = pair();
    markExamples(a.doc, examples(1, 2, 3), { by: 'ada' });
    markExamples(b.doc, examples(3, 4), { by: 'grace' });
    unmarkExamples(b.doc, examples(4));
    sync(a, b);
    expect(readMarks(a.doc)).toEqual(readMarks(b.doc));
    expect(Object.keys(readMarks(a.doc))).toEqual(examples(1, 2, 3));
  });

  it("B2 undo takes back one's own marks in one step and leaves the other's", () => {
    const [a, b] = pair();
    a.step(() => markExamples(a.doc, examples(1, 2), { by: 'ada' }));
    sync(a, b);
    b.step(() => markExamples(b.doc, examples(2, 3), { by: 'grace' }));
    sync(a, b);
    a.undo.undo();
    sync(a, b);
    expect(readMarks(b.doc)).toEqual({ 'digits.test[3]': { by: 'grace' } });
    b.step(() => unmarkExamples(b.doc, Object.keys(readMarks(b.doc))));
    sync(a, b);
    b.undo.undo();
    sync(a, b);
    expect(Object.keys(readMarks(a.doc))).toEqual(examples(3));
    a.undo.redo();
    sync(a, b);
    expect(Object.keys(readMarks(b.doc))).toEqual(examples(1, 2, 3));
  });

  it('B2 both mark the same at once: undo by the one whose mark lost leaves the mark of the other', () => {
    const [a, b] = pair();
    a.step(() => markExamples(a.doc, examples(1), { by: 'ada' }));
    b.step(() => markExamples(b.doc, examples(1), { by: 'grace' }));
    sync(a, b);
    const winner = readMarks(a.doc)['digits.test[1]']?.by;
    const loser = winner === 'ada' ? b : a;
    loser.undo.undo();
    sync(a, b);
    for (const { doc } of [a, b]) expect(readMarks(doc)).toEqual({ 'digits.test[1]': { by: winner } });
  });

  it('B6 two thousand marks are one step, and cost less than 200 kB', () => {
    const [a, b] = pair();
    const many = examples(...Array.from({ length: 2000 }, (_, i) => i));
    a.step(() => markExamples(a.doc, many, { by: 'ada' }));
    sync(a, b);
    expect(Object.keys(readMarks(b.doc))).toHaveLength(2000);
    expect(Y.encodeStateAsUpdate(b.doc).byteLength).toBeLessThan(200_000);
    a.undo.undo();
    sync(a, b);
    expect(readMarks(b.doc)).toEqual({});
  });
});

describe('H3 slices and marks are part of what is restored', () => {
  it('H3 what was added since is gone, what was there is back, and undo brings the rest back', () => {
    const [a, b] = pair();
    const content = {
      items: [],
      bindings: NO_BINDINGS,
      slices: { hard: SEVENS },
      marks: { 'digits.test[1]': { by: 'ada' } },
    };
    setSlice(a.doc, 'later', SEVENS);
    setSlice(a.doc, 'hard', 'digits.test[label = 1]');
    markExamples(a.doc, examples(2), { by: 'grace' });
    const before = readBoard(a.doc);
    a.undo.clear();
    a.step(() => restoreBoard(a.doc, content));
    sync(a, b);
    expect(readBoard(b.doc)).toEqual(content);
    a.undo.undo();
    sync(a, b);
    expect(readBoard(b.doc)).toEqual({ ...before, bindings: NO_BINDINGS });
  });

  it('H3 a board of an earlier version has neither', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, boardUpdate({ items: [], bindings: NO_BINDINGS, slices: {}, marks: {} }));
    expect(readBoard(doc)).toMatchObject({ slices: {}, marks: {} });
  });
});
