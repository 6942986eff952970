import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLOSE } from '../../../core/api/index.ts';
import { type Bench, startBench } from '../testing/harness.ts';
import { cast, furnish } from '../testing/project.ts';
import { BoardClient } from '../testing/socket.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

const route = (slug: string, name: string) => `projects/${slug}?${new URLSearchParams({ name })}`;

test('a project is deleted by its owner who types its name, for everybody and with its jobs', async () => {
  const { project, owner, editor, viewer } = await cast(bench);
  await furnish(bench, project);
  const board = await bench.store.boards.create({ projectId: project.id, title: 'B', createdById: null });
  const open = await BoardClient.open(bench, viewer, board.id);
  const cancelled = new Promise<void>((resolve) => {
    bench.pool.answer = (_task, options) =>
      new Promise((_, reject) =>
        options?.signal?.addEventListener('abort', () => {
          resolve();
          reject(new Error('given up'));
        }),
      );
  });
  const asked = await editor.ask('POST', `projects/${project.slug}/queries?wait=0`, {
    query: 'select graph() from net',
  });
  expect(asked.status).toBe(202);
  expect((await editor.ask('DELETE', route(project.slug, project.name))).status).toBe(403);
  for (const wrong of [project.name.toLowerCase(), project.slug, 'x']) {
    const refused = await owner.ask('DELETE', route(project.slug, wrong));
    const message = `The name is "${wrong}"; "${project.name}" was expected. Nothing was deleted.`;
    expect(refused).toMatchObject({ status: 400, body: { error: { at: 'name', message } } });
  }
  expect((await owner.ask('GET', `projects/${project.slug}`)).status).toBe(200);
  expect((await owner.ask('DELETE', route(project.slug, project.name))).status).toBe(204);
  expect(await open.closed).toBe(CLOSE.notFound);
  await cancelled;
  for (const person of [owner, editor, viewer]) {
    expect((await person.ask('GET', `projects/${project.slug}`)).status).toBe(404);
    expect((await person.ask('GET', 'projects')).body).toEqual([]);
  }
  expect((await viewer.ask('GET', `boards/${board.id}`)).status).toBe(404);
  open.leave();
});

test('a job that another project waits for too goes on when one of them is deleted', async () => {
  const [gone, kept] = [await cast(bench), await cast(bench)];
  await furnish(bench, gone.project);
  await furnish(bench, kept.project);
  let aborted = false;
  bench.pool.answer = (_task, options) =>
    new Promise((_, reject) =>
      options?.signal?.addEventListener('abort', () => {
        aborted = true;
        reject(new Error('given up'));
      }),
    );
  const query = { query: 'select graph() from net' };
  for (const { project, editor } of [gone, kept])
    await editor.ask('POST', `projects/${project.slug}/queries?wait=0`, query);
  await gone.owner.ask('DELETE', route(gone.project.slug, gone.project.name));
  expect((await kept.editor.ask('GET', `projects/${kept.project.slug}/jobs`)).body).toMatchObject([
    { state: 'queued' },
  ]);
  expect(aborted).toBe(false);
});

test('whoever has a board open hears that it is deleted, also when another process deleted the project', async () => {
  const { project, viewer } = await cast(bench);
  const board = await bench.store.boards.create({ projectId: project.id, title: 'B', createdById: null });
  const open = await BoardClient.open(bench, viewer, board.id);
  await bench.store.projects.delete(project.id);
  expect(await open.closed).toBe(CLOSE.notFound);
  open.leave();
});
