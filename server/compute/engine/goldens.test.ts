/** Every layer's activation against Keras's, from goldens/make_activations.py. */
import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blobPath } from '../../../core/artifacts/index.ts';
import { decodeSafetensors } from '../../../core/result/index.ts';
import { type Backend, loadBackend } from '../backend/backend.ts';
import { importModel } from '../formats/index.ts';
import { loadModel } from '../network/model.ts';
import { BACKENDS } from '../testing/engines.ts';
import { type StoredModel, temporaryFolders } from '../testing/fixtures.ts';

const here = path.join(import.meta.dirname, '..', 'goldens');
const folders = temporaryFolders();
afterAll(() => folders.remove());

/**
 * float32 rounds at 6e-8 of a value; sums of some hundred products of about one, in another order, part by up to 1e-6,
 * and a few layers on top of each other carry that on.
 */
const TOLERANCE = 1e-5;

async function imported(name: string, { tf }: Backend): Promise<StoredModel> {
  const file = path.join(here, `${name}.keras`);
  const { manifest, weights } = await importModel(
    [{ name: `${name}.keras`, path: file, bytes: statSync(file).size }],
    { tf, spool: folders.spool },
  );
  const tensors = weights.map((w) => ({
    name: w.name,
    shape: [...w.shape],
    blob: folders.put(readFileSync(w.file)),
  }));
  return { manifest, checkpoint: { hash: '', tensors } };
}

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });

  test.each(['convolutional', 'branched', 'recurrent'])(
    'every layer of the %s network is Keras’s',
    async (network) => {
      const { tf } = backend;
      const before = tf.memory().numTensors;
      const { tensors, metadata } = decodeSafetensors(
        readFileSync(path.join(here, `${network}.safetensors`)),
      );
      expect(metadata).toHaveProperty('keras');
      const { manifest, checkpoint } = await imported(network, backend);
      const loaded = await loadModel(tf, manifest, checkpoint, {
        read: (blob) => readFile(path.join(folders.blobs, blobPath(blob))),
      });
      const { input, ...layers } = tensors;
      const names = Object.keys(layers);
      const found = tf.tidy(() =>
        loaded
          .outputsOf(() => tf.tensor(Float32Array.from(input!.data), [...input!.shape]), names)
          .map((t) => ({ shape: t.shape, data: t.dataSync() })),
      );
      expect(manifest.graph.layers.map((l) => l.name)).toEqual(expect.arrayContaining(names));
      for (const [i, layer] of names.entries()) {
        const expected = layers[layer]!;
        expect(found[i]!.shape, layer).toEqual(expected.shape);
        const values = [...expected.data];
        const worst = Math.max(...values.map((v, at) => Math.abs(v - found[i]!.data[at]!)));
        expect(worst, layer).toBeLessThan(TOLERANCE);
        // A layer of zeros would prove nothing.
        expect(
          values.some((v) => Math.abs(v) > 0.05),
          layer,
        ).toBe(true);
      }
      loaded.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
