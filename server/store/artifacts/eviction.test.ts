import { expect, it } from 'vitest';
import type { Store } from '../index.ts';
import {
  checkpointManifest,
  fresh,
  modelManifest,
  person,
  projectOf,
  resultMeta,
  saveResult,
} from '../testing/fixtures.ts';
import { describeStores } from '../testing/stores.ts';

describeStores('eviction', (stores) => {
  async function place(blobGraceMs = 0) {
    const store = await stores.open({ blobGraceMs });
    const owner = await person(store);
    const project = await projectOf(store, owner);
    const board = await store.boards.create({ projectId: project.id, title: 'b', createdById: owner.id });
    const snapshot = (resultIds: string[]) =>
      store.snapshots.create({
        boardId: board.id,
        projectId: project.id,
        title: 'Befund ✓',
        summary: '',
        authorId: owner.id,
        state: new Uint8Array([1, 2]),
        threads: [{ id: 't', text: '“…”' }],
        resultIds,
      });
    return { store, owner, project, board, snapshot };
  }
  const left = async (store: Store, ids: string[]) =>
    Promise.all(ids.map(async (id) => (await store.results.byId(id)) !== null));

  it('deletes the least recently used until the rest fits, with their blobs', async () => {
    const { store, project } = await place();
    const rows = [];
    for (let i = 0; i < 4; i++) rows.push(await saveResult(store, project.id, 100 + i));
    const [a, b, c, d] = rows.map((row) => row.id) as [string, string, string, string];
    await afterMillisecond();
    await store.results.touch(a);
    expect(await store.results.evict(406)).toBe(0);
    expect(await store.results.evict(405)).toBe(1);
    expect(await left(store, [a, b, c, d])).toEqual([true, false, true, true]);
    expect(await store.blobs.has(rows[1]?.blob ?? '')).toBe(false);
    expect(await store.blobs.has(rows[0]?.blob ?? '')).toBe(true);
    expect(await store.results.evict(100)).toBe(2);
    expect(await left(store, [a, c, d])).toEqual([true, false, false]);
    expect(await store.results.visible(b, project.id)).toBe(false);
    expect(await store.results.evict(0)).toBe(1);
    expect(await store.results.evict(0)).toBe(0);
  });
  it('H1: keeps what a snapshot pins, whatever the budget', async () => {
    const { store, project, snapshot } = await place();
    const [a, b] = [await saveResult(store, project.id, 10), await saveResult(store, project.id, 10)];
    const saved = await snapshot([b.id, b.id]);
    expect((await store.results.byId(b.id))?.pinned).toBe(true);
    expect(await store.results.evict(0)).toBe(1);
    expect(await left(store, [a.id, b.id])).toEqual([false, true]);
    expect(await store.blobs.has(b.blob)).toBe(true);
    expect((await store.snapshots.byId(saved.id))?.resultIds).toEqual([b.id, b.id]);
  });
  it('H1: a snapshot taken during eviction has its results, or is refused', async () => {
    const { store, project, snapshot } = await place();
    for (let round = 0; round < 4; round++) {
      const rows = await Promise.all([1, 2, 3, 4, 5].map(() => saveResult(store, project.id, 10)));
      const ids = rows.map((row) => row.id);
      const [saved] = await Promise.allSettled([snapshot(ids), store.results.evict(0)]);
      if (saved.status === 'fulfilled') expect(await left(store, ids)).toEqual(ids.map(() => true));
      else expect(saved.reason).toMatchObject({ code: 'not_found' });
    }
  });
  it('keeps a blob that something else needs', async () => {
    const { store, project } = await place();
    const row = await saveResult(store, project.id, 10);
    const twin = resultMeta(fresh('twin'));
    await store.results.save({ meta: twin, blob: row.blob, bytes: 10, projectId: project.id });
    await afterMillisecond();
    await store.results.touch(twin.id);
    expect(await store.results.evict(10)).toBe(1);
    expect(await store.blobs.has(row.blob)).toBe(true);
    const model = await store.models.create({
      projectId: project.id,
      name: 'm',
      manifest: modelManifest(),
      createdById: null,
    });
    const manifest = checkpointManifest(row.blob);
    await store.models.addCheckpoint({ modelId: model.id, step: 0, manifest, bytes: 1 });
    expect(await store.results.evict(0)).toBe(1);
    expect(await store.blobs.has(row.blob)).toBe(true);
    await store.models.delete(model.id);
    expect(await store.blobs.has(row.blob)).toBe(false);
  });
  it('keeps a blob that was put again a moment ago: its row may be on its way', async () => {
    const { store, project } = await place(60_000);
    const row = await saveResult(store, project.id, 10);
    expect(await store.results.evict(0)).toBe(1);
    expect(await store.blobs.has(row.blob)).toBe(true);
  });
  it('sweeps blobs that no row ever needed', async () => {
    const { store, project } = await place();
    const orphan = await store.blobs.put(new Uint8Array([7]));
    const kept = await saveResult(store, project.id, 10);
    await store.results.evict(1000);
    expect(await store.blobs.has(orphan)).toBe(false);
    expect(await store.blobs.has(kept.blob)).toBe(true);
  });
  it('H1: a snapshot is kept as it was taken, and refused when a result is gone', async () => {
    const { store, project, board, owner, snapshot } = await place();
    const row = await saveResult(store, project.id, 10);
    const saved = await snapshot([row.id]);
    expect(await store.snapshots.byId(saved.id)).toEqual(saved);
    expect(saved).toMatchObject({
      boardId: board.id,
      authorId: owner.id,
      title: 'Befund ✓',
      state: new Uint8Array([1, 2]),
      threads: [{ id: 't', text: '“…”' }],
    });
    await store.boards.delete(board.id);
    const { state: _, threads: __, ...listed } = saved;
    expect(await store.snapshots.ofProject(project.id)).toEqual([listed]);
    expect(await store.snapshots.byId('none')).toBeNull();
    await expect(snapshot([row.id, 'gone'])).rejects.toMatchObject({
      code: 'not_found',
      message:
        "1 of the board's 2 results are no longer kept (gone...). Let the board compute them again, then save it.",
    });
    expect(await store.snapshots.ofProject(project.id)).toHaveLength(1);
  });
});

/** Times of use are kept to the millisecond. */
async function afterMillisecond(): Promise<void> {
  const now = Date.now();
  while (Date.now() <= now) await new Promise((resolve) => setImmediate(resolve));
}
