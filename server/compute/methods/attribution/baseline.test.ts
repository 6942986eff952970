import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blobPath, type DatasetManifest } from '../../../../core/artifacts/index.ts';
import type { Examples, Split } from '../../data/examples.ts';
import { splitOf, storeData, temporaryFolders } from '../../testing/fixtures.ts';
import { baselineRows } from './baseline.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const blobs = { read: (blob: string) => readFile(path.join(folders.blobs, blobPath(blob))) };
const split = (data: DatasetManifest): Promise<Split> => splitOf(data, blobs);
const rowsOf = async (found: Float32Array) => [...found];

/** Three pictures of 2 x 3 with one channel, stored as bytes of a scale of 10. */
const pictures = storeData(folders, {
  ...{ shape: [2, 3, 1], classes: [], scale: 10 },
  x: [0, 1, 2, 3, 4, 5, 10, 10, 10, 10, 10, 10, 2, 4, 6, 8, 10, 12],
});
let examples: Examples;
beforeAll(async () => {
  examples = { split: await split(pictures), indices: Int32Array.of(2, 0), address: 'p.test', single: false };
});
const asked = (baseline: string | number, of = examples) => baselineRows(baseline, of, () => split(pictures));
const close = (list: readonly number[]) => list.map((v) => expect.closeTo(v, 6));

test('a number, or zero, is the same for every feature of every example', async () => {
  expect(await rowsOf(await asked(0.25))).toEqual(Array.from({ length: 12 }, () => 0.25));
  expect(await rowsOf(await asked('zero'))).toEqual(Array.from({ length: 12 }, () => 0));
});

test('mean is that of each feature over the whole split, in the model’s units', async () => {
  const mean = [12, 15, 18, 21, 24, 27].map((sum) => sum / 30);
  expect(await rowsOf(await asked('mean'))).toEqual(close([...mean, ...mean]));
});

test('an example of the data set, written as its address', async () => {
  const row = [0, 1, 2, 3, 4, 5].map((v) => v / 10);
  expect(await rowsOf(await asked('p.test[0]'))).toEqual(close([...row, ...row]));
  await expect(asked('p.test[3]')).rejects.toThrow('no example 3 in test for the baseline: it has 3');
});

test('blurred is the example itself under a Gaussian: what is flat stays, what is not comes closer, rows and channels apart', async () => {
  const flat = await asked('blurred', { ...examples, indices: Int32Array.of(1) });
  expect(await rowsOf(flat)).toEqual(close([1, 1, 1, 1, 1, 1]));
  const [a = 0, b = 0, c = 0] = await asked('blurred');
  expect(a).toBeGreaterThan(0.2);
  expect(a).toBeLessThan(b);
  expect(b).toBeLessThan(c);
  // Two channels: one flat, one a spike, which must not leak over.
  const two = storeData(folders, {
    ...{ shape: [1, 8, 3], classes: [], scale: 1 },
    x: Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? 0.5 : i % 3 === 1 && i === 13 ? 1 : 0)),
  });
  const spiked = await asked('blurred', {
    ...examples,
    split: await split(two),
    indices: Int32Array.of(0),
  });
  const channel = (k: number) => [...spiked].filter((_, i) => i % 3 === k);
  expect(channel(0)).toEqual(close(channel(0).map(() => 0.5)));
  expect(channel(2)).toEqual(close(channel(2).map(() => 0)));
  // Sigma is an eighth of eight: the weights of a Gaussian of one, cut off at three.
  const weights = [-3, -2, -1, 0, 1, 2, 3].map((d) => Math.exp(-(d * d) / 2));
  const total = weights.reduce((sum, w) => sum + w, 0);
  const found = channel(1);
  for (const d of [-3, -2, -1, 0, 1, 2, 3])
    expect(found[4 + d]).toBeCloseTo((weights[d + 3] ?? 0) / total, 6);
});

test('changed inputs are what is blurred', async () => {
  const values = Float32Array.from({ length: 12 }, () => 0.7);
  expect(await rowsOf(await asked('blurred', { ...examples, values }))).toEqual(close([...values]));
});

test('rows of numbers cannot be blurred', async () => {
  const rows = storeData(folders, { shape: [3], classes: [], scale: 1, x: [1, 2, 3] });
  await expect(asked('blurred', { ...examples, split: await split(rows) })).rejects.toThrow(
    'a blurred baseline needs pictures; an example here has the shape [3]',
  );
});
