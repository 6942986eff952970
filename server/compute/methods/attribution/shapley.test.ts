/** The axioms of Shapley values, exact and sampled, and the sample's own account of its error. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Backend, loadBackend } from '../../backend/backend.ts';
import { seeded } from '../../numerics/random.ts';
import { BACKENDS } from '../../testing/engines.ts';
import { type GameSpec, gameOfFunction, quiet } from '../../testing/games.ts';
import type { Attribution } from './game.ts';
import { method as exactShapley } from './methods/exact-shapley.ts';
import { method as shapley } from './methods/shapley.ts';
import type { Parameters } from './parameters.ts';

const PLAYERS = 10;
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

/** A two-layer net with kinks and interactions; its weights are drawn by the seed. */
function net(seed: number): { target: GameSpec['target']; x: number[][] } {
  const random = seeded(seed);
  const draw = (count: number) => Array.from({ length: count }, () => random.normal());
  const [w, v] = [draw(PLAYERS * 8), draw(8)];
  return {
    x: [draw(PLAYERS)],
    target: (tf, p) =>
      tf.dot(tf.relu(tf.add(tf.matMul(p, tf.tensor2d(w, [PLAYERS, 8])), 0.3)), tf.tensor1d(v)),
  };
}

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });

  async function play(method: typeof shapley, spec: GameSpec, params: Parameters = {}): Promise<Attribution> {
    const game = gameOfFunction(backend.tf, { batch: 700, ...spec });
    try {
      return await method.attribute(game, params, quiet);
    } finally {
      game.dispose();
    }
  }
  const exact = async (spec: GameSpec) => (await play(exactShapley, spec)).values;
  function change({ target, x }: GameSpec): number {
    const { tf } = backend;
    return tf.tidy(() => {
      const ends = tf.tensor2d([...x[0]!, ...new Array<number>(x[0]!.length).fill(0)], [2, x[0]!.length]);
      const [full = 0, empty = 0] = target(tf, ends).dataSync();
      return full - empty;
    });
  }

  test('efficiency: the exact values sum to the change of the target', async () => {
    for (const seed of [1, 2, 3]) {
      const spec = net(seed);
      expect(Math.abs(sum(await exact(spec)) / change(spec) - 1)).toBeLessThan(1e-6);
    }
  });

  test('efficiency: those of any sample do too, as those of every single order do', async () => {
    for (const samples of [4, 11, 200]) {
      const { values } = await play(shapley, net(1), { samples, seed: 5 });
      expect(Math.abs(sum(values) / change(net(1)) - 1)).toBeLessThan(1e-5);
    }
  });

  test('dummy and symmetry: who changes nothing gets nothing, who are alike get the same', async () => {
    const { x } = net(4);
    x[0]![0] = x[0]![1] = 1.5;
    // Features 0 and 1 enter by their sum, 2 not at all.
    const target: GameSpec['target'] = (tf, p) => {
      const column = (i: number) => tf.slice(p, [0, i], [-1, 1]);
      const both = tf.add(column(0), column(1));
      return tf.add(tf.square(tf.add(both, column(3))), tf.relu(tf.mul(both, column(4))));
    };
    const values = await exact({ target, x });
    expect(values[0]).toBeCloseTo(values[1]!, 5);
    expect(values[0]).not.toBeCloseTo(values[3]!, 1);
    expect(values[2]).toBe(0);
    const sampled = await play(shapley, { target, x }, { samples: 50 });
    expect(sampled.values[2]).toBe(0);
    expect(sampled.standardError![2]).toBe(0);
    const apart = Math.abs(sampled.values[0]! - sampled.values[1]!);
    expect(apart).toBeLessThan(3 * Math.hypot(sampled.standardError![0]!, sampled.standardError![1]!));
  });

  test('linearity: values of a sum of games are the sums of their values', async () => {
    const [a, b] = [net(6), net(7)];
    const both: GameSpec = { target: (tf, p) => tf.add(tf.mul(2, a.target(tf, p)), b.target(tf, p)), x: a.x };
    const [of2a, ofB, ofBoth] = [await exact(a), await exact({ ...b, x: a.x }), await exact(both)];
    ofBoth.forEach((v, i) => {
      expect(v).toBeCloseTo(2 * of2a[i]! + ofB[i]!, 4);
    });
    const params = { samples: 20, seed: 2 };
    const sampled = await Promise.all([a, { ...b, x: a.x }, both].map((spec) => play(shapley, spec, params)));
    sampled[2]!.values.forEach((v, i) => {
      expect(v).toBeCloseTo(2 * sampled[0]!.values[i]! + sampled[1]!.values[i]!, 4);
    });
  });

  test('a sample is within three standard errors of the exact values, nearly always and not too easily', async () => {
    let [inside3, inside1, all] = [0, 0, 0];
    for (let seed = 1; seed <= 30; seed++) {
      const spec = net(seed);
      const truth = await exact(spec);
      const { values, standardError } = await play(shapley, spec, { samples: 60, seed });
      values.forEach((v, i) => {
        const errors = Math.abs(v - truth[i]!) / Math.max(1e-6, standardError![i]!);
        all++;
        if (errors <= 3) inside3++;
        if (errors <= 1) inside1++;
      });
    }
    // Of a normal error 99.7 % are within three, 68 % within one; thirty pairs estimate the error itself to 13 %.
    expect(inside3 / all).toBeGreaterThan(0.98);
    expect(inside1 / all).toBeGreaterThan(0.6);
    expect(inside1 / all).toBeLessThan(0.78);
  });

  test('the standard error shrinks as one over the root of the sample', async () => {
    const of = async (samples: number) => {
      const { standardError } = await play(shapley, net(8), { samples, seed: 1 });
      return Math.sqrt(sum(standardError!.map((e) => e * e)));
    };
    const [few, many] = [await of(100), await of(1600)];
    expect(few / many).toBeGreaterThan(4 * 0.8);
    expect(few / many).toBeLessThan(4 * 1.25);
  });

  test('a seed fixes the sample; memory is bounded by the batch, which changes nothing', async () => {
    const params = { samples: 40, seed: 9 };
    const { values } = await play(shapley, net(9), params);
    for (const batch of [1, 17, 5000]) {
      const other = await play(shapley, { ...net(9), batch }, params);
      other.values.forEach((v, i) => {
        expect(v).toBeCloseTo(values[i]!, 5);
      });
    }
    const different = await play(shapley, net(9), { ...params, seed: 10 });
    expect([...different.values]).not.toEqual([...values]);
  });
});
