/** Snapshots of a large board share what they have in common: twenty cost little more than one. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { boardOf } from '../testing/fixtures.ts';
import { describeStores } from '../testing/stores.ts';

async function bytesIn(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size;
  return sum;
}

/** A board of notes, each with words that no other has. */
function board(notes: number): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = 1_000;
  const items = doc.getMap<Y.Text>('items');
  doc.transact(() => {
    for (let i = 0; i < notes; i++) {
      let text = '';
      for (let k = 0; text.length < 1_000; k++)
        text += `${((i * 7_919 + k * 104_729) % 99_991).toString(36)} `;
      items.set(`note ${i}`, new Y.Text(text));
    }
  });
  return doc;
}

describeStores('Snapshots', (stores) => {
  it('of a large board, with edits of several people between them, share their content', async () => {
    const { url, dataDir } = await stores.place();
    const store = await stores.open({ url, dataDir, blobGraceMs: 0 });
    const { id: boardId, projectId, owner } = await boardOf(store);
    const shared = { boardId, projectId, title: 't', summary: '', authorId: owner.id };
    const notes = 3_000;
    const doc = board(notes);
    const taken: { id: string; state: Uint8Array }[] = [];
    for (let i = 0; i < 20; i++) {
      // Another window each time: a client id of its own, somewhere among the others.
      const window = new Y.Doc();
      window.clientID = 500 + i * 77;
      Y.applyUpdate(window, Y.encodeStateAsUpdate(doc));
      const items = window.getMap<Y.Text>('items');
      items.get(`note ${(i * 997) % notes}`)?.insert(i, 'an edit in the middle of a note ');
      items.delete(`note ${(i * 331 + 1) % notes}`);
      items.set(`new ${i}`, new Y.Text('a new note'));
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(window));
      window.destroy();
      const state = Y.encodeStateAsUpdate(doc);
      const { id } = await store.snapshots.create({ ...shared, state, threads: [], resultIds: [] });
      taken.push({ id, state });
    }
    const one = taken[0]?.state.length ?? 0;
    expect(one).toBeGreaterThan(3_000_000);
    const kept = await bytesIn(join(dataDir, 'blobs'));
    // Measured: 3.2 times one, where whole copies would be 20.
    expect(kept).toBeLessThan(4 * one);
    expect(await store.projects.bytes(projectId)).toBe(kept);
    for (const { id, state } of taken)
      expect(Buffer.from((await store.snapshots.byId(id))?.state ?? []).equals(state)).toBe(true);
    // What the others need stays.
    const [first, ...others] = taken;
    await store.snapshots.delete(first?.id ?? '');
    expect(await store.snapshots.byId(first?.id ?? '')).toBeNull();
    for (const { id, state } of others)
      expect(Buffer.from((await store.snapshots.byId(id))?.state ?? []).equals(state)).toBe(true);
    for (const { id } of others) await store.snapshots.delete(id);
    expect(await bytesIn(join(dataDir, 'blobs'))).toBe(0);
  });

  it('of a small board lie in the database, and twenty equal large ones are one', async () => {
    const { url, dataDir } = await stores.place();
    const store = await stores.open({ url, dataDir, blobGraceMs: 0 });
    const { id: boardId, projectId, owner } = await boardOf(store);
    const shared = { boardId, projectId, title: 't', summary: '', authorId: owner.id };
    const take = (state: Uint8Array) =>
      store.snapshots.create({ ...shared, state, threads: null, resultIds: [] });
    const small = await take(Uint8Array.of(1, 2, 3));
    expect(await bytesIn(join(dataDir, 'blobs'))).toBe(0);
    expect((await store.snapshots.byId(small.id))?.state).toEqual(Uint8Array.of(1, 2, 3));
    const state = Y.encodeStateAsUpdate(board(500));
    for (let i = 0; i < 20; i++) await take(state);
    expect(await bytesIn(join(dataDir, 'blobs'))).toBe(state.length);
    expect(await store.snapshots.countOf(boardId)).toBe(21);
    await store.projects.delete(projectId);
    expect(await bytesIn(join(dataDir, 'blobs'))).toBe(0);
  });
});
