/** What a stored document shows is read where a slow or broken one harms nobody. */
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { note } from '../../core/board/board.fixture.ts';
import { addItem, boardUpdate } from '../../core/board/index.ts';
import { Board } from './board/board.ts';
import { LIMITS } from './limits.ts';
import { MemoryJournal } from './testing/journals.ts';
import { scene } from './testing/scene.ts';

const serve = scene();
const EMPTY = { bindings: { f: null, x: null, "x'": null, data: null, class: null }, slices: {}, marks: {} };

it('a stored document is read as the board that it is', async () => {
  const { server } = await serve(new MemoryJournal());
  const content = { ...EMPTY, items: [note('n', { text: 'found' })] };
  expect(await server.sync.read(boardUpdate(content))).toEqual(content);
  expect(await server.sync.read(Y.encodeStateAsUpdate(new Y.Doc()))).toEqual({ ...EMPTY, items: [] });
});

it('one that cannot be read is refused in words, and the next is read', async () => {
  const { server } = await serve(new MemoryJournal());
  await expect(server.sync.read(Uint8Array.of(9, 9, 9, 9))).rejects.toMatchObject({
    code: 'overloaded',
    message: expect.stringMatching(/What this board holds could not be read, or took too long to read/),
  });
  const content = { ...EMPTY, items: [note('n')] };
  expect(await server.sync.read(boardUpdate(content))).toEqual(content);
});

it('one of a later version is refused by name, not as one that cannot be read', async () => {
  const { server } = await serve(new MemoryJournal());
  const doc = new Y.Doc();
  doc.getMap('board').set('version', 2);
  await expect(server.sync.read(Y.encodeStateAsUpdate(doc))).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(
      /^This board was written by a later version of Interlayer .*update the server/,
    ),
  });
});

it('a change that would make a board one of a later version is put aside, not taken', () => {
  const board = new Board(new Y.Doc(), LIMITS);
  const asked = { mayEdit: true, person: 'eve', owner: () => null, waiting: () => [] };
  const made = (change: (doc: Y.Doc) => void) => {
    const doc = new Y.Doc();
    change(doc);
    return Y.encodeStateAsUpdate(doc);
  };
  const later = made((doc) => doc.getMap('board').set('version', 2));
  expect(board.attempt(later, asked)).toEqual({
    ...{ kind: 'broken', reason: 'it is of a later version of Interlayer; update the server' },
  });
  expect(
    board.attempt(
      made((doc) => addItem(doc, note('n'))),
      asked,
    ),
  ).toMatchObject({ kind: 'fine' });
  board.destroy();
});
