import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { UserError } from '../../../core/errors/index.ts';
import { decodeSafetensors } from '../../../core/result/index.ts';
import type { ComputeTask, Progress } from '../contract.ts';
import { ALL, call, planOf, storeData, temporaryFolders } from '../testing/fixtures.ts';
import { COUNT, reference, stored, toyData, toyModel } from '../testing/toy.ts';
import { createPool, type Pool, type PoolOptions } from './pool.ts';

const folders = temporaryFolders();
const model = toyModel(folders);
const data = toyData(folders);
/** Enough batches that a job can be met in the middle. */
const REPEATS = 500;
const long = storeData(folders, {
  shape: [4, 4, 1],
  classes: [],
  scale: 16,
  x: Array.from({ length: REPEATS }, () => stored).flat(),
});
const here = path.join(import.meta.dirname, '..');
const task = (layer = 'conv', over = data): ComputeTask => ({
  kind: 'query',
  plan: planOf(model, over, { what: call('stats', layer), input: ALL }),
});

let pool: Pool | undefined;
function open(options: Partial<PoolOptions> = {}): Pool {
  pool = createPool({
    workers: 1,
    blobs: folders.blobs,
    spool: folders.spool,
    memoryBytes: 2 ** 30,
    backend: 'wasm',
    entry: { file: path.join(here, 'worker.ts'), args: [], execArgv: ['--import', 'tsx'] },
    ...options,
  });
  return pool;
}
afterEach(async () => {
  await pool?.close();
  pool = undefined;
});
afterAll(() => folders.remove());

/** Runs a long job; `met` resolves at its first progress message. */
function running(p: Pool, signal?: AbortSignal) {
  let outcome: ReturnType<Pool['run']> | undefined;
  const met = new Promise<Progress>((resolve) => {
    outcome = p.run(task('conv', long), { onProgress: resolve, ...(signal ? { signal } : {}) });
    outcome.catch(() => undefined);
  });
  return { met, outcome: outcome! };
}
const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      return error;
    },
  );

test('a query runs in another process and its tensors lie in the spool folder', async () => {
  const p = open();
  const outcome = await p.run(task());
  if (outcome.kind !== 'query') throw new Error(outcome.kind);
  expect(path.dirname(outcome.file)).toBe(folders.spool);
  const { tensors, metadata } = decodeSafetensors(await readFile(outcome.file));
  expect(metadata.id).toBe(outcome.meta.id);
  expect(outcome.meta.n).toBe(COUNT);
  const mean = reference().means.reduce((sum, means) => sum + means[0]!, 0) / COUNT;
  expect(tensors.mean?.data[0]).toBeCloseTo(mean, 5);
  expect(p.status()).toMatchObject({
    backend: 'wasm',
    workers: 1,
    busy: 0,
    queued: 0,
    restarts: 0,
  });
  expect(p.pids()).not.toContain(process.pid);
});

test('the second query finds model and data warm, and no tensor is left behind', async () => {
  const p = open();
  await p.run(task('conv'));
  const [first] = p.counters();
  expect(first).toMatchObject({ modelLoads: 1, splitLoads: 1 });
  await p.run(task('out'));
  await p.run(task('conv'));
  expect(p.counters()).toEqual([first]);
});

test('a worker killed in the middle of a job is replaced, and the job runs again', async () => {
  const p = open();
  const { met, outcome } = running(p);
  await met;
  process.kill(p.pids()[0]!, 'SIGKILL');
  const done = await outcome;
  expect(done.kind === 'query' && done.meta.n).toBe(COUNT * REPEATS);
  expect(p.status()).toMatchObject({ restarts: 1, busy: 0 });
});

test('a job whose worker was killed twice fails with the cause, and the next job runs', async () => {
  const p = open();
  let kills = 0;
  const failed = p.run(task('conv', long), {
    onProgress: () => {
      const pid = p.pids()[0];
      if (kills < 2 && pid !== undefined && pid !== killed) {
        kills++;
        killed = pid;
        process.kill(pid, 'SIGKILL');
      }
    },
  });
  let killed: number | undefined;
  const error = await errorOf(failed);
  expect(error.code).toBe('internal');
  expect(error.message).toMatch(/ended twice during this job \(signal SIGKILL\)/);
  expect((await p.run(task())).kind).toBe('query');
  expect(p.status().restarts).toBe(2);
});

test('cancelling a running job rejects at once, stops the worker between batches and leaves no file', async () => {
  const p = open();
  await p.run(task());
  const [pid] = p.pids();
  const before = await readdir(folders.spool);
  const controller = new AbortController();
  const { met, outcome } = running(p, controller.signal);
  await met;
  controller.abort();
  expect((await errorOf(outcome)).code).toBe('cancelled');
  // The same worker answers the next query: it stopped by itself, and with as many tensors as before.
  const [first] = p.counters();
  await p.run(task('out'));
  expect(p.pids()[0]).toBe(pid);
  expect(p.counters()[0]?.tensors).toBe(first?.tensors);
  expect((await readdir(folders.spool)).length).toBe(before.length + 1);
});

test('cancelling a waiting job takes it off the queue', async () => {
  const p = open();
  const { met, outcome } = running(p);
  await met;
  const controller = new AbortController();
  const waiting = p.run(task(), { signal: controller.signal });
  expect(p.status()).toMatchObject({ busy: 1, queued: 1 });
  controller.abort();
  expect((await errorOf(waiting)).code).toBe('cancelled');
  expect(p.status()).toMatchObject({ busy: 1, queued: 0 });
  expect((await outcome).kind).toBe('query');
});

test('a worker that does not heed a cancellation is killed and replaced', async () => {
  const p = open({
    cancelGraceMs: 50,
    entry: {
      file: path.join(here, 'testing', 'stubborn-worker.ts'),
      args: [],
      execArgv: ['--import', 'tsx'],
    },
  });
  const controller = new AbortController();
  const { met, outcome } = running(p, controller.signal);
  expect((await met).note).toBe('deaf');
  const [pid] = p.pids();
  controller.abort();
  expect((await errorOf(outcome)).code).toBe('cancelled');
  // The next job is met by another process.
  const next = running(p, AbortSignal.timeout(60_000));
  await next.met;
  expect(p.pids()).not.toContain(pid);
  expect(p.status().restarts).toBe(1);
});

test('an outcome that comes after the cancellation is deleted', async () => {
  const p = open({
    entry: { file: path.join(here, 'testing', 'late-worker.ts'), args: [], execArgv: ['--import', 'tsx'] },
  });
  const before = await readdir(folders.spool);
  const controller = new AbortController();
  const { met, outcome } = running(p, controller.signal);
  await met;
  controller.abort();
  expect((await errorOf(outcome)).code).toBe('cancelled');
  await expect.poll(() => p.status().busy).toBe(0);
  await expect.poll(() => readdir(folders.spool)).toEqual(before);
  expect(p.status().restarts).toBe(0);
});

test('a job that can never fit is refused with figures; one that fits waits for its turn', async () => {
  const p = open({ memoryBytes: 60 * 2 ** 20, workers: 2 });
  const huge = task();
  if (huge.kind !== 'query' || !huge.plan.data) throw new Error(huge.kind);
  const manifest = { ...data, splits: [{ ...data.splits[0]!, size: 10_000_000 }] };
  const error = await errorOf(
    p.run({ kind: 'query', plan: { ...huge.plan, data: { ...huge.plan.data, manifest } } }),
  );
  expect(error.code).toBe('overloaded');
  expect(error.message).toMatch(/needs about 18\d MiB of memory, 45 MiB are allowed/);
  // Two small ones do not fit together: never are both under way.
  let together = 0;
  const watch = () => {
    together = Math.max(together, p.status().busy);
  };
  await Promise.all([p.run(task(), { onProgress: watch }), p.run(task('out'), { onProgress: watch })]);
  expect(together).toBe(1);
});

test('an error of the method reaches the caller as it was written', async () => {
  const p = open();
  const error = await errorOf(p.run(task('conv9')));
  expect(error).toMatchObject({
    code: 'invalid',
    message: 'no layer conv9; this model has input, conv, flat, out',
  });
});

test('workers get no secrets of this process', async () => {
  process.env.INTERLAYER_SECRET = 'hidden';
  const p = open();
  await p.run(task());
  const environment = await readFile(`/proc/${p.pids()[0]}/environ`, 'utf8');
  delete process.env.INTERLAYER_SECRET;
  expect(environment).toContain('PATH=');
  expect(environment).not.toContain('hidden');
});

test('a pool whose workers cannot start says so', async () => {
  const p = open({ entry: { file: path.join(here, 'no-such-file.ts'), args: [], execArgv: [] } });
  expect((await errorOf(p.run(task()))).message).toMatch(
    /^the compute workers do not start \(exit code 1\); see the server's log$/,
  );
});

test('a task that a worker could not read is refused before one is asked', async () => {
  const p = open();
  const broken = task();
  if (broken.kind !== 'query') throw new Error(broken.kind);
  const plan = { ...broken.plan, query: { ...broken.plan.query, limit: -1 } };
  const error = await errorOf(p.run({ kind: 'query', plan }));
  expect(error).toMatchObject({
    code: 'internal',
    message: expect.stringMatching(/^the task is malformed: /),
  });
  expect(p.status().restarts).toBe(0);
});

test('a full queue and a pool that is closed take no job', async () => {
  const p = open({ queueLimit: 1 });
  const { outcome } = running(p);
  const waiting = p.run(task());
  waiting.catch(() => undefined);
  // The first may be with the worker already.
  const last = p.run(task('out'));
  last.catch(() => undefined);
  expect(await errorOf(p.run(task('out')))).toMatchObject({
    code: 'overloaded',
    message: '1 jobs are waiting already; try again later',
  });
  await Promise.allSettled([outcome, waiting, last]);
  await p.close();
  expect(await errorOf(p.run(task()))).toMatchObject({
    code: 'cancelled',
    message: 'the server is shutting down',
  });
});
