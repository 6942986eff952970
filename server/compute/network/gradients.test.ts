/**
 * Gradients of small networks of every supported layer type against central finite differences that Keras took in
 * float64 (goldens/make_gradients.py): another implementation, in another precision, without automatic differentiation.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors } from '../../../core/result/index.ts';
import { type Backend, loadBackend } from '../backend/backend.ts';
import { BACKENDS } from '../testing/engines.ts';
import { temporaryFolders } from '../testing/fixtures.ts';
import { importGolden, loadStored } from '../testing/goldens.ts';
import { gradientOf } from './gradients.ts';
import { graphOfLayers } from './layers/graph.ts';
import type { LoadedModel } from './model.ts';
import { Program } from './program.ts';
import { MODEL_OUTPUT } from './taps.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const here = path.join(import.meta.dirname, '..', 'goldens');

/** float32 rounds at 6e-8 of the largest terms of a sum; a dozen layers and sums of a hundred carry that to this share. */
const TOLERANCE = 2e-5;

const KINDS = ['row', 'sequence', 'masked', 'picture', 'volume'];

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });

  test('ThresholdedReLU, which Keras 3 has no more, in closed form', () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const model = tf.sequential({ layers: [tf.layers.thresholdedReLU({ theta: 0.5, inputShape: [4] })] });
    const program = new Program(tf, graphOfLayers(tf, model));
    const slope = tf.tidy(() => [
      ...gradientOf(
        tf,
        (p) => program.run(() => p, [MODEL_OUTPUT])[0] ?? p,
        tf.tensor2d([[-1, 0.2, 0.6, 3]]),
      ).dataSync(),
    ]);
    expect(slope).toEqual([0, 0, 1, 1]);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  describe.each(KINDS)('layers of a %s', (kind) => {
    const file = path.join(here, `gradients_${kind}`);
    const { tensors } = decodeSafetensors(readFileSync(`${file}.safetensors`));
    const { input, ...scores } = tensors;
    let loaded: LoadedModel;
    let before = 0;
    beforeAll(async () => {
      const stored = await importGolden(`${file}.keras`, backend, folders);
      before = backend.tf.memory().numTensors;
      loaded = await loadStored(backend, stored, folders);
    });
    afterAll(() => {
      loaded.dispose();
      expect(backend.tf.memory().numTensors).toBe(before);
    });

    test.each(Object.keys(scores))('%s', (score) => {
      const { tf } = backend;
      const held = tf.memory().numTensors;
      const expected = scores[score]?.data ?? [];
      const found = tf.tidy(() => {
        const x = tf.tensor(Float32Array.from(input?.data ?? []), [1, ...(input?.shape ?? [])]);
        return tf
          .grad((p) => tf.sum(loaded.program.run(() => p, [score])[0] ?? p))(x)
          .dataSync();
      });
      const largest = Math.max(...[...expected].filter((v) => !Number.isNaN(v)).map(Math.abs));
      expect(found.length).toBe(expected.length);
      let worst = 0;
      for (const [i, value] of expected.entries())
        if (!Number.isNaN(value)) worst = Math.max(worst, Math.abs(value - (found[i] ?? Number.NaN)));
      expect(worst / largest).toBeLessThan(TOLERANCE);
      expect(tf.memory().numTensors).toBe(held);
    });
  });
});
