/** Rows that a later version of Interlayer wrote: refused by name in one sentence, and left as they are. */
import { expect, it } from 'vitest';
import type { Anchor } from '../../core/board/index.ts';
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
    const owner = await person(store);
    const project = await projectOf(store, owner);
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
    const [dataset] = (await store.datasets.ofProject(project.id)).rows;
    await store.preprocessings.choose(model.id, dataset?.id ?? '', { classOrder: 'plain' });
    await store.preprocessings.keepTrial(model.id, dataset?.id ?? '', {
      ...{ checkpoint: 'c', outcome: { untried: 'no labels' } },
    });
    const thread = (anchor: Anchor) =>
      store.threads.create({
        ...{ projectId: project.id, anchor, createdById: owner.id, body: 'Why?', mentions: [] },
        ...(anchor.kind === 'address'
          ? { address: anchor.address, boardId: null, viewId: null }
          : { address: null, boardId: anchor.boardId, viewId: anchor.viewId }),
      });
    await thread({ kind: 'address', address: 'net/conv' });
    await thread({ kind: 'view', boardId: 'b', viewId: 'v', region: { x: 0, y: 0, w: 0, h: 0 } });
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
        ...(await db.preprocessing.findMany()).flatMap((row) => [row.chosen ?? '', row.trial ?? '']),
        ...(await db.thread.findMany()).map((row) => row.anchor),
      ].map((text) => JSON.parse(text).version);
      expect(versions).toEqual([1, 1, 3, 2, 2, 1, 1, 1]);
    } finally {
      await db.$disconnect();
    }
  });

  it('are refused by name, whatever else was changed in them, and are still there afterwards', async () => {
    const { place, store, project, result } = await filled();
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
      await expect(store.models.byName(project.id, 'net')).rejects.toMatchObject(refusal('Model net'));
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

  it('hide no other row of a list, and are told in it by name', async () => {
    const { place, store, project, model } = await filled();
    const blob = await store.blobs.put(new Uint8Array([2]));
    const second = await store.models.create({
      ...{ projectId: project.id, name: 'second', manifest: modelManifest(), createdById: null },
    });
    await store.models.addCheckpoint({
      ...{
        modelId: model.id,
        step: 7,
        manifest: { ...checkpointManifest(blob), hash: '7'.repeat(64) },
        bytes: 1,
      },
    });
    await store.datasets.create({ projectId: project.id, name: 'more', manifest: datasetManifest(blob) });
    const { db } = await openDatabase(place);
    try {
      const [first] = await db.checkpoint.findMany({
        where: { modelId: model.id },
        orderBy: { step: 'asc' },
      });
      await db.checkpoint.update({
        where: { id: first?.id ?? '' },
        data: { manifest: later(first?.manifest ?? '') },
      });
      const readable = await store.models.ofProject(project.id);
      expect(readable).toMatchObject({ rows: [{ name: 'net' }, { name: 'second' }], later: [] });
      await db.model.update({
        where: { id: model.id },
        data: {
          manifest: later((await db.model.findUniqueOrThrow({ where: { id: model.id } })).manifest),
        },
      });
      const digits = await db.dataset.findFirstOrThrow({ where: { name: 'digits' } });
      await db.dataset.update({ where: { id: digits.id }, data: { manifest: later(digits.manifest) } });
      expect(await store.models.ofProject(project.id)).toMatchObject({
        rows: [{ id: second.id, name: 'second' }],
        later: [{ id: model.id, name: 'net', why: refusal('Model net').message }],
      });
      expect(await store.models.checkpoints(model.id)).toMatchObject({
        rows: [{ step: 7 }],
        later: [{ name: '0', why: refusal('The checkpoint at step 0').message }],
      });
      expect(await store.datasets.ofProject(project.id)).toMatchObject({
        rows: [{ name: 'more' }],
        later: [{ name: 'digits', why: refusal('Data set digits').message }],
      });
    } finally {
      await db.$disconnect();
    }
  });

  it('of a pair or a thread leave the pair and the thread in their lists, with the reason', async () => {
    const { place, store, project } = await filled();
    const { db } = await openDatabase(place);
    try {
      const [pair] = await db.preprocessing.findMany();
      await db.preprocessing.updateMany({ data: { chosen: later(pair?.chosen ?? '') } });
      expect(await store.preprocessings.ofProject(project.id)).toMatchObject([
        { chosen: null, trial: null, later: refusal('The preprocessing of digits for net').message },
      ]);
      await db.preprocessing.updateMany({ data: { chosen: null, trial: later(pair?.trial ?? '') } });
      expect(await store.preprocessings.ofProject(project.id)).toMatchObject([
        { chosen: null, trial: null, later: refusal('The preprocessing of digits for net').message },
      ]);
      for (const { id, anchor } of await db.thread.findMany())
        await db.thread.update({ where: { id }, data: { anchor: later(anchor) } });
      const why = refusal('The place of this thread').message;
      expect(await store.threads.ofProject(project.id)).toMatchObject([
        { anchor: { kind: 'address', address: 'net/conv' }, later: why, comments: [{ body: 'Why?' }] },
        { anchor: { kind: 'view', boardId: 'b', viewId: 'v' }, later: why, comments: [{ body: 'Why?' }] },
      ]);
      await db.thread.updateMany({ data: { address: null, boardId: null } });
      expect((await store.threads.ofProject(project.id)).map(({ anchor }) => anchor)).toEqual([
        { kind: 'address', address: 'a place that cannot be read' },
        { kind: 'address', address: 'a place that cannot be read' },
      ]);
    } finally {
      await db.$disconnect();
    }
  });
});
