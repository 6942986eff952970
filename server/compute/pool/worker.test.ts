import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, afterEach, expect, test } from 'vitest';
import { parse } from '../../../core/algebra/index.ts';
import { decodeSafetensors } from '../../../core/result/index.ts';
import { BACKENDS } from '../testing/engines.ts';
import { ALL, call, planOf, temporaryFolders } from '../testing/fixtures.ts';
import { planFor } from '../testing/plans.ts';
import { toyData, toyModel } from '../testing/toy.ts';
import type { WorkerEntry } from './child.ts';
import { createPool, type Pool } from './pool.ts';

const folders = temporaryFolders();
const here = path.join(import.meta.dirname, '..');
const sources: WorkerEntry = { file: path.join(here, 'worker.ts'), args: [], execArgv: ['--import', 'tsx'] };
let pool: Pool | undefined;
function open(backend: 'auto' | 'native' | 'wasm', entry = sources): Pool {
  const { blobs, spool } = folders;
  pool = createPool({ workers: 1, blobs, spool, memoryBytes: 2 ** 30, backend, entry });
  return pool;
}
afterEach(async () => {
  await pool?.close();
  pool = undefined;
});
afterAll(() => folders.remove());

function upload(name: string, file = path.join(here, 'goldens', name)) {
  return [{ name, path: file, bytes: statSync(file).size }];
}

test.each(BACKENDS)(
  'a model file becomes a manifest and weights in the spool folder (%s)',
  async (backend) => {
    const p = open(backend);
    const outcome = await p.run({ kind: 'import-model', files: upload('convolutional.keras') });
    if (outcome.kind !== 'import-model') throw new Error(outcome.kind);
    expect(p.status().backend).toBe(backend);
    expect(outcome.weights.map((w) => w.shape)).toEqual(outcome.manifest.weights.map((w) => w.shape));
    for (const { file, shape } of outcome.weights) {
      expect(path.dirname(file)).toBe(folders.spool);
      expect(statSync(file).size).toBe(4 * shape.reduce((a, b) => a * b, 1));
    }
  },
);

test('data become splits in the spool folder; a failed import leaves nothing there', async () => {
  const p = open('wasm');
  const file = path.join(folders.root, 'upload-1');
  writeFileSync(file, 'a,b,label\n1,2,x\n3,4,y\n5,6,x\n');
  const outcome = await p.run({ kind: 'import-dataset', files: upload('rows.csv', file) });
  if (outcome.kind !== 'import-dataset') throw new Error(outcome.kind);
  const [split] = outcome.splits;
  const { tensors } = decodeSafetensors(await readFile(split!.file));
  expect(tensors.x?.shape[0]).toBe(split?.size);
  const before = readdirSync(folders.spool);
  writeFileSync(file, 'this is no model');
  await expect(p.run({ kind: 'import-model', files: upload('model.keras', file) })).rejects.toMatchObject({
    name: 'UserError',
  });
  expect(readdirSync(folders.spool)).toEqual(before);
});

test('a join and a what-if question cross to a worker and back', async () => {
  const p = open('wasm');
  const ground = { models: { toy: [toyModel(folders)] }, datasets: { pictures: toyData(folders) } };
  const ask = async (text: string) => {
    const outcome = await p.run({ kind: 'query', plan: planFor(ground, parse(text)) });
    if (outcome.kind !== 'query') throw new Error(outcome.kind);
    return { meta: outcome.meta, tensors: decodeSafetensors(await readFile(outcome.file)).tensors };
  };
  const right = 'select * from toy@1(pictures.test[7]) with scale(conv#0, 0.5)';
  const join = await ask(`select * from toy@1(pictures.test[42]) using ig(steps=8) left join (${right})`);
  expect(join.meta).toMatchObject({ type: 'attribution[y,x]', record: { join: { kind: 'left join' } } });
  expect(join.meta.other).toBeUndefined();
  expect(join.meta.provenance.data.map(({ address }) => address)).toEqual([
    'pictures.test[42]',
    'pictures.test[7]',
  ]);
  const { values, left, right: other } = join.tensors;
  expect([...(values?.data ?? [])]).toEqual(
    [...(left?.data ?? [])].map((v, i) => expect.closeTo(v - (other?.data[i] ?? Number.NaN), 6)),
  );
  const whatIf = await ask('select predict() from toy@1(pictures.test[42]) with ablate(conv#1), fgsm(0.1)');
  expect(whatIf.meta.other).toMatchObject({ kind: 'unchanged', changes: ['ablate(conv#1)', 'fgsm(0.1)'] });
  expect(whatIf.tensors['other.values']?.data).not.toEqual(whatIf.tensors.values?.data);
});

test('a worker runs from one bundled file, as in the built server', async () => {
  // Beside node_modules' packages, which stay outside of the bundle.
  const cache = path.join(here, '..', '..', 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'interlayer-worker-'));
  try {
    const outfile = path.join(folder, 'server.mjs');
    await build({
      stdin: { contents: "import { startWorker } from './worker.ts'; startWorker();", resolveDir: here },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      logLevel: 'silent',
    });
    for (const backend of BACKENDS) {
      const p = open(backend, { file: outfile, args: ['--role', 'worker'], execArgv: [] });
      const plan = planOf(toyModel(folders), toyData(folders), { what: call('confusion'), input: ALL });
      const outcome = await p.run({ kind: 'query', plan });
      expect(outcome.kind === 'query' && outcome.meta.provenance.backend).toBe(backend);
      await p.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('the web process reads the methods’ versions without loading TensorFlow', async () => {
  const script = `
    const { methodVersion } = await import('./client.ts');
    const { createRequire } = await import('node:module');
    const from = { kind: 'select', model: { kind: 'name', name: 'f' } };
    const right = { ...from, what: { kind: 'identity' }, using: { method: 'shapley', params: {} } };
    const changes = [{ kind: 'fgsm', epsilon: 1 }];
    const query = { ...from, what: { kind: 'identity' }, changes, join: { kind: 'join', query: right } };
    const loaded = Object.keys(createRequire(import.meta.url).cache).filter((f) => f.includes('tensorflow'));
    console.log(JSON.stringify({ version: methodVersion(query), loaded }));
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd: here },
  );
  expect(JSON.parse(stdout)).toEqual({
    // What it covers: both sides' methods, how changes are made, and what all of that stands on.
    version: expect.stringMatching(
      /^attribution@\d+ ig \d+ with@\d+, attribution@\d+ shapley \d+ engine@\d+$/,
    ),
    loaded: [],
  });
});
