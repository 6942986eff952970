/** What a project, a board and a person may keep: refused in words that say what to delete, and mended by deleting. */
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { snapshotSchema } from '../../../core/api/index.ts';
import { type Bench, startBench, visitor } from '../testing/harness.ts';
import { ARCHITECTURE, type Cast, cast } from '../testing/project.ts';

let bench: Bench;
let people: Cast;
/** Bytes that a file is once it is unpacked. */
let unpacked = 64;
beforeAll(async () => {
  bench = await startBench({
    env: {
      INTERLAYER_PROJECT_BYTES: '5000',
      INTERLAYER_BOARDS_PER_PROJECT: '2',
      INTERLAYER_SNAPSHOTS_PER_BOARD: '2',
      INTERLAYER_PROJECTS_PER_PERSON: '2',
    },
  });
  people = await cast(bench);
  let count = 0;
  bench.pool.answer = async (task) => {
    const file = path.join(bench.folder, 'spool', `outcome-${count}`);
    await writeFile(file, new Uint8Array(unpacked).fill(++count));
    if (task.kind === 'import-model')
      return {
        kind: task.kind,
        manifest: ARCHITECTURE,
        weights: [{ name: 'dense_1/kernel', shape: [4, 4], file }],
      };
    throw new Error('a model was expected');
  };
});
afterAll(() => bench.close());

const project = () => `projects/${people.project.slug}`;
const refusal = (message: string) => ({
  status: 413,
  body: { error: { code: 'too_large', message: expect.stringContaining(message) } },
});
const idOf = (body: unknown) => z.object({ id: z.string() }).parse(body).id;

test('the bytes of a project: what is sent and what it is unpacked', async () => {
  const upload = (name: string, bytes: number) =>
    people.editor.upload(`${project()}/models?name=${name}`, { 'm.keras': new Uint8Array(bytes) });
  unpacked = 3_000;
  expect((await upload('first', 100)).status).toBe(201);
  expect(await upload('sent', 2_500)).toMatchObject(
    refusal(
      'The project keeps 2.9 KiB of models, data sets, snapshots and boards, and 2.4 KiB more are over the 4.9 KiB that it may. Delete a model, a data set, a snapshot or a board, or ask whoever runs this server to raise INTERLAYER_PROJECT_BYTES.',
    ),
  );
  expect(await upload('unpacked', 100)).toMatchObject(refusal('and 2.9 KiB more are over'));
  expect(await readdir(path.join(bench.folder, 'spool'))).toEqual([]);
  expect((await people.owner.ask('DELETE', `${project()}/models/first`)).status).toBe(204);
  expect((await upload('again', 100)).status).toBe(201);
});

test('boards of a project', async () => {
  const make = () => people.editor.ask('POST', `${project()}/boards`, { title: 'B' });
  const [first, second] = [await make(), await make()];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(await make()).toMatchObject(
    refusal(
      'The project has 2 boards, which is as many as it may. Delete one, or ask whoever runs this server to raise INTERLAYER_BOARDS_PER_PROJECT.',
    ),
  );
  const copied = await people.editor.ask('POST', `boards/${idOf(first.body)}/duplicate`);
  expect(copied).toMatchObject(refusal('The project has 2 boards'));
  expect((await people.owner.ask('DELETE', `boards/${idOf(first.body)}`)).status).toBe(204);
  expect((await make()).status).toBe(201);
});

test('the documents of boards count as well, until they are deleted', async () => {
  const [board] = await bench.store.boards.ofProject(people.project.id);
  const before = await bench.store.projects.bytes(people.project.id);
  const frame = { x: 0, y: 0, w: 100, h: 100 };
  const text = 'x'.repeat(3_000);
  const note = { kind: 'note' as const, id: 'n', frame, order: 1, text, color: 1 };
  const item = { ...note, locked: false, group: null, createdBy: 'somebody' };
  await bench.app.sync.edit(board?.id ?? '', null, { kind: 'add', items: [item] });
  expect(await bench.store.projects.bytes(people.project.id)).toBeGreaterThan(before + 3_000);
  const copied = () => people.editor.ask('POST', `boards/${board?.id}/duplicate`);
  expect(await copied()).toMatchObject(refusal('The project keeps'));
  expect((await people.owner.ask('DELETE', `boards/${board?.id}`)).status).toBe(204);
  expect(await bench.store.projects.bytes(people.project.id)).toBe(before);
});

test('snapshots of a board, and an owner deletes one', async () => {
  const { id } = await bench.store.boards.create({
    ...{ projectId: people.project.id, title: 'S', createdById: null },
  });
  const take = () =>
    people.editor.ask('POST', `boards/${id}/snapshots`, { title: 's', summary: '', results: {} });
  const [first] = [await take(), await take()];
  expect(await take()).toMatchObject(
    refusal(
      'The board has 2 snapshots, which is as many as it may. Delete one, or ask whoever runs this server to raise INTERLAYER_SNAPSHOTS_PER_BOARD.',
    ),
  );
  const snapshot = snapshotSchema.parse(first?.body);
  expect((await people.editor.ask('DELETE', `snapshots/${snapshot.id}`)).status).toBe(403);
  expect((await people.owner.ask('DELETE', `snapshots/${snapshot.id}`)).status).toBe(204);
  expect((await people.owner.ask('GET', `snapshots/${snapshot.id}`)).status).toBe(404);
  expect((await take()).status).toBe(201);
});

test('the bytes of all projects that one person answers for', async () => {
  const small = await startBench({ env: { INTERLAYER_PERSON_BYTES: '5000' } });
  try {
    const ada = await visitor(small, 'Ada');
    const grace = await visitor(small, 'Grace');
    const [first, second] = [
      await small.store.projects.create({ slug: 'first', name: 'First', ownerId: ada.user.id }),
      await small.store.projects.create({ slug: 'second', name: 'Second', ownerId: ada.user.id }),
    ];
    const hers = await small.store.projects.create({ slug: 'hers', name: 'Hers', ownerId: grace.user.id });
    // Whom others make an owner is not charged for it.
    await small.store.projects.setRole(hers.id, ada.user.id, 'owner');
    await small.store.projects.setRole(first.id, grace.user.id, 'owner');
    expect(await small.store.projects.answeredFor(first.id)).toEqual({
      ...{ name: 'Ada', projects: expect.toSatisfy((ids: string[]) => ids.length === 2) },
    });
    const upload = (who: typeof ada, slug: string) =>
      who.upload(`projects/${slug}/models`, { 'm.keras': new Uint8Array(3_000) });
    small.pool.answer = async () => {
      const file = path.join(small.folder, 'spool', `outcome-${small.pool.tasks.length}`);
      await writeFile(file, new Uint8Array(1_000).fill(small.pool.tasks.length));
      const weights = [{ name: 'dense_1/kernel', shape: [4, 4], file }];
      return { kind: 'import-model', manifest: ARCHITECTURE, weights };
    };
    for (let i = 0; i < 3; i++)
      expect((await ada.upload('projects/first/models', { [`m${i}.keras`]: 'x' })).status).toBe(201);
    expect(await upload(ada, 'second')).toMatchObject(
      refusal(
        'Ada owns 2 projects with this one, which keep 2.9 KiB, and 2.9 KiB more are over the 4.9 KiB that one person may keep. Delete a model, a data set, a snapshot or a board, or ask whoever runs this server to raise INTERLAYER_PERSON_BYTES.',
      ),
    );
    expect((await upload(ada, 'hers')).status).toBe(201);
    await small.store.projects.delete(second.id);
    expect(await upload(grace, 'first')).toMatchObject(
      refusal('Ada owns this project, which keeps 2.9 KiB, and 2.9 KiB more are over'),
    );
  } finally {
    await small.close();
  }
});

test('projects of a person', async () => {
  const make = () => people.viewer.ask('POST', 'projects', { name: 'Mine' });
  expect([(await make()).status, (await make()).status]).toEqual([201, 201]);
  expect(await make()).toMatchObject(
    refusal(
      'You own 2 projects, and may own 2. Delete one, or ask whoever runs this server to raise INTERLAYER_PROJECTS_PER_PERSON.',
    ),
  );
});
