/** One person's flood over HTTP, with real worker processes: everybody else is answered, and an owner ends it. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { jobSchema } from '../../../core/api/index.ts';
import { createPool, type Pool } from '../../compute/client.ts';
import { MOST_WAITING } from '../app/turn.ts';
import { type Bench, startBench } from '../testing/harness.ts';
import { type Cast, cast, furnish } from '../testing/project.ts';

let folder: string;
let pool: Pool;
let bench: Bench;
let people: Cast;
let others: Cast;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'interlayer-turns-'));
  await mkdir(path.join(folder, 'spool'));
  pool = createPool({
    ...{ workers: 1, blobs: path.join(folder, 'blobs'), spool: path.join(folder, 'spool') },
    ...{ memoryBytes: 4 * 2 ** 30, backend: 'wasm' },
    entry: {
      file: path.join(import.meta.dirname, '../../compute/testing/turns-worker.ts'),
      ...{ args: [], execArgv: ['--import', 'tsx'] },
    },
  });
  bench = await startBench({ folder, pool });
  people = await cast(bench);
  others = await cast(bench);
  await furnish(bench, people.project);
  await furnish(bench, others.project);
});
afterAll(async () => {
  await pool.close();
  await bench.close();
  await rm(folder, { recursive: true, force: true });
});

const long = (samples: number) =>
  `select * from net(data.test[0]) using shapley(samples=${500_000 + samples}, seed=1)`;
const jobs = async () =>
  z
    .array(jobSchema)
    .parse((await people.owner.ask('GET', `projects/${people.project.slug}/jobs`)).body)
    .filter(({ state }) => state === 'queued' || state === 'running');
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const began = performance.now();
  const value = await work;
  expect(performance.now() - began).toBeLessThan(ms);
  return value;
}

test('500 long jobs of one viewer leave everybody else’s questions and uploads answered at once', async () => {
  const queries = `projects/${people.project.slug}/queries`;
  const statuses: number[] = [];
  let refusal: unknown;
  for (let at = 0; at < 500; at += 50)
    await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const { status, body } = await people.viewer.ask('POST', `${queries}?wait=0`, {
          query: long(at + i),
        });
        statuses.push(status);
        if (status === 429) refusal = body;
      }),
    );
  const taken = statuses.filter((status) => status === 202).length;
  expect(taken).toBeGreaterThanOrEqual(MOST_WAITING.viewer);
  // Those that wait, and one that runs.
  expect(taken).toBeLessThanOrEqual(MOST_WAITING.viewer + 1);
  expect(statuses.filter((status) => status === 429)).toHaveLength(500 - taken);
  expect(refusal).toMatchObject({
    error: {
      code: 'rate_limited',
      message: `${MOST_WAITING.viewer} of your computations are waiting already, as many as may; wait until some are done, or cancel some in the list of jobs`,
    },
  });
  // The worker for small jobs is started while the long ones come in; the first of these may wait for it.
  const small = (who: Cast, query: string) =>
    who.editor.ask('POST', `projects/${who.project.slug}/queries?wait=30`, { query });
  expect((await small(people, 'select stats(dense_1) from net(data.test)')).status).toBe(200);
  for (const [i, who] of [people, others, people, others].entries()) {
    const query = `select histogram(dense_1) from net(data.test) limit ${i + 1}`;
    expect((await within(1500, small(who, query))).body).toMatchObject({ status: 'done' });
  }
  const upload = people.editor.upload(`projects/${people.project.slug}/datasets`, {
    'points.csv': 'a,b,label\n1,2,x\n3,4,y\n',
  });
  expect((await within(5000, upload)).status).toBe(201);
  // Its own small questions are no other's either.
  const own = people.viewer.ask('POST', `${queries}?wait=30`, {
    query: 'select count() from net(data.test)',
  });
  expect((await within(1500, own)).status).toBe(200);
});

test('a long question of somebody else has the next turn', async () => {
  const asked = await others.editor.ask('POST', `projects/${others.project.slug}/queries?wait=0`, {
    query: long(9000),
  });
  const { job } = z.object({ job: z.string() }).parse(asked.body);
  const [running] = (await jobs()).filter(({ state }) => state === 'running');
  expect((await people.viewer.ask('DELETE', `jobs/${running?.id}`)).status).toBe(200);
  const state = async () => jobSchema.parse((await others.editor.ask('GET', `jobs/${job}`)).body).state;
  await expect.poll(state, { timeout: 5000 }).toBe('running');
  await others.editor.ask('DELETE', `jobs/${job}`);
});

test('who asked is told; who neither asked nor owns cannot cancel; an owner cancels them all', async () => {
  const waiting = await jobs();
  expect(waiting.length).toBeGreaterThanOrEqual(MOST_WAITING.viewer - 1);
  for (const job of waiting) expect(job.startedBy).toEqual([people.viewer.user.id]);
  expect(waiting[0]?.progress.note).toMatch(/^queued; about \d+ min of work$/);
  const refused = await people.editor.ask('DELETE', `jobs/${waiting[0]?.id}`);
  expect(refused).toMatchObject({
    status: 403,
    body: {
      error: {
        message:
          'You did not ask for this computation. Who asked can cancel it, and owners of the project can.',
      },
    },
  });
  for (const { id } of waiting) expect((await people.owner.ask('DELETE', `jobs/${id}`)).status).toBe(200);
  await expect.poll(jobs).toEqual([]);
  await expect.poll(() => pool.status()).toMatchObject({ busy: 0, queued: 0, restarts: 0 });
});
