/** Workers that hang or take too much memory, as real processes: noticed, ended, and nobody else waits for them. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { UserError } from '../../../core/errors/index.ts';
import type { ComputeTask } from '../contract.ts';
import { ALL, call, planOf, temporaryFolders } from '../testing/fixtures.ts';
import { toyData, toyModel } from '../testing/toy.ts';
import { overdueReason, TIMEOUTS, type Timeouts } from './health.ts';
import { createPool, type Pool, type PoolOptions } from './pool.ts';

const folders = temporaryFolders();
const model = toyModel(folders);
const data = toyData(folders);
const task: ComputeTask = {
  kind: 'trial',
  plan: planOf(model, data, { what: call('stats', 'conv'), input: ALL }),
  ways: [],
};
/** Short, so that the test is; the beat comes once a second. */
const timeouts: Timeouts = { silentMs: 4000, stalledMs: 2000, deadlineMs: 600_000 };

let pool: Pool | undefined;
function open(how: string, times: string, options: Partial<PoolOptions> = {}): Pool {
  pool = createPool({
    ...{ workers: 1, blobs: folders.blobs, spool: folders.spool, memoryBytes: 2 ** 30, backend: 'wasm' },
    timeouts,
    entry: {
      file: path.join(import.meta.dirname, '..', 'testing', 'hanging-worker.ts'),
      ...{ args: [how, times], execArgv: ['--import', 'tsx'] },
    },
    ...options,
  });
  return pool;
}
beforeEach(() => rm(path.join(folders.spool, 'went-wrong-once'), { force: true }));
afterEach(() => pool?.close());
afterAll(() => folders.remove());

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      return error;
    },
  );

test.each(['loop', 'stop'])(
  'a worker that hangs once (%s) is replaced, and its job runs again',
  async (how) => {
    const p = open(how, 'once');
    expect(await p.run(task)).toEqual({ kind: 'trial', trial: { untried: 'a test' } });
    expect(p.status()).toMatchObject({ restarts: 1, busy: 0, queued: 0 });
  },
);

test.each([
  ['loop', /^the compute worker was ended twice during this job: it stood still for \d+ s; ask again later/],
  ['stop', /^the compute worker was ended twice during this job: it gave no sign of life for 4 s; ask again/],
])('a job under which workers hang twice (%s) fails with the cause', async (how, message) => {
  const p = open(how, 'always');
  const error = await failure(p.run(task));
  expect(error.code).toBe('internal');
  expect(error.message).toMatch(message);
  expect(p.status()).toMatchObject({ busy: 0, queued: 0 });
});

test('while one worker hangs, another goes on', async () => {
  const p = open('stop', 'once', { workers: 2 });
  const hung = p.run(task);
  await expect.poll(() => p.status().busy, { timeout: 20_000 }).toBe(1);
  await expect.poll(() => p.status().workers, { timeout: 20_000 }).toBe(2);
  // The first one marks that it went wrong; those that follow go right.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const began = performance.now();
  await p.run(task);
  expect(performance.now() - began).toBeLessThan(1000);
  await hung;
});

test('a worker that takes more memory than there is for computations is ended, and its job is not tried again', async () => {
  const p = open('grow', 'always', { memoryBytes: 512 * 2 ** 20 });
  const error = await failure(p.run(task));
  expect(error.code).toBe('overloaded');
  expect(error.message).toMatch(
    /^this took (\d+ MiB|\d\.\d GiB) of memory, where about \d+ MiB were expected and 512 MiB are there for all computations, so it was ended; ask about fewer examples \(limit\) or a smaller layer, or give the server more memory$/,
  );
  await expect.poll(() => p.status().workers, { timeout: 20_000 }).toBe(1);
  expect(p.status()).toMatchObject({ restarts: 1, queued: 0 });
});

test('what counts as a hang: silence, a main thread that stands, and a job far beyond its estimate', () => {
  const at = (silent: number, stalled: number, since: number) =>
    overdueReason(
      { since: -since, lastSignAt: -silent, lastResponsiveAt: -stalled, base: null, resident: 0 },
      10,
      TIMEOUTS,
      0,
    );
  expect(at(14_000, 94_000, 319_000)).toBeNull();
  expect(at(16_000, 16_000, 16_000)).toBe('it gave no sign of life for 15 s');
  expect(at(1000, 96_000, 97_000)).toBe('it stood still for 95 s');
  expect(at(1000, 1000, 321_000)).toBe('it took longer than 5 min, where about 10 s were expected');
});
