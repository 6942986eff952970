import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { note, pair, sync, view } from './board.fixture.ts';
import {
  addItem,
  bind,
  boardUpdate,
  faultOf,
  itemsOf,
  readBindings,
  readBoard,
  readItems,
  removeItems,
  replaceItem,
  replaceText,
  restoreBoard,
  setFrames,
  setProperty,
  textOf,
} from './document.ts';
import { type BoardContent, CANVAS, LARGEST, NO_BINDINGS } from './types.ts';

const size = (doc: Y.Doc): number => Y.encodeStateAsUpdate(doc).byteLength;
const content: BoardContent = {
  items: [view('v', { options: { scale: 'own', bins: 20, log: true } }), note('n')],
  bindings: { f: 'digits-cnn@12', x: 'digits.test[42]', "x'": null, data: 'digits.test', class: 7 },
  slices: { hard: 'digits.test[label = 3]' },
  marks: { 'digits.test[7]': { by: 'ada', note: 'blurred' }, 'digits.test[9]': { by: 'grace' } },
};

describe('B1 a frame is one value in one key', () => {
  it('B1 a drag costs less than 200 bytes, even if all its 10,000 moves were written', () => {
    const doc = new Y.Doc();
    addItem(doc, view('v'));
    const before = size(doc);
    for (let i = 1; i <= 10_000; i++) setFrames(doc, { v: { x: i, y: i / 2, w: 320, h: 240 } });
    expect(size(doc) - before).toBeLessThan(200);
  });

  it('B1 the same drag with a key per coordinate would cost a thousand times as much', () => {
    const doc = new Y.Doc();
    const map = doc.getMap('v');
    for (let i = 1; i <= 10_000; i++)
      doc.transact(() => {
        map.set('x', i);
        map.set('y', i / 2);
      });
    expect(size(doc)).toBeGreaterThan(100_000);
  });

  it('B1 of two simultaneous moves one wins whole: never the x of one with the y of the other', () => {
    const [a, b] = pair([view('v')]);
    setFrames(a.doc, { v: { x: 1, y: 1, w: 100, h: 100 } });
    setFrames(b.doc, { v: { x: 2, y: 2, w: 200, h: 200 } });
    sync(a, b);
    const [frame] = readItems(a.doc).map((item) => item.frame);
    expect(readItems(b.doc)[0]?.frame).toEqual(frame);
    expect([
      { x: 1, y: 1, w: 100, h: 100 },
      { x: 2, y: 2, w: 200, h: 200 },
    ]).toContainEqual(frame);
  });
});

describe('B3 items of a board', () => {
  it('B3 what is added is read back, in painting order', () => {
    const doc = new Y.Doc();
    for (const [id, order] of [
      ['c', 3],
      ['b', 1],
      ['a', 1],
    ] as const)
      addItem(doc, note(id, { order }));
    expect(readItems(doc).map((item) => item.id)).toEqual(['a', 'b', 'c']);
    expect(readItems(doc)[2]).toEqual(note('c', { order: 3 }));
  });

  it('B3 properties are set on several items at once; items that are gone are passed over', () => {
    const doc = new Y.Doc();
    addItem(doc, view('v'));
    addItem(doc, note('n'));
    setProperty(doc, ['v', 'n', 'gone'], 'group', 'g1');
    setFrames(doc, { gone: { x: 0, y: 0, w: 1, h: 1 } });
    expect(readItems(doc).map((item) => item.group)).toEqual(['g1', 'g1']);
    removeItems(doc, ['v', 'gone']);
    expect(readItems(doc).map((item) => item.id)).toEqual(['n']);
  });

  it('a damaged item is not read as one, its neighbours are', () => {
    const doc = new Y.Doc();
    addItem(doc, view('v'));
    addItem(doc, note('n'));
    itemsOf(doc).get('n')?.set('frame', { x: Number.NaN, y: 0, w: -1, h: 3 });
    doc.getMap<unknown>('items').set('text', 'not a map');
    doc.getMap<unknown>('items').set('empty', new Y.Map());
    expect(readItems(doc).map((item) => item.id)).toEqual(['v']);
  });

  it('what is wrong with an item is told, and a misplaced one is brought back', () => {
    const doc = new Y.Doc();
    addItem(doc, view('v'));
    addItem(doc, note('far'));
    addItem(doc, note('broken'));
    itemsOf(doc).get('far')?.set('frame', { x: 1e308, y: 0, w: 100, h: 100 });
    itemsOf(doc).get('broken')?.set('color', 'red');
    doc.getMap<unknown>('items').set('text', 'not a map');
    expect(readItems(doc).map((item) => item.id)).toEqual(['v']);
    const faults = [...itemsOf(doc).entries()].flatMap(([id, map]) => faultOf(id, map) ?? []);
    expect(faults.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      {
        ...{ id: 'broken', why: 'parts of it are missing or wrong (color)', misplaced: false },
        ...{ frame: note('broken').frame, text: note('broken').text },
      },
      {
        ...{ id: 'far', why: 'its place is outside the canvas', misplaced: true },
        ...{ frame: null, text: note('far').text },
      },
      { ...{ id: 'text', why: 'it is no item', misplaced: false }, frame: null, text: 'not a map' },
    ]);
    replaceItem(doc, 'far', { x: 5, y: 6, w: 100, h: 100 }, 7);
    expect(readItems(doc).find((item) => item.id === 'far')).toMatchObject({
      frame: { x: 5, y: 6 },
      order: 7,
    });
  });

  it.each([
    ['an infinite place', { frame: { x: Number.POSITIVE_INFINITY, y: 0, w: 9, h: 9 } }],
    ['no number', { frame: { x: Number.NaN, y: 0, w: 9, h: 9 } }],
    ['a place beyond the canvas', { frame: { x: 0, y: -CANVAS - 1, w: 9, h: 9 } }],
    ['a size beyond reason', { frame: { x: 0, y: 0, w: 1e9, h: 9 } }],
    ['an order beyond reason', { order: 1e308 }],
  ])('an item with %s is misplaced', (_, change) => {
    const doc = new Y.Doc();
    addItem(doc, note('n'));
    for (const [key, value] of Object.entries(change)) itemsOf(doc).get('n')?.set(key, value);
    expect(readItems(doc)).toEqual([]);
    expect(faultOf('n', itemsOf(doc).get('n'))).toMatchObject({ misplaced: true });
  });

  it('what is written lies on the canvas, wherever it was dragged', () => {
    const doc = new Y.Doc();
    addItem(doc, note('n', { frame: { x: 1e12, y: -1e12, w: 0, h: 1e12 } }));
    expect(readItems(doc)[0]?.frame).toEqual({ x: CANVAS, y: -CANVAS, w: 1, h: LARGEST });
    setFrames(doc, { n: { x: -1e300, y: 1, w: 2, h: 3 } });
    expect(readItems(doc)[0]?.frame).toEqual({ x: -CANVAS, y: 1, w: 2, h: 3 });
  });

  it('an item is called what the board calls it, whatever it says itself', () => {
    const doc = new Y.Doc();
    addItem(doc, note('n'));
    addItem(doc, note('other'));
    itemsOf(doc).get('n')?.set('id', 'other');
    itemsOf(doc).get('n')?.set('__proto__', { locked: true });
    const ids = readItems(doc).map((item) => item.id);
    expect(ids).toEqual(['n', 'other']);
    expect(faultOf('n', itemsOf(doc).get('n'))).toBeNull();
  });

  it('what is no item is passed over, whatever is done to it', () => {
    const doc = new Y.Doc();
    addItem(doc, note('n'));
    doc.getMap<unknown>('items').set('text', 'not a map');
    doc.getMap<unknown>('items').set('list', new Y.Array());
    for (const id of ['text', 'list']) {
      expect(textOf(doc, id)).toBeNull();
      setFrames(doc, { [id]: { x: 1, y: 2, w: 3, h: 4 } });
      setProperty(doc, [id], 'locked', true);
      replaceItem(doc, id, { x: 1, y: 2, w: 3, h: 4 }, 0);
    }
    expect(readItems(doc)).toEqual([note('n')]);
  });

  it('bindings are none at first, and one that is damaged is none', () => {
    const doc = new Y.Doc();
    expect(readBindings(doc)).toEqual(NO_BINDINGS);
    bind(doc, 'f', 'digits-cnn@12');
    expect(readBindings(doc)).toEqual({ ...NO_BINDINGS, f: 'digits-cnn@12' });
    doc.getMap('bindings').set('class', -3);
    doc.getMap('bindings').set('x', new Y.Map());
    expect(readBindings(doc)).toEqual({ ...NO_BINDINGS, f: 'digits-cnn@12' });
  });

  it('B3 replaceText makes any text of any other, and touches only what differs', () => {
    const texts = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', ' ', '\n') });
    fc.assert(
      fc.property(texts, texts, (from, to) => {
        const doc = new Y.Doc();
        addItem(doc, note('n', { text: from }));
        const text = textOf(doc, 'n');
        if (text) replaceText(doc, text, to);
        expect(text?.toString()).toBe(to);
      }),
    );
    const [a, b] = pair([note('n', { text: 'the middle' })]);
    const [left, right] = [textOf(a.doc, 'n'), textOf(b.doc, 'n')];
    if (left) replaceText(a.doc, left, 'now the middle');
    if (right) replaceText(b.doc, right, 'the middle ends');
    sync(a, b);
    expect(left?.toString()).toBe('now the middle ends');
  });
});

describe('H3 a snapshot is restored by forward edits', () => {
  it('H3 a board made from its content reads as that content', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, boardUpdate(content));
    expect(readBoard(doc)).toEqual(content);
  });

  it('H3 restoring shows the content, whatever was there', () => {
    const doc = new Y.Doc();
    addItem(doc, view('v', { lens: 'other' }));
    addItem(doc, view('newer'));
    bind(doc, 'class', 3);
    restoreBoard(doc, content);
    expect(readBoard(doc)).toEqual(content);
  });

  it('H3 live peers converge, though they edit meanwhile', () => {
    const [a, b] = pair([view('v'), view('newer')]);
    restoreBoard(a.doc, content);
    setFrames(b.doc, { v: { x: 9, y: 9, w: 9, h: 9 }, newer: { x: 8, y: 8, w: 8, h: 8 } });
    addItem(b.doc, note('meanwhile', { order: 9 }));
    sync(a, b);
    expect(readBoard(b.doc)).toEqual(readBoard(a.doc));
    expect(readBoard(a.doc)).toEqual({
      ...content,
      items: [...content.items, note('meanwhile', { order: 9 })],
    });
  });

  it('H3 a restore is one step of undo, and nothing in the history is lost', () => {
    const [a, b] = pair([view('v', { lens: 'other' }), view('newer')]);
    const before = readBoard(a.doc);
    a.step(() => restoreBoard(a.doc, content));
    sync(a, b);
    a.undo.undo();
    sync(a, b);
    expect(readBoard(b.doc)).toEqual(before);
  });

  it('H3 two people restore at once: both see one and the same board', () => {
    const [a, b] = pair([view('v')]);
    restoreBoard(a.doc, content);
    restoreBoard(b.doc, { ...content, items: [note('n', { text: 'other' })] });
    sync(a, b);
    expect(readBoard(b.doc)).toEqual(readBoard(a.doc));
  });
});
