/** Rows that a later version of Interlayer wrote: refused by name in one sentence, and left as they are. */
import { expect, it } from 'vitest';
import { openDatabase } from './database/database.ts';
import {
  checkpointManifest,
  datasetManifest,
  modelManifest,
  person,
  projectOf,
  resultMeta,
  saveResult,
} from './testing/fixtures.ts';
import { describeStores } from './testing/stores.ts';

const later = (text: string): string => JSON.stringify({ ...JSON.parse(text), version: 99 });
const refusal = (of: string) => ({
  name: 'UserError',
  code: 'conflict',
  message: expect.stringMatching(
    new RegExp(`^${of} was written by a later version of Interlayer .*version 99.*update the server`),
  ),
});

describeStores('rows of a later version', (stores) => {
  async function filled() {
    const place = await stores.place();
    const store = await stores.open(place);
    const project = await projectOf(store, await person(store));
    const blob = await store.blobs.put(new Uint8Array([1]));
    const model = await store.models.create({
      ...{ projectId: project.id, name: 'net', manifest: modelManifest(), createdById: null },
    });
    await store.models.addCheckpoint({
      modelId: model.id,
      step: 0,
      manifest: checkpointManifest(blob),
      bytes: 1,
    });
    await store.datasets.create({ projectId: project.id, name: 'digits', manifest: datasetManifest(blob) });
    const result = await saveResult(store, project.id, 10);
    return { place, store, project, model, result };
  }

  it('say in the database which version they are', async () => {
    const { place } = await filled();
    const { db } = await openDatabase(place);
    try {
      const versions = [
        ...(await db.model.findMany()).map((row) => row.manifest),
        ...(await db.checkpoint.findMany()).map((row) => row.manifest),
        ...(await db.dataset.findMany()).map((row) => row.manifest),
        ...(await db.result.findMany()).map((row) => row.meta),
      ].map((text) => JSON.parse(text).version);
      expect(versions).toEqual([1, 1, 2, 1]);
    } finally {
      await db.$disconnect();
    }
  });

  it('are refused by name, whatever else was changed in them, and are still there afterwards', async () => {
    const { place, store, project, model, result } = await filled();
    const { db } = await openDatabase(place);
    try {
      for (const { id, manifest } of await db.model.findMany())
        await db.model.update({ where: { id }, data: { manifest: later(manifest) } });
      for (const { id, manifest } of await db.checkpoint.findMany())
        await db.checkpoint.update({ where: { id }, data: { manifest: later(manifest) } });
      for (const { id, manifest } of await db.dataset.findMany())
        await db.dataset.update({ where: { id }, data: { manifest: later(manifest) } });
      await db.result.update({
        where: { id: result.id },
        data: { meta: JSON.stringify({ version: 99, everything: 'else' }) },
      });
      await expect(store.models.ofProject(project.id)).rejects.toMatchObject(refusal('Model net'));
      await expect(store.models.checkpoints(model.id)).rejects.toMatchObject(refusal('Checkpoint .*'));
      await expect(store.datasets.byName(project.id, 'digits')).rejects.toMatchObject(
        refusal('Data set digits'),
      );
      await expect(store.results.byId(result.id)).rejects.toMatchObject(refusal(`Result ${result.id}`));
      const again = { ...resultMeta(), id: result.id };
      await expect(
        store.results.save({ meta: again, blob: result.blob, bytes: 1, projectId: project.id }),
      ).rejects.toMatchObject(refusal('Result .*'));
      expect(JSON.parse((await db.result.findUniqueOrThrow({ where: { id: result.id } })).meta)).toEqual({
        ...{ version: 99, everything: 'else' },
      });
    } finally {
      await db.$disconnect();
    }
  });
});
