import { describe, expect, it } from 'vitest';
import {
  checkpointManifest,
  datasetManifest,
  fresh,
  modelManifest,
  person,
  projectOf,
  resultMeta,
  saveResult,
  sha256,
} from '../testing/fixtures.ts';
import { describeStores, sharedStore } from '../testing/stores.ts';

describeStores('artefacts', (stores) => {
  const shared = sharedStore(stores);
  const project = async () => projectOf(shared.store, await person(shared.store));
  const model = async (projectId: string, name = fresh('net')) =>
    shared.store.models.create({ projectId, name, manifest: modelManifest(name), createdById: null });

  describe('models', () => {
    it('have the next colour of the project, also when made at once', async () => {
      const { id } = await project();
      const first = await model(id);
      const rest = await Promise.all([model(id), model(id), model(id)]);
      expect(first.color).toBe(0);
      expect(rest.map((m) => m.color).sort()).toEqual([1, 2, 3]);
      expect((await shared.store.models.ofProject(id)).rows.map((m) => m.color)).toEqual([0, 1, 2, 3]);
      expect((await model((await project()).id)).color).toBe(0);
    });
    it('say so when an earlier importer read their file', async () => {
      const { importer: _, ...before } = modelManifest('before');
      const { id } = await project();
      const { manifest } = await shared.store.models.create({
        ...{
          projectId: id,
          name: 'before',
          manifest: { ...before, caveats: ['another'] },
          createdById: null,
        },
      });
      expect(manifest.caveats).toEqual([
        'another',
        "Imported by an earlier version, which could drop a layer's own parameters in silence; import the model's file again.",
      ]);
      expect((await model(id)).manifest.caveats).toBeUndefined();
    });
    it('are found by name, which is taken once in a project', async () => {
      const { models } = shared.store;
      const [{ id }, other] = [await project(), await project()];
      const owner = await person(shared.store);
      const a = await models.create({
        projectId: id,
        name: 'A',
        manifest: modelManifest('A'),
        createdById: owner.id,
      });
      expect(await models.byName(id, 'A')).toEqual(a);
      expect(a.manifest).toEqual(modelManifest('A'));
      expect(await models.byName(other.id, 'A')).toBeNull();
      await expect(model(id, 'A')).rejects.toMatchObject({ code: 'conflict' });
      await model(other.id, 'A');
      const b = await models.create({
        projectId: id,
        name: 'B',
        manifest: modelManifest('B'),
        createdById: null,
        parentId: a.id,
      });
      expect(b.parentId).toBe(a.id);
      await expect(models.rename(b.id, 'A')).rejects.toMatchObject({ code: 'conflict' });
      expect((await models.rename(b.id, 'Ç')).name).toBe('Ç');
      await expect(models.rename('none', 'x')).rejects.toMatchObject({ code: 'not_found' });
      await models.delete(a.id);
      expect((await models.byName(id, 'Ç'))?.parentId).toBeNull();
    });
    it('have checkpoints by step; the same weights again are the same checkpoint', async () => {
      const { models } = shared.store;
      const { id } = await model((await project()).id);
      const add = (step: number, ...blobs: string[]) =>
        models.addCheckpoint({ modelId: id, step, manifest: checkpointManifest(...blobs), bytes: 3e9 });
      const later = await add(12, sha256('w'), sha256('b'), sha256('w'));
      const first = await add(0, sha256('w'));
      expect(later).toMatchObject({ modelId: id, step: 12, bytes: 3e9 });
      expect(await models.checkpoints(id)).toEqual({ rows: [first, later], later: [] });
      expect(await add(0, sha256('w'))).toEqual(first);
      await expect(add(0, sha256('other'))).rejects.toMatchObject({ code: 'conflict' });
      await expect(
        models.addCheckpoint({ modelId: 'none', step: 0, manifest: checkpointManifest(), bytes: 0 }),
      ).rejects.toMatchObject({ code: 'not_found' });
    });
    it('take the blobs with them that nothing else needs', async () => {
      const store = await stores.open({ blobGraceMs: 0 });
      const { blobs, models, datasets } = store;
      const p = await projectOf(store, await person(store));
      const put = (text: string) => blobs.put(new TextEncoder().encode(text));
      const [own, common, data] = [await put('own'), await put('common'), await put('data')];
      const make = (name: string) =>
        models.create({ projectId: p.id, name, manifest: modelManifest(), createdById: null });
      const [a, b] = [await make('a'), await make('b')];
      await models.addCheckpoint({
        modelId: a.id,
        step: 0,
        manifest: checkpointManifest(own, common),
        bytes: 1,
      });
      await models.addCheckpoint({ modelId: a.id, step: 1, manifest: checkpointManifest(data), bytes: 1 });
      await models.addCheckpoint({ modelId: b.id, step: 0, manifest: checkpointManifest(common), bytes: 1 });
      const set = await datasets.create({ projectId: p.id, name: 'd', manifest: datasetManifest(data) });
      await models.delete(a.id);
      expect((await models.checkpoints(a.id)).rows).toEqual([]);
      expect([await blobs.has(own), await blobs.has(common), await blobs.has(data)]).toEqual([
        false,
        true,
        true,
      ]);
      await datasets.delete(set.id);
      expect(await blobs.has(data)).toBe(false);
      await models.delete('none');
    });
  });

  describe('runs', () => {
    it('keep metrics by name and step, the last logged; what is not finite is null', async () => {
      const { runs } = shared.store;
      const p = await project();
      const m = await model(p.id);
      const run = await runs.create({
        projectId: p.id,
        modelId: m.id,
        name: 'Lauf №1',
        metaParameters: { optimizer: 'adam', lr: 1e-3, shuffle: true },
      });
      expect(await runs.byId(run.id)).toEqual(run);
      expect(run.metaParameters).toEqual({ optimizer: 'adam', lr: 1e-3, shuffle: true });
      expect(await runs.byId('none')).toBeNull();
      expect(await runs.ofModel(m.id)).toEqual([run]);
      await runs.log(run.id, [
        { step: 2, name: 'loss', value: 0.1 + 0.2 },
        { step: 1, name: 'loss', value: Number.NaN },
        { step: 1, name: 'accuracy', value: 0.5 },
      ]);
      await runs.log(run.id, [
        { step: 1, name: 'accuracy', value: 0.75 },
        { step: 3, name: 'loss', value: 1 },
        { step: 3, name: 'loss', value: Number.NEGATIVE_INFINITY },
        { step: 4, name: 'loss', value: 1e-300 },
        { step: 5, name: 'loss', value: -1 / 3 },
        { step: 6, name: 'loss', value: Number.MAX_VALUE },
      ]);
      await runs.log(run.id, []);
      expect(await runs.metrics(run.id)).toEqual([
        { name: 'accuracy', step: 1, value: 0.75 },
        { name: 'loss', step: 1, value: null },
        { name: 'loss', step: 2, value: 0.1 + 0.2 },
        { name: 'loss', step: 3, value: null },
        { name: 'loss', step: 4, value: 1e-300 },
        { name: 'loss', step: 5, value: -1 / 3 },
        { name: 'loss', step: 6, value: Number.MAX_VALUE },
      ]);
      await expect(runs.log('none', [{ step: 0, name: 'x', value: 0 }])).rejects.toMatchObject({
        code: 'not_found',
      });
      const endedAt = new Date('2026-05-06T07:08:09.010Z');
      expect(await runs.update(run.id, { bestStep: 4, endedAt })).toEqual({ ...run, bestStep: 4, endedAt });
      await expect(runs.update('none', {})).rejects.toMatchObject({ code: 'not_found' });
    });
    it('take thousands of metrics at once', async () => {
      const { runs } = shared.store;
      const p = await project();
      const m = await model(p.id);
      const run = await runs.create({ projectId: p.id, modelId: m.id, name: '', metaParameters: {} });
      await runs.log(
        run.id,
        Array.from({ length: 5000 }, (_, step) => ({ step, name: 'loss', value: 1 / (step + 1) })),
      );
      const metrics = await runs.metrics(run.id);
      expect(metrics).toHaveLength(5000);
      expect(metrics[4999]).toEqual({ name: 'loss', step: 4999, value: 1 / 5000 });
    });
  });

  describe('data sets', () => {
    it('are found by name, which is taken once in a project', async () => {
      const { datasets } = shared.store;
      const { id } = await project();
      const manifest = datasetManifest(sha256('train'), sha256('test'));
      const a = await datasets.create({
        projectId: id,
        name: 'digits',
        manifest,
        citation: 'Alpaydın & Kaynak',
      });
      const b = await datasets.create({ projectId: id, name: 'other', manifest });
      expect(a).toMatchObject({ manifest, citation: 'Alpaydın & Kaynak' });
      expect(b.citation).toBe('');
      expect(await datasets.byName(id, 'digits')).toEqual(a);
      expect(await datasets.byName(id, 'none')).toBeNull();
      expect(await datasets.ofProject(id)).toEqual({ rows: [a, b], later: [] });
      await expect(datasets.create({ projectId: id, name: 'digits', manifest })).rejects.toMatchObject({
        code: 'conflict',
      });
      await datasets.delete(a.id);
      expect(await datasets.ofProject(id)).toEqual({ rows: [b], later: [] });
    });
  });

  describe('results', () => {
    it('are saved once, and seen by the projects that claimed them', async () => {
      const { results, blobs } = shared.store;
      const [p, q] = [await project(), await project()];
      const row = await saveResult(shared.store, p.id, 100);
      expect(row).toMatchObject({ id: row.meta.id, bytes: 100, pinned: false });
      expect(row.meta).toEqual(resultMeta(row.meta.title));
      expect(await results.byId(row.id)).toEqual(row);
      expect(await results.byId('none')).toBeNull();
      const other = await blobs.put(new Uint8Array([1, 2, 3]));
      const again = await results.save({ meta: row.meta, blob: other, bytes: 3, projectId: q.id });
      expect(again).toMatchObject({ blob: row.blob, bytes: 100 });
      expect(await results.visible(row.id, p.id)).toBe(true);
      expect(await results.visible(row.id, q.id)).toBe(true);
      const third = await project();
      expect(await results.visible(row.id, third.id)).toBe(false);
      await results.claim(row.id, third.id);
      await results.claim(row.id, third.id);
      expect(await results.projectsOf(row.id)).toEqual([p.id, q.id, third.id].sort());
      await expect(results.claim('none', p.id)).rejects.toMatchObject({ code: 'not_found' });
      await results.touch('none');
    });
    it('are saved by two workers at once', async () => {
      const p = await project();
      const question = fresh('q');
      const rows = await Promise.all([1, 2, 3, 4].map(() => saveResult(shared.store, p.id, 50, question)));
      expect(new Set(rows.map((row) => row.id)).size).toBe(1);
    });
    it('have a new blob when theirs is lost', async () => {
      const p = await project();
      const row = await saveResult(shared.store, p.id, 40);
      await shared.store.blobs.delete(row.blob);
      const blob = await shared.store.blobs.put(new Uint8Array([4, 5, 6]));
      const saved = await shared.store.results.save({ meta: row.meta, blob, bytes: 3, projectId: p.id });
      expect(saved).toMatchObject({ id: row.id, blob, bytes: 3 });
    });
  });
});
