/** Gradients by the places that are sampled: differences of its own forward passes, on both backends. */

import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, loadBackend } from '../../backend/backend.ts';
import { BACKENDS } from '../../testing/engines.ts';
import { runOne } from '../testing/one.ts';

/** Off the places of the picture, between which the function is smooth, within and outside of it. */
const PLACES = [-0.83, 0.31, 0.22, -0.57, 0.71, 0.94, -1.4, 0.13, 1.62, -1.27, 0.05, 0.44];
const STEP = 2 ** -9;

describe.each(BACKENDS)('GridSample on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });

  const kinds = ['linear', 'cubic', 'nearest'].flatMap((mode) =>
    ['zeros', 'border', 'reflection'].flatMap((padding_mode) =>
      [0, 1].map((align_corners) => ({ mode, padding_mode, align_corners })),
    ),
  );
  it.each(kinds)('$mode, $padding_mode, corners $align_corners', (attributes) => {
    const { tf } = backend;
    tf.tidy(() => {
      const x = tf.tensor4d(
        Array.from({ length: 2 * 5 * 4 }, (_, i) => Math.sin(1.7 * i)),
        [1, 2, 5, 4],
      );
      const weights = tf.tensor1d(PLACES.map((_, i) => Math.cos(2.3 * i)));
      const total = (places: Tensor) => {
        const made = runOne(tf, 'GridSample', [x, tf.reshape(places, [1, 3, 2, 2])], { attributes });
        // What is the nearest does not move with the places, which are then not used at all.
        const none = tf.mul(tf.sum(places), 0);
        return tf.add(tf.sum(tf.mul(tf.reshape(made, [-1]), weights)), none).asScalar();
      };
      const found = tf.grad(total)(tf.tensor1d(PLACES)).dataSync();
      const moved = (at: number, by: number) =>
        total(tf.tensor1d(PLACES.map((place, i) => (i === at ? place + by : place)))).dataSync()[0] ?? 0;
      const expected = PLACES.map((_, at) => (moved(at, STEP) - moved(at, -STEP)) / (2 * STEP));
      expected.forEach((slope, at) => {
        expect(Math.abs((found[at] ?? 0) - slope), `place ${at}: ${found[at]}, ${slope}`).toBeLessThan(3e-3);
      });
      if (attributes.mode === 'linear') expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1);
    });
  });
});
