/** What happens where exact searches and whole layers no longer fit. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, loadBackend } from '../backend/backend.ts';
import type { Examples } from '../data/examples.ts';
import type { LoadedModel } from '../network/model.ts';
import { loadModel } from '../network/model.ts';
import { blobsOf } from '../testing/engines.ts';
import { call, planOf, splitOf, temporaryFolders } from '../testing/fixtures.ts';
import { COUNT, toyData, toyModel } from '../testing/toy.ts';
import { type LayerGroup, linearCka, mostExamples } from './cka.ts';
import { nearest } from './nearest.ts';

const folders = temporaryFolders();
const model = toyModel(folders);
const data = toyData(folders);
const plan = planOf(model, data, { what: call('neighbours', 'conv') });
let backend: Backend;
let loaded: LoadedModel;
let whole: Examples;

beforeAll(async () => {
  backend = await loadBackend('wasm');
  const blobs = blobsOf(folders);
  loaded = await loadModel(backend.tf, model.manifest, model.checkpoint, blobs);
  const split = await splitOf(data, blobs);
  const indices = Int32Array.from({ length: split.size }, (_, i) => i);
  whole = { split, indices, address: 'toy.test', single: false };
});
afterAll(async () => {
  loaded.dispose();
  await folders.remove();
});
const pace = () => ({
  tf: backend.tf,
  signal: new AbortController().signal,
  progress: () => undefined,
  plan,
});

test('beyond the cost of an exact search NN-descent finds nearly all neighbours, and a warning says so', async () => {
  const k = 10;
  const exact = await nearest(pace(), loaded, 'conv', whole, whole, k);
  const found = await nearest(pace(), loaded, 'conv', whole, whole, k, {
    numbers: 2 ** 26,
    cost: 0,
    measured: 1e12,
  });
  expect(exact.warnings).toEqual([]);
  expect(found.warnings.join()).toContain('NN-descent');
  let common = 0;
  for (let i = 0; i < COUNT; i++) {
    const near = new Set(exact.indices.subarray(i * k, (i + 1) * k));
    for (const j of found.indices.subarray(i * k, (i + 1) * k)) if (near.has(j)) common++;
  }
  expect(common / (COUNT * k)).toBeGreaterThan(0.95);
});

test('a pool that does not fit is thinned evenly, and every example still gets neighbours', async () => {
  const found = await nearest(pace(), loaded, 'conv', whole, whole, 4, {
    numbers: 2 * 27 * 100,
    cost: 1e12,
    measured: 1e12,
  });
  expect(found.warnings.join()).toContain('among 100 of 600 examples');
  expect(found.indices.every((j, at) => j % 6 === 0 && j !== Math.floor(at / 4))).toBe(true);
  expect(found.distances.every(Number.isFinite)).toBe(true);
});

test('CKA is the same where layers are cut into several passes', async () => {
  const group: LayerGroup = {
    manifest: model.manifest,
    examples: { ...whole, indices: whole.indices.slice(0, 20) },
    layers: [
      { name: 'input', features: 16 },
      { name: 'conv', features: 27 },
      { name: 'out', features: 3 },
    ],
    load: async () => loaded,
  };
  const before = backend.tf.memory().numTensors;
  const atOnce = await linearCka(pace(), [group]);
  const cut = await linearCka(pace(), [group], 20 * 5);
  expect(backend.tf.memory().numTensors).toBe(before);
  atOnce.values.forEach((value, at) => {
    expect(cut.values[at]).toBeCloseTo(value, 5);
  });
});

test('as many examples are compared as their Gram matrices fit, 2,000 at most', () => {
  expect(mostExamples([64, 1024, 10])).toBe(2000);
  const many = mostExamples(new Array<number>(400).fill(100));
  expect(many ** 2 * 400).toBeLessThanOrEqual(2 ** 27);
  expect(mostExamples([3_000_000])).toBeLessThan(400);
});
