/** What is asked for at one stroke, in real workers: refused by the operating system before the pool could look. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { ComputeTask } from '../contract.ts';
import { createPool, type Pool } from '../pool/pool.ts';
import { BACKENDS } from '../testing/engines.ts';
import { ALL, call, planOf, temporaryFolders } from '../testing/fixtures.ts';
import { toyData, toyModel } from '../testing/toy.ts';
import { NO_LIMIT, underLimit } from './hard-limit.ts';

const folders = temporaryFolders();
const plan = planOf(toyModel(folders), toyData(folders), { what: call('stats', 'conv'), input: ALL });
const task: ComputeTask = { kind: 'trial', plan, ways: [] };
const MB = 2 ** 20;
const linux = process.platform === 'linux';

let pool: Pool | undefined;
afterEach(() => pool?.close());
afterAll(() => folders.remove());

async function open(backend: (typeof BACKENDS)[number], how: string): Promise<Pool> {
  const p = createPool({
    ...{ workers: 1, blobs: folders.blobs, spool: folders.spool, memoryBytes: 512 * MB, backend },
    entry: {
      file: path.join(import.meta.dirname, '..', 'testing', 'greedy-worker.ts'),
      ...{ args: [how], execArgv: ['--import', 'tsx'] },
    },
  });
  pool = p;
  await expect.poll(() => p.status().workers, { timeout: 60_000 }).toBe(1);
  return p;
}

function peak(pid: number): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) * 1024;
}

const WAYS = ['tensor', 'array'];
test.skipIf(!linux).each(BACKENDS.flatMap((backend) => WAYS.map((how) => [backend, how] as const)))(
  '8 GB at one stroke in a worker that may have 512 MiB (%s, %s): refused, and the worker goes on',
  { timeout: 120_000 },
  async (backend, how) => {
    const p = await open(backend, how);
    const [pid] = p.pids();
    const before = peak(pid!);
    await expect(p.run(task)).rejects.toMatchObject({
      code: 'overloaded',
      message: expect.stringMatching(
        /^this needed more memory at once than there is for all computations \(512 MiB\), where about \d+ MiB were expected, so it was ended; ask about fewer examples \(limit\) or a smaller layer, or give the server more memory$/,
      ),
    });
    expect(p.status()).toMatchObject({ restarts: 0, busy: 0 });
    const { limitBytes } = p.status();
    expect(limitBytes).toBeGreaterThan(512 * MB);
    expect(peak(pid!) - before).toBeLessThan(limitBytes!);
  },
);

test('objects without end: the job fails with the cause at the first try, and the worker is replaced', async () => {
  const p = await open('wasm', 'objects');
  await expect(p.run(task)).rejects.toMatchObject({
    code: 'overloaded',
    message: expect.stringMatching(/^this (needed|took) .* so it was ended; ask about fewer examples/),
  });
  await expect.poll(() => p.status().workers, { timeout: 60_000 }).toBe(1);
  expect(p.status().restarts).toBe(1);
});

test('where a system has no such limit workers start without, and it is said', () => {
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: 'darwin' });
  try {
    expect(underLimit(['--import', 'tsx'], 512 * MB)).toEqual({ execArgv: ['--import', 'tsx'] });
  } finally {
    Object.defineProperty(process, 'platform', { value: platform });
  }
  expect(NO_LIMIT).toBe(
    'This system sets no limit on the memory of the workers. What they take is looked at four times a second, so that one step that asks for much at once may take it.',
  );
});
