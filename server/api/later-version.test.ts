/** One row of a later version of Interlayer is told by name, and hides nothing else of its project. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../store/database/database.ts';
import { checkpointOf } from './models/checkpoint.ts';
import { type Bench, startBench } from './testing/harness.ts';
import { ARCHITECTURE, type Cast, cast, furnish, outcomeOf } from './testing/project.ts';

let bench: Bench;
let people: Cast;
let url: string;
beforeAll(async () => {
  bench = await startBench();
  bench.pool.answer = (task) => outcomeOf(bench, task);
});
afterAll(() => bench.close());
beforeEach(async () => {
  people = await cast(bench);
  url = `projects/${people.project.slug}`;
  await furnish(bench, people.project);
  const second = await bench.store.models.create({
    ...{ projectId: people.project.id, name: 'second', manifest: ARCHITECTURE, createdById: null },
  });
  const blob = await bench.store.blobs.put(new Uint8Array(64).fill(1));
  const tensors = [{ name: 'dense_1/kernel', shape: [4, 4], blob }];
  for (const [step, name] of [
    [3, 'dense_1/kernel'],
    [5, 'dense_1/bias'],
  ] as const)
    await bench.store.models.addCheckpoint({
      ...{ modelId: second.id, step },
      ...checkpointOf(
        ARCHITECTURE,
        tensors.map((tensor) => ({ ...tensor, name })),
      ),
    });
});

const later = (text: string): string => JSON.stringify({ ...JSON.parse(text), version: 99 });
type Database = Awaited<ReturnType<typeof openDatabase>>['db'];
/** Writes into the database as a later version would have. */
async function write(change: (db: Database) => Promise<unknown>): Promise<void> {
  const { db } = await openDatabase({ dataDir: bench.folder });
  try {
    await change(db);
  } finally {
    await db.$disconnect();
  }
  bench.app.catalogs.forget(people.project.id);
}
const ask = (query: string) => people.viewer.ask('POST', `${url}/queries`, { query, bindings: {} });
const refused = (what: string, known = 'version 1') => ({
  status: 409,
  body: {
    error: {
      code: 'conflict',
      message: `${what} was written by a later version of Interlayer (version 99 of its shape; this one reads ${known}): update the server, or restore a backup from before the update.`,
    },
  },
});

test('a model: the others are listed and answer, and it is an entry that says so', async () => {
  await write(async (db) => {
    const where = { projectId_name: { projectId: people.project.id, name: 'net' } };
    const { manifest } = await db.model.findUniqueOrThrow({ where });
    await db.model.update({ where, data: { manifest: later(manifest) } });
  });
  const { message } = refused('Model net').body.error;
  const listed = await people.viewer.ask('GET', `${url}/models`);
  expect(listed).toMatchObject({
    status: 200,
    body: [{ name: 'second' }, { name: 'net', unreadable: message }],
  });
  expect(await people.viewer.ask('GET', `${url}/models/net`)).toMatchObject(refused('Model net'));
  expect(await ask('select activation(dense_1) from net(data.test[0])')).toMatchObject(refused('Model net'));
  const joined = 'select activation(dense_1) from second(data.test[0])';
  expect(await ask(`${joined} join (select activation(dense_1) from net(data.test[0]))`)).toMatchObject(
    refused('Model net'),
  );
  expect((await ask(joined)).status).toBe(200);
});

test('a data set: the same', async () => {
  await write(async (db) => {
    const { id, manifest } = await db.dataset.findFirstOrThrow({ where: { projectId: people.project.id } });
    await db.dataset.update({ where: { id }, data: { manifest: later(manifest) } });
  });
  const message = expect.stringMatching(/^Data set data was written by a later version .*up to 3\)/);
  const error = { status: 409, body: { error: { code: 'conflict', message } } };
  expect(await people.viewer.ask('GET', `${url}/datasets`)).toMatchObject({
    ...{ status: 200, body: [{ name: 'data', unreadable: message }] },
  });
  expect(await ask('select activation(dense_1) from net(data.test[0])')).toMatchObject(error);
  expect(await people.viewer.ask('GET', `${url}/models/net/preprocessing/data`)).toMatchObject(error);
  expect((await ask('select weights(dense_1) from net')).status).toBe(200);
});

test('a checkpoint: the model warns, its others answer, and the last one is not taken for another', async () => {
  await write(async (db) => {
    const { id, manifest } = await db.checkpoint.findFirstOrThrow({
      where: { step: 5, model: { projectId: people.project.id } },
    });
    await db.checkpoint.update({ where: { id }, data: { manifest: later(manifest) } });
  });
  const message = expect.stringMatching(
    /^The checkpoint at step 5 was written by a later version of Interlayer/,
  );
  const error = { status: 409, body: { error: { code: 'conflict', message } } };
  expect(await people.viewer.ask('GET', `${url}/models/second`)).toMatchObject({
    ...{ status: 200, body: { checkpoints: [{ step: 3 }], warnings: [message] } },
  });
  expect((await ask('select activation(dense_1) from second@3(data.test[0])')).status).toBe(200);
  expect(await ask('select activation(dense_1) from second@5(data.test[0])')).toMatchObject(error);
  expect(await ask('select activation(dense_1) from second@last(data.test[0])')).toMatchObject(error);
  expect(await ask('select similarity(dense_1) from second@3(data.test)')).toMatchObject(error);
  expect(await people.viewer.ask('GET', `${url}/models/second/export`)).toMatchObject(error);
  expect((await people.viewer.ask('GET', `${url}/models/net/export`)).status).toBe(200);
});

test('the preprocessing of a pair: the pair is not answered as if nothing had been chosen', async () => {
  await people.editor.ask('PUT', `${url}/models/net/preprocessing/data`, { scale: { divide: 2 } });
  await write(async (db) => {
    const { modelId, datasetId, chosen } = await db.preprocessing.findFirstOrThrow({
      where: { model: { projectId: people.project.id } },
    });
    await db.preprocessing.update({
      where: { modelId_datasetId: { modelId, datasetId } },
      data: { chosen: later(chosen ?? '') },
    });
  });
  const message = refused('The preprocessing of data for net', 'up to 2').body.error.message;
  expect(await ask('select activation(dense_1) from net(data.test[0])')).toMatchObject({
    ...{ status: 422, body: { error: { code: 'invalid', message } } },
  });
  expect(await people.viewer.ask('GET', `${url}/models/net/preprocessing/data`)).toMatchObject({
    ...{ status: 200, body: { problem: message } },
  });
  expect((await ask('select activation(dense_1) from second(data.test[0])')).status).toBe(200);
});

test('the anchor of a thread: all are listed, it where its board or address is, with the reason', async () => {
  const start = (address: string) =>
    people.commenter.ask('POST', `${url}/threads`, { anchor: { kind: 'address', address }, body: address });
  await start('net');
  await start('second');
  await write(async (db) => {
    const { id, anchor } = await db.thread.findFirstOrThrow({
      where: { projectId: people.project.id, address: 'net' },
    });
    await db.thread.update({ where: { id }, data: { anchor: later(anchor) } });
  });
  const { status, body } = await people.viewer.ask('GET', `${url}/threads`);
  expect(status).toBe(200);
  expect(body).toMatchObject([
    {
      ...{ anchor: { kind: 'address', address: 'net' }, comments: [{ body: 'net' }] },
      unreadable: refused('The place of this thread').body.error.message,
    },
    { anchor: { kind: 'address', address: 'second' } },
  ]);
});
