/** Programs of torch.export (goldens/make.py): outputs as PyTorch computes them, and scopes as its modules lie. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors } from '../../../../core/result/index.ts';
import { type Backend, loadBackend } from '../../backend/backend.ts';
import { BACKENDS } from '../../testing/engines.ts';
import { temporaryFolders } from '../../testing/fixtures.ts';
import { importGolden, loadStored } from '../../testing/goldens.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const here = path.join(import.meta.dirname, 'goldens');
const names = readdirSync(here).flatMap((file) => /^(.+)\.pt2$/.exec(file)?.[1] ?? []);
/** Of the largest number of a tensor. */
const TOLERANCE = 1e-5;

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });

  test.each(names)('%s', async (model) => {
    const { tf } = backend;
    const { tensors } = decodeSafetensors(readFileSync(path.join(here, `${model}.safetensors`)));
    const stored = await importGolden(path.join(here, `${model}.pt2`), backend, folders);
    const { graph, warnings, operators } = stored.manifest;
    expect(warnings).toEqual([]);
    expect(operators?.batch).toBeNull();
    const before = tf.memory().numTensors;
    const loaded = await loadStored(backend, stored, folders);
    tf.tidy(() => {
      const { data, shape } = tensors['inputs.0']!;
      const x = tf.tensor(Float32Array.from(data), [...shape]);
      const given = x.rank === 4 ? x.transpose([0, 2, 3, 1]) : x;
      const found = loaded.program.run(() => given, graph.outputs);
      for (const [at, output] of found.entries()) {
        const expected = tensors[`outputs.${at}`]!;
        // Units are shown last.
        const turned =
          output.rank === 4 && String(output.shape) !== String(expected.shape)
            ? output.transpose([0, 3, 1, 2])
            : output;
        expect(turned.shape, `output ${at}`).toEqual(expected.shape);
        const values = turned.dataSync();
        const numbers = Array.from(expected.data);
        const worst = Math.max(...numbers.map((value, i) => Math.abs(value - (values[i] ?? Number.NaN))));
        expect(worst / Math.max(...numbers.map(Math.abs)), `output ${at}`).toBeLessThan(TOLERANCE);
      }
    });
    loaded.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('layers lie where their modules do, with their weights', async () => {
    const { manifest } = await importGolden(path.join(here, 'picture.pt2'), backend, folders);
    const convolution = manifest.graph.layers.find(({ name: layer }) => layer === 'blocks.0/conv1/Conv');
    expect(convolution).toMatchObject({ type: 'Conv', units: 4, maps: true });
    expect(convolution?.config.container).toBe('blocks.0/conv1');
    expect(manifest.graph.params).toBe(
      // stem, and twice conv1, bn1 with its averages, conv2; head
      3 * 4 * 9 + 4 + 2 * (4 * 4 * 9 + 4 * 4 + 2 * 4 * 9 + 4) + 4 * 3 + 3,
    );
  });
});
