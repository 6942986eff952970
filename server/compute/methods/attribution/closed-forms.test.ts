/** The methods on functions whose attributions are known on paper. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../../../core/errors/index.ts';
import { type Backend, loadBackend } from '../../backend/backend.ts';
import { seeded } from '../../numerics/random.ts';
import { BACKENDS } from '../../testing/engines.ts';
import { type GameSpec, gameOfFunction, quiet } from '../../testing/games.ts';
import type { Tf } from '../../tf.ts';
import type { Attribution } from './game.ts';
import { ATTRIBUTIONS, attributionMethod } from './index.ts';
import type { Parameters } from './parameters.ts';

type Name = Parameters_<typeof attributionMethod>;
type Parameters_<F> = F extends (name?: infer N) => unknown ? NonNullable<N> : never;

/** Rounding of float32 in some hundred operations. */
const ROUNDING = 5;

describe.each(BACKENDS)('on %s', (backendName) => {
  let backend: Backend;
  let tf: Tf;
  let tensors = 0;
  beforeAll(async () => {
    backend = await loadBackend(backendName);
    tf = backend.tf;
    tensors = tf.memory().numTensors;
  });
  afterAll(() => {
    expect(tf.memory().numTensors).toBe(tensors);
  });

  async function attribute(name: Name, spec: GameSpec, params: Parameters = {}): Promise<Attribution> {
    const game = gameOfFunction(tf, spec);
    try {
      return await attributionMethod(name).attribute(game, params, quiet);
    } finally {
      game.dispose();
    }
  }
  const numbers = async (...asked: [Name, GameSpec, Parameters?]) => [...(await attribute(...asked)).values];
  const close = (expected: readonly number[], digits = ROUNDING) =>
    expected.map((v) => expect.closeTo(v, digits));

  /** relu(3 x - 4 y) + x y z, with a kink and an interaction. */
  const kinked: GameSpec['target'] = (t, p) => {
    const [x, y, z] = t.split(p, 3, 1);
    return t.add(t.relu(t.sub(t.mul(3, x!), t.mul(4, y!))), t.mul(t.mul(x!, y!), z!));
  };

  test('gradient is the derivative, gradient_x_input that times the distance from the baseline', async () => {
    const spec = {
      target: kinked,
      x: [
        [2, 1, 3],
        [1, 2, -1],
      ],
      baseline: [1, 0, -1],
    };
    expect(await numbers('gradient', spec)).toEqual(close([6, 2, 2, -2, -1, 2]));
    expect(await numbers('gradient_x_input', spec)).toEqual(close([6, 2, 8, 0, -2, 0]));
  });

  test('ig of a polynomial is its integral: x y z splits evenly from zero', async () => {
    const target: GameSpec['target'] = (t, p) => t.prod(p, 1);
    const found = await numbers(
      'ig',
      {
        target,
        x: [
          [2, 3, 4],
          [1, -1, 5],
        ],
      },
      { steps: 200 },
    );
    expect(found).toEqual(close([8, 8, 8, -5 / 3, -5 / 3, -5 / 3], 3));
  });

  test('ig is complete for any number of steps that fit or do not fit a batch, with any baseline', async () => {
    const spec = {
      target: kinked,
      x: [
        [2, 1, 3],
        [5, -2, 1],
      ],
      baseline: [0.5, 0.25, -1],
    };
    // f(2,1,3) = 8, f(5,-2,1) = 13, f(baseline) = 0.5 - 0.125.
    for (const batch of [1, 7, 64, 1000]) {
      const v = await numbers('ig', { ...spec, batch }, { steps: 500 });
      expect(v[0]! + v[1]! + v[2]!).toBeCloseTo(8 - 0.375, 2);
      expect(v[3]! + v[4]! + v[5]!).toBeCloseTo(13 - 0.375, 2);
    }
  });

  test('smoothgrad of a linear function is its gradient, whatever the noise; the same seed gives the same numbers', async () => {
    const linear: GameSpec = { target: (t, p) => t.sum(t.mul(p, [[1, -2, 3]]), 1), x: [[4, 5, 6]] };
    expect(await numbers('smoothgrad', linear, { samples: 20, sd: 0.5, seed: 3 })).toEqual(close([1, -2, 3]));
    const curved: GameSpec = { target: (t, p) => t.sum(t.square(p), 1), x: [[0, 1, 4]], batch: 13 };
    const found = await numbers('smoothgrad', curved, { samples: 4000, sd: 0.1, seed: 3 });
    // Gradient 2 (x + noise); noise of sd 0.1 * (4 - 0), so a mean of 4000 is off by 2 * 0.4 / sqrt(4000) = 0.013.
    for (const [i, v] of found.entries()) expect(Math.abs(v - [0, 2, 8][i]!)).toBeLessThan(0.05);
    expect(
      await numbers('smoothgrad', { ...curved, batch: 5000 }, { samples: 4000, sd: 0.1, seed: 3 }),
    ).toEqual(close(found, 4));
    expect(await numbers('smoothgrad', curved, { samples: 4000, sd: 0.1, seed: 4 })).not.toEqual(
      close(found, 4),
    );
  });

  test('the noise of smoothgrad does not depend on the examples around', async () => {
    const target: GameSpec['target'] = (t, p) => t.sum(t.pow(p, 3), 1);
    const params = { samples: 10, sd: 0.2, seed: 1 };
    const rows = [
      [0, 1, 4],
      [2, 2, -3],
      [1, 7, 1],
    ];
    const together = await numbers('smoothgrad', { target, x: rows, batch: 25 }, params);
    const alone = await Promise.all(rows.map((row) => numbers('smoothgrad', { target, x: [row] }, params)));
    expect(together).toEqual(close(alone.flat(), 3));
  });

  test('occlusion of one pixel is the fall of the target when it alone is covered', async () => {
    const spec = { target: kinked, x: [[2, 1, 3]] };
    // f = 8; without x: 0, without y: 6, without z: 2.
    expect(await numbers('occlusion', spec)).toEqual(close([8, 2, 6]));
  });

  test('occlusion of a picture: the mean over the windows that cover a pixel, channels together', async () => {
    // The target is the top left pixel's first channel: two of the four 2x2 windows ... only one covers it.
    const target: GameSpec['target'] = (t, p) => t.slice(p, [0, 0], [-1, 1]);
    const x = [Array.from({ length: 18 }, (_, i) => (i === 0 ? 6 : 1))];
    const found = await numbers('occlusion', { target, x, shape: [3, 3, 2] }, { window: 2, stride: 1 });
    const [whole, half, quarter] = [6, 3, 1.5];
    const expected = [whole, half, 0, half, quarter, 0, 0, 0, 0].flatMap((v) => [v, v]);
    expect(found).toEqual(close(expected));
  });

  test('occlusion of feature maps covers one unit’s map at a time', async () => {
    const target: GameSpec['target'] = (t, p) => t.slice(p, [0, 0], [-1, 1]);
    const x = [Array.from({ length: 18 }, (_, i) => (i === 0 ? 6 : 1))];
    const spec = { target, x, shape: [3, 3, 2], unitsApart: true };
    const found = await numbers('occlusion', spec, { window: 3, stride: 1 });
    expect(found).toEqual(close(Array.from({ length: 18 }, (_, i) => (i % 2 === 0 ? 6 : 0))));
  });

  test('occlusion with a stride that does not divide the side covers every pixel all the same', async () => {
    const target: GameSpec['target'] = (t, p) => t.sum(p, 1);
    const x = [new Array<number>(25).fill(1)];
    const found = await numbers('occlusion', { target, x, shape: [5, 5, 1] }, { window: 2, stride: 2 });
    expect(Math.min(...found)).toBe(4);
  });

  test('gradcam is the maps times their mean gradients', async () => {
    // Two maps of 1x2 places; target = 3 a0 - a1 + 4 b0 (map a first place 3, second -1: mean 1; map b: mean 2).
    const target: GameSpec['target'] = (t, p) => t.sum(t.mul(p, [[3, 4, -1, 0]]), 1);
    const found = await numbers('gradcam', { target, x: [[5, 6, 7, 8]], shape: [1, 2, 2] });
    expect(found).toEqual(close([5, 12, 7, 16]));
  });

  test('exact_shapley of a product with a kink is what the three players’ eight subsets say', async () => {
    // v: x 6, xz 6, xy 2, xyz 8; all others 0.
    const found = await numbers('exact_shapley', { target: kinked, x: [[2, 1, 3]] });
    const expected = [
      (2 * 6 + 2 + 6 + 2 * 8) / 6,
      (2 * 0 + (2 - 6) + 0 + 2 * (8 - 6)) / 6,
      (2 * 0 + 0 + 0 + 2 * (8 - 2)) / 6,
    ];
    expect(found).toEqual(close(expected));
    expect(found.reduce((a, b) => a + b, 0)).toBeCloseTo(8, 5);
  });

  test('exact_shapley takes at most 16 features and says what to do with more', async () => {
    const spec: GameSpec = { target: (t, p) => t.sum(p, 1), x: [new Array<number>(17).fill(1)] };
    const refused = attribute('exact_shapley', spec);
    await expect(refused).rejects.toBeInstanceOf(UserError);
    await expect(refused).rejects.toThrow('at most 16 features; found 17');
    // Those that take no part do not count.
    const found = await numbers('exact_shapley', { ...spec, players: [3, 16] });
    expect(found).toEqual(close(Array.from({ length: 17 }, (_, i) => (i === 3 || i === 16 ? 1 : 0))));
  });

  describe('features that take no part', () => {
    const x = [
      [2, 0, 3],
      [1, 0, 4],
    ];
    test.each(ATTRIBUTIONS.map((m) => m.name))('%s gives them nothing', async (name) => {
      const found = await numbers(name, { target: kinked, x, players: [0, 2] });
      expect([found[1], found[4]]).toEqual([0, 0]);
      expect(found[0]).not.toBe(0);
    });
  });

  test.each(ATTRIBUTIONS.map((m) => m.name))(
    '%s of several examples is that of each, whatever the batch',
    async (name) => {
      const random = seeded(9);
      const rows = Array.from({ length: 5 }, () => Array.from({ length: 6 }, () => random.normal()));
      const target: GameSpec['target'] = (t, p) =>
        t.add(t.tanh(t.sum(p, 1)), t.prod(t.slice(p, [0, 1], [-1, 2]), 1));
      const params = { steps: 10, samples: 12, window: 1, sd: 0.1 };
      const alone = await Promise.all(rows.map((row) => numbers(name, { target, x: [row] }, params)));
      for (const batch of [1, 4, 500])
        expect(await numbers(name, { target, x: rows, batch }, params)).toEqual(close(alone.flat()));
    },
  );

  test.each(ATTRIBUTIONS.map((m) => m.name))(
    '%s tells progress up to its evaluations, stops when cancelled, and leaves no tensor',
    async (name) => {
      const game = gameOfFunction(tf, {
        target: kinked,
        x: [
          [2, 1, 3],
          [1, 2, 3],
        ],
        batch: 2,
      });
      const before = tf.memory().numTensors;
      const method = attributionMethod(name);
      const params = { steps: 10, samples: 10 };
      const heard: number[] = [];
      await method.attribute(game, params, { step: async (done) => void heard.push(done) });
      expect(heard.at(-1)).toBe(2 * method.evaluations(params, 3));
      expect(heard).toEqual([...heard].sort((a, b) => a - b));
      expect(game.asked()).toBe(heard.at(-1));
      const cancelled = method.attribute(game, params, {
        step: () => Promise.reject(new UserError('cancelled', 'enough')),
      });
      await expect(cancelled).rejects.toThrow('enough');
      expect(game.asked()).toBeLessThanOrEqual(heard.at(-1)! + 2);
      expect(tf.memory().numTensors).toBe(before);
      game.dispose();
    },
  );
});

test('every method says how to read it, and guided_backprop what it cannot say', () => {
  for (const method of ATTRIBUTIONS) expect(method.reading).toMatch(/^[A-Z].*\.$/);
  expect(attributionMethod('guided_backprop').reading).toContain('randomisation test');
});

test('a method that is not computed is refused by name', () => {
  expect(() => attributionMethod('lrp')).toThrow('lrp cannot be computed by this version');
});
