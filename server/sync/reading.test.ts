/** What a stored document shows is read where a slow or broken one harms nobody. */
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { note } from '../../core/board/board.fixture.ts';
import { boardUpdate } from '../../core/board/index.ts';
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
