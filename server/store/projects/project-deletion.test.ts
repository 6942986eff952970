import { expect, it } from 'vitest';
import {
  checkpointManifest,
  datasetManifest,
  modelManifest,
  person,
  projectOf,
  resultMeta,
  saveResult,
} from '../testing/fixtures.ts';
import { describeStores } from '../testing/stores.ts';

describeStores('deleting a project', (stores) => {
  async function place() {
    const store = await stores.open({ blobGraceMs: 0 });
    const owner = await person(store);
    const put = (text: string) => store.blobs.put(new TextEncoder().encode(text));
    async function filled(name: string, ...blobs: string[]) {
      const project = await projectOf(store, owner);
      const own = { projectId: project.id, name };
      const model = await store.models.create({ ...own, manifest: modelManifest(), createdById: owner.id });
      const manifest = checkpointManifest(...blobs);
      await store.models.addCheckpoint({ modelId: model.id, step: 0, manifest, bytes: 1 });
      const run = await store.runs.create({ ...own, modelId: model.id, metaParameters: {} });
      await store.runs.log(run.id, [{ step: 0, name: 'loss', value: 1 }]);
      await store.datasets.create({ ...own, manifest: datasetManifest(...blobs) });
      const board = await store.boards.create({ projectId: project.id, title: name, createdById: owner.id });
      await store.journal.append(board.id, { update: new Uint8Array([1]), userId: owner.id });
      const snapshot = (resultIds: string[]) =>
        store.snapshots.create({
          ...{ boardId: board.id, projectId: project.id, title: name, summary: '', authorId: owner.id },
          ...{ state: new Uint8Array([1]), threads: [], resultIds },
        });
      return { project, board, model, snapshot };
    }
    return { store, owner, put, filled };
  }

  it('takes all that is in it, and the blobs that nothing else needs', async () => {
    const { store, owner, put, filled } = await place();
    const { blobs } = store;
    const [own, common] = [await put('own'), await put('common')];
    const gone = await filled('gone', own, common);
    const kept = await filled('kept', common);
    const reader = await person(store);
    await store.projects.setRole(gone.project.id, reader.id, 'viewer');
    const thread = await store.threads.create({
      ...{ projectId: gone.project.id, anchor: { kind: 'address', address: 'net' }, address: 'net' },
      ...{ boardId: null, viewId: null, createdById: owner.id, body: '@reader', mentions: [reader.id] },
    });
    await store.projects.delete(gone.project.id);
    expect(await store.projects.byId(gone.project.id)).toBeNull();
    expect(await store.boards.byId(gone.board.id)).toBeNull();
    expect((await store.models.checkpoints(gone.model.id)).rows).toEqual([]);
    expect(await store.threads.byId(thread.id)).toBeNull();
    expect(await store.notifications.ofUser(reader.id)).toEqual([]);
    expect((await store.projects.ofUser(owner.id)).map(({ id }) => id)).toEqual([kept.project.id]);
    expect([await blobs.has(own), await blobs.has(common)]).toEqual([false, true]);
    expect((await store.models.checkpoints(kept.model.id)).rows).toHaveLength(1);
    await store.projects.delete(gone.project.id);
  });

  it('takes its results, pinned ones too, but none that another project claims or pins', async () => {
    const { store, filled } = await place();
    const [gone, kept] = [await filled('gone'), await filled('kept')];
    const [a, b, c, d] = [
      await saveResult(store, gone.project.id, 10),
      await saveResult(store, gone.project.id, 11),
      await saveResult(store, gone.project.id, 12),
      await saveResult(store, kept.project.id, 13),
    ];
    await store.results.claim(b.id, kept.project.id);
    await gone.snapshot([a.id, d.id]);
    await kept.snapshot([c.id]);
    await store.projects.delete(gone.project.id);
    const left = await Promise.all(
      [a, b, c, d].map(async ({ id }) => (await store.results.byId(id)) !== null),
    );
    expect(left).toEqual([false, true, true, true]);
    const files = await Promise.all([a, b, c, d].map(({ blob }) => store.blobs.has(blob)));
    expect(files).toEqual(left);
    expect((await store.results.byId(b.id))?.meta).toEqual(resultMeta(b.meta.title));
  });

  it('takes more results than a statement has parameters', async () => {
    const { store, filled } = await place();
    const { project } = await filled('many');
    const blob = await store.blobs.put(new Uint8Array(1));
    const metas = Array.from({ length: 1100 }, (_, i) => resultMeta(`many ${i}`));
    for (const meta of metas) await store.results.save({ meta, blob, bytes: 1, projectId: project.id });
    await store.projects.delete(project.id);
    expect(await store.results.byId(metas[1099]?.id ?? '')).toBeNull();
    expect(await store.blobs.has(blob)).toBe(false);
  });
});
