import { expect, it } from 'vitest';
import * as Y from 'yjs';
import {
  addItem,
  itemsOf,
  type Note,
  removeItems,
  setFrames,
  setProperty,
  spliceText,
  textOf,
  undoManager,
} from '../../../core/board/index.ts';
import { LIMITS } from '../limits.ts';
import { Random } from '../testing/random.ts';
import { all, behind, byte, forged, number, text } from '../testing/updates.ts';
import { Board, type Verdict } from './board.ts';
import { openDocument } from './opening.ts';
import { difference, proven } from './proof.ts';

const note = (id: string, order: number): Note => ({
  ...{ id, kind: 'note', text: 'hello', color: 1, frame: { x: 0, y: 0, w: 10, h: 10 } },
  ...{ locked: false, group: null, order, createdBy: 'ada' },
});
const copy = (doc: Y.Doc, clientID: number): Y.Doc => {
  const made = new Y.Doc();
  Y.applyUpdate(made, Y.encodeStateAsUpdate(doc));
  made.clientID = clientID;
  return made;
};
const attempt = (board: Board, update: Uint8Array, person: string | null = null): Verdict =>
  board.attempt(update, { mayEdit: true, person, owner: () => person, waiting: () => [] });

/** Client 1: a text at the clocks 0 to 4, then a value of a key. */
function stored(): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = 1;
  doc.getText('text').insert(0, 'hello');
  doc.getMap('bindings').set('class', 3);
  return doc;
}
const between = (left: number, right: number) =>
  all(byte(4 | 0xc0), ...[1, left, 1, right].map(number), text('or'));

it('S2 S8 what would be stored otherwise than it is shown is refused', () => {
  const forgeries: [string, Uint8Array, string][] = [
    [
      'two letters in a key',
      forged([{ client: 7, count: 1, structs: behind(1, 5, 4, text('or')) }]),
      'it holds a key with several values',
    ],
    [
      'two letters in a key, the second of which is deleted with them',
      forged([{ client: 7, count: 1, structs: behind(1, 5, 4, text('or')) }], [[7, 1, 1]]),
      'it holds a key with several values',
    ],
    [
      'a letter before the value of a key',
      forged([{ client: 7, count: 1, structs: all(byte(4 | 0x40), number(1), number(5), text('o')) }]),
      'it holds a value of a key that stands before another',
    ],
    [
      'letters between a text and a key',
      forged([{ client: 7, count: 1, structs: between(1, 5) }]),
      'it holds an item whose neighbours are elsewhere',
    ],
    [
      'the same, and the value is deleted with it',
      forged([{ client: 7, count: 1, structs: between(1, 5) }], [[1, 5, 1]]),
      'it holds an item whose neighbours are elsewhere',
    ],
  ];
  for (const [name, update, reason] of forgeries) {
    const board = new Board(stored(), LIMITS);
    expect([name, attempt(board, update)]).toEqual([name, { kind: 'broken', reason }]);
    // The next one is tried on a copy without it.
    const honest = copy(board.live, 9);
    honest.getText('text').insert(0, 'still ');
    expect(attempt(board, Y.encodeStateAsUpdate(honest)).kind).toBe('fine');
  }
});

it('S2 S8 property: whatever bits of a change are turned, what is taken can be stored and opened again', () => {
  let taken = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const random = new Random(seed);
    const first = stored();
    edit(first, random);
    const state = Y.encodeStateAsUpdate(first);
    const board = new Board(copy(first, 99), LIMITS);
    const rows: { seq: number; update: Uint8Array }[] = [];
    for (let k = 0; k < 5; k++) {
      const work = copy(first, 2 + k);
      edit(work, random);
      const update = Y.encodeStateAsUpdate(work, Y.encodeStateVector(first)).slice();
      const at = random.below(update.length);
      update[at] = (update[at] ?? 0) ^ (1 << random.below(8));
      const verdict = attempt(board, update);
      if (verdict.kind !== 'fine') continue;
      taken++;
      rows.push({ seq: k, update: verdict.update.slice() });
      board.apply([verdict.update]);
      expect([seed, proven(board.live).length > 0]).toEqual([seed, true]);
      const { doc, left } = openDocument(state, rows);
      expect([seed, left, difference(doc, board.live)]).toEqual([seed, [], null]);
    }
  }
  expect(taken).toBeGreaterThan(100);
});

it('S8 property: nothing that people do together, and undo, is taken for a forgery', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed);
    const board = new Board(stored(), LIMITS);
    const docs = [2, 3, 4].map((client) => copy(board.live, client));
    const undos = docs.map((doc) => undoManager(doc));
    for (let step = 0; step < 25; step++) {
      const who = random.below(docs.length);
      const [doc, undo] = [docs[who], undos[who]];
      if (!doc || !undo) throw new Error('three people');
      const act = random.pick(['edit', 'edit', 'edit', 'undo', 'redo'] as const);
      if (act === 'edit') edit(doc, random);
      else undo[act]();
      if (random.chance(0.5)) continue;
      const verdict = attempt(board, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(board.live)));
      const refused = verdict.kind === 'fine' || verdict.kind === 'nothing' ? null : verdict;
      expect([seed, step, refused]).toEqual([seed, step, null]);
      if (verdict.kind === 'fine') board.apply([verdict.update]);
      Y.applyUpdate(doc, board.state());
    }
    expect([seed, proven(board.live).length > 0]).toEqual([seed, true]);
  }
});

function edit(doc: Y.Doc, random: Random): void {
  const root = doc.getText('text');
  for (let i = 0; i < 3; i++) {
    root.insert(random.below(root.length + 1), 'word😀'.slice(0, 1 + random.below(4)));
    if (root.length > 3 && random.chance(0.4)) root.delete(random.below(root.length - 2), 2);
  }
  const id = `n${random.below(3)}`;
  if (random.chance(0.4)) addItem(doc, note(id, random.below(9)));
  if (random.chance(0.2)) removeItems(doc, [id]);
  if (itemsOf(doc).has(id)) {
    setFrames(doc, { [id]: { x: random.below(100), y: 0, w: 10, h: 10 } });
    setProperty(doc, [id], 'color', random.below(5));
    setProperty(doc, [id], 'color', random.below(5));
    const written = textOf(doc, id);
    if (written)
      spliceText(doc, written, { index: 0, remove: Math.min(1, written.length), insert: 'a note' });
  }
  doc.getMap('bindings').set('class', random.below(5));
}
