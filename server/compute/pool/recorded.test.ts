import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { decodeSafetensors, NO_BACKEND } from '../../../core/result/index.ts';
import { ALL, call, planOf, temporaryFolders } from '../testing/fixtures.ts';
import { toyData, toyModel } from '../testing/toy.ts';
import { createPool, type Pool } from './pool.ts';

const folders = temporaryFolders();
const model = toyModel(folders);
const data = toyData(folders);
afterAll(() => folders.remove());
let pool: Pool | undefined;
afterEach(() => pool?.close());

test('an architecture is answered while every worker hangs, by this process, without a worker', async () => {
  pool = createPool({
    ...{ workers: 1, blobs: folders.blobs, spool: folders.spool, memoryBytes: 2 ** 30, backend: 'wasm' },
    entry: {
      file: path.join(import.meta.dirname, '..', 'testing', 'hanging-worker.ts'),
      ...{ args: ['stop', '9'], execArgv: ['--import', 'tsx'] },
    },
  });
  const stuck = new AbortController();
  const plan = planOf(model, data, { what: call('stats', 'conv'), input: ALL });
  const others = [1, 2].map(() =>
    pool?.run({ kind: 'query', plan }, { signal: stuck.signal }).catch(() => null),
  );
  const graph = planOf(model, data, { what: call('graph') });
  const outcome = await pool.run({ kind: 'query', plan: graph });
  if (outcome.kind !== 'query') throw new Error(`found ${outcome.kind}`);
  expect(outcome.meta).toMatchObject({ id: graph.id, type: 'graph', record: graph.model.manifest.graph });
  expect(outcome.meta.provenance).toMatchObject({ backend: NO_BACKEND, method: 'graph' });
  expect(decodeSafetensors(new Uint8Array(readFileSync(outcome.file))).tensors).toEqual({});
  stuck.abort();
  await Promise.all(others);
});

test('what has not been logged is refused as a worker would', async () => {
  pool = createPool({
    ...{ workers: 1, blobs: folders.blobs, spool: folders.spool, memoryBytes: 2 ** 30, backend: 'wasm' },
  });
  const metrics = planOf(model, data, { what: call('metrics') });
  await expect(pool.run({ kind: 'query', plan: metrics })).rejects.toThrow(/nothing was logged for/);
});
