import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pairOf } from '../../../core/preprocessing/index.ts';
import { openDatabase } from '../database/database.ts';
import { openStore } from '../index.ts';
import { datasetManifest, fresh, modelManifest, person, projectOf, sha256 } from '../testing/fixtures.ts';
import { describeStores, sharedStore } from '../testing/stores.ts';

describeStores('preprocessings', (stores) => {
  const shared = sharedStore(stores);
  async function pair() {
    const { store } = shared;
    const owner = await person(store);
    const project = await projectOf(store, owner);
    const model = await store.models.create({
      ...{ projectId: project.id, name: fresh('net'), color: 1, createdById: owner.id, parentId: null },
      manifest: modelManifest(),
    });
    const dataset = await store.datasets.create({
      projectId: project.id,
      name: fresh('data'),
      manifest: datasetManifest(sha256(fresh('blob'))),
    });
    return { store, project, model, dataset };
  }
  const outcome = {
    ...{ split: 'test', n: 20, majority: 0.5, constantLoss: 0.7 },
    ways: [{ scale: { subtract: 0, divide: 16 }, accuracy: 0.9, loss: null }],
  };

  it('a choice is kept, replaced and taken back; a trial is forgotten with each', async () => {
    const { store, project, model, dataset } = await pair();
    const { preprocessings } = store;
    const rows = () => preprocessings.ofProject(project.id);
    expect(await rows()).toEqual([]);
    await preprocessings.keepTrial(model.id, dataset.id, { checkpoint: 'c1', outcome });
    const both = { modelId: model.id, datasetId: dataset.id, later: null };
    expect(await rows()).toEqual([{ ...both, chosen: null, trial: { checkpoint: 'c1', outcome } }]);
    const scale = { subtract: [1, 2], divide: 16 };
    await preprocessings.choose(model.id, dataset.id, { scale, classOrder: ['b', 'a'] });
    expect(await rows()).toEqual([{ ...both, chosen: { scale, classOrder: ['b', 'a'] }, trial: null }]);
    await preprocessings.choose(model.id, dataset.id, { layout: { kind: 'transpose', axes: [1, 2, 0] } });
    expect((await rows())[0]?.chosen).toEqual({ layout: { kind: 'transpose', axes: [1, 2, 0] } });
    await preprocessings.choose(model.id, dataset.id, null);
    expect(await rows()).toEqual([{ ...both, chosen: null, trial: null }]);
  });

  it('goes with its data set, stays out of other projects, and needs both of its pair', async () => {
    const one = await pair();
    const other = await pair();
    const { preprocessings } = one.store;
    await preprocessings.choose(one.model.id, one.dataset.id, { classOrder: 'plain' });
    expect(await preprocessings.ofProject(other.project.id)).toEqual([]);
    await one.store.datasets.delete(one.dataset.id);
    expect(await preprocessings.ofProject(one.project.id)).toEqual([]);
    await expect(
      preprocessings.choose(one.model.id, one.dataset.id, { classOrder: 'plain' }),
    ).rejects.toMatchObject({
      name: 'UserError',
      message: 'The model or the data set is no longer there.',
    });
  });

  it('a database of the first schema opens, and its data keep their divisor', async () => {
    const place = await stores.place();
    const folder = await mkdtemp(join(tmpdir(), 'interlayer-first-schema-'));
    try {
      const now = join(import.meta.dirname, '../../../prisma/migrations');
      const migrations = join(folder, 'migrations');
      await cp(now, migrations, {
        recursive: true,
        filter: (source) => !/\d{14}_(?!init)/.test(source),
      });
      const { db } = await openDatabase({ ...place, migrations });
      const sql = await readFile(join(import.meta.dirname, '../testing', 'first-schema.sql'), 'utf8');
      try {
        for (const statement of sql.split('\n').filter((line) => line.startsWith('INSERT')))
          await db.$executeRawUnsafe(statement.replace(/;$/, ''));
        await expect(db.$queryRaw`SELECT * FROM "Preprocessing"`).rejects.toThrow();
      } finally {
        await db.$disconnect();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const store = await openStore(place);
    try {
      const { rows: found } = await store.datasets.ofProject('p1');
      expect(found.map(({ manifest }) => manifest)).toMatchObject([
        { importer: 1, dtype: 'U8', declaredScale: 255, range: [0, 255] },
        { importer: 1, dtype: 'F32', declaredScale: null, range: null },
      ]);
      const [model] = (await store.models.ofProject('p1')).rows;
      const pairs = found.map(({ name, manifest }) =>
        pairOf({ name: 'net', ...model!.manifest }, { name, ...manifest }),
      );
      expect(pairs.map((each) => each.fits && each.record.spec.scale.divide)).toEqual([255, 1]);
      expect(await store.preprocessings.ofProject('p1')).toEqual([]);
      await store.preprocessings.choose('m1', 'd1', { scale: { subtract: 0, divide: 1 } });
      expect((await store.preprocessings.ofProject('p1'))[0]?.chosen).toEqual({
        scale: { subtract: 0, divide: 1 },
      });
    } finally {
      await store.close();
    }
  });
});
