/**
 * Gradients at corners and ties, from every layer of small networks on, against TensorFlow's own in float64
 * (goldens/make_corners.py): where several slopes are as good as each other, ours are the ones that TensorFlow gives.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors } from '../../../core/result/index.ts';
import { type Backend, loadBackend } from '../backend/backend.ts';
import { gradientOf } from '../network/gradients.ts';
import type { LoadedModel } from '../network/model.ts';
import { BACKENDS } from '../testing/engines.ts';
import { temporaryFolders } from '../testing/fixtures.ts';
import { importGolden, loadStored } from '../testing/goldens.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const here = path.join(import.meta.dirname, '..', 'goldens');

/** Share of the largest number of a gradient: float32 rounds at 6e-8 of the terms of sums. */
const TOLERANCE = 2e-5;
/** Where a softmax is saturated, what is left of 1 is known to float32's rounding of 1, times weights of up to 1. */
const SLOPE_FLOOR = 2e-7;
/** A score is a sum of up to a hundred terms of about 1, which may cancel. */
const SCORE_FLOOR = 2e-6;
const EXAMPLES = ['random', 'tied', 'zero', 'large'];

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });

  describe.each(['row', 'sequence', 'picture', 'volume'])('layers of a %s', (kind) => {
    const file = path.join(here, `corners_${kind}`);
    const { tensors } = decodeSafetensors(readFileSync(`${file}.safetensors`));
    const { input, ...slopes } = tensors;
    const branches = [...new Set(Object.keys(slopes).map((key) => key.split('/')[0] ?? ''))];
    let loaded: LoadedModel;
    beforeAll(async () => {
      loaded = await loadStored(backend, await importGolden(`${file}.keras`, backend, folders), folders);
    });
    afterAll(() => loaded.dispose());

    test.each(branches)('%s', (score) => {
      const { tf } = backend;
      const held = tf.memory().numTensors;
      const x = tf.tensor(Float32Array.from(input?.data ?? []), [...(input?.shape ?? [])]);
      for (const [key, expected] of Object.entries(slopes)) {
        const [branch, place = ''] = key.split('/');
        if (branch !== score) continue;
        const found = tf.tidy(() => {
          if (place === '') return loaded.program.run(() => x, [score])[0]?.dataSync() ?? [];
          const [at = x] = loaded.program.run(() => x, [place]);
          return gradientOf(
            tf,
            (p) => loaded.program.run(() => x, [score], { given: new Map([[place, p]]) })[0] ?? p,
            at,
          ).dataSync();
        });
        expect(found.length).toBe(expected.data.length);
        const width = found.length / EXAMPLES.length;
        const floor = place === '' ? SCORE_FLOOR : SLOPE_FLOOR;
        for (const [i, example] of EXAMPLES.entries()) {
          let [worst, largest] = [0, 0];
          for (let at = i * width; at < (i + 1) * width; at++) {
            const [own = Number.NaN, other = 0] = [found[at], expected.data[at]];
            worst = Math.max(worst, Number.isNaN(own) ? Number.POSITIVE_INFINITY : Math.abs(own - other));
            largest = Math.max(largest, Math.abs(other));
          }
          expect(worst, `${place || 'score'}, ${example}`).toBeLessThanOrEqual(TOLERANCE * largest + floor);
        }
      }
      x.dispose();
      expect(tf.memory().numTensors).toBe(held);
    });
  });
});
