import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Operand, Predicate } from '../../../core/address/types.ts';
import type { Query } from '../../../core/algebra/index.ts';
import { rankedRecordSchema } from '../../../core/result/index.ts';
import { type Backend, loadBackend } from '../backend/backend.ts';
import type { Engine } from '../engine/engine.ts';
import { dense, rowsOf, what } from '../testing/analysis.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { ALL, planOf, storeModel, temporaryFolders } from '../testing/fixtures.ts';
import { random } from '../testing/toy.ts';
import { ExactSearch } from './search.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

interface Case {
  readonly n: number;
  readonly d: number;
  readonly x: Float32Array;
}
const caseOf = (n: number, d: number, of: (i: number, c: number, u: () => number) => number): Case => {
  const next = random(n + d);
  return { n, d, x: Float32Array.from({ length: n * d }, (_, at) => of(Math.floor(at / d), at % d, next)) };
};
/** Where products in float32 cannot tell which rows are near. */
const CASES: Readonly<Record<string, Case>> = {
  'one cluster': caseOf(300, 16, (_, _c, u) => u()),
  'two far clusters': caseOf(600, 64, (i, _, u) => (i % 2) * 10_000 + u()),
  'very far clusters': caseOf(200, 8, (i, _, u) => (i % 3) * 1e7 + Math.floor(u() * 50)),
  'a table with a column of another scale': caseOf(569, 30, (_, c, u) => u() ** 3 * 10 ** ((c % 7) - 2)),
  'an identity number beside small features': caseOf(250, 5, (i, c, u) =>
    c === 0 ? Math.floor(i / 25) * 1e9 : u(),
  ),
  'values of 1e-25': caseOf(200, 12, (_, _c, u) => u() * 1e-25),
  'values of 1e-40': caseOf(200, 4, (_, _c, u) => u() * 1e-40),
  'values of 1e30': caseOf(200, 12, (_, _c, u) => (u() - 0.5) * 1e30),
  'values to the ends of float32': caseOf(100, 3, (_, _c, u) => (u() - 0.5) * 6.8e38),
  'equal rows and equal distances': caseOf(240, 2, (i, c) => (c === 0 ? i % 12 : Math.floor(i / 12) % 5)),
  'all rows equal': caseOf(30, 4, () => 0.1),
  'one feature': caseOf(150, 1, (_, _c, u) => Math.floor(u() * 60)),
};

/** scikit-learn's brute force: every pair in float64, ties by the lower row. */
function brute({ n, d, x }: Case, k: number): { indices: number[]; distances: number[] } {
  const indices: number[] = [];
  const distances: number[] = [];
  for (let i = 0; i < n; i++) {
    const all = Array.from({ length: n }, (_, j) => {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += (x[i * d + c]! - x[j * d + c]!) ** 2;
      return { j, square: sum };
    });
    const near = all
      .filter(({ j }) => j !== i)
      .sort((a, b) => a.square - b.square || a.j - b.j)
      .slice(0, k);
    indices.push(...near.map(({ j }) => j));
    distances.push(...near.map(({ square }) => Math.fround(Math.sqrt(square))));
  }
  return { indices, distances };
}

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  let engine: Engine;
  beforeAll(async () => {
    backend = await loadBackend(name);
    engine = await engineOn(name, folders);
  });
  afterAll(() => engine.dispose());

  test.each(Object.keys(CASES))('law: exact neighbours of %s are those of brute force in float64', (key) => {
    const found = CASES[key]!;
    const { n, d, x } = found;
    const before = backend.tf.memory().numTensors;
    for (const k of [1, 7]) {
      const search = new ExactSearch(backend.tf, x, n, d);
      const indices = new Int32Array(n * k);
      const distances = new Float32Array(n * k);
      for (let from = 0; from < n; from += 128) {
        const to = Math.min(n, from + 128);
        const self = Int32Array.from({ length: to - from }, (_, i) => from + i);
        search.block(x.subarray(from * d, to * d), self, k, indices, distances, from);
      }
      search.dispose();
      const truth = brute(found, k);
      expect([...indices]).toEqual(truth.indices);
      expect([...distances]).toEqual(truth.distances);
    }
    expect(backend.tf.memory().numTensors).toBe(before);
  });

  test.each([
    'one cluster',
    'two far clusters',
    'very far clusters',
    'an identity number beside small features',
  ])('products leave out most rows of %s', (key) => {
    const { n, d, x } = CASES[key]!;
    const search = new ExactSearch(backend.tf, x, n, d);
    const self = Int32Array.from({ length: n }, (_, i) => i);
    search.block(x, self, 5, new Int32Array(n * 5), new Float32Array(n * 5), 0);
    search.dispose();
    expect(search.measured / d / n).toBeLessThan(10);
  });

  test('a query far out of the pool’s range, and fewer rows than neighbours asked for', () => {
    const pool = Float32Array.of(0, 1, 3);
    const search = new ExactSearch(backend.tf, pool, 3, 1);
    const indices = new Int32Array(8);
    const distances = new Float32Array(8);
    search.block(Float32Array.of(3e38, 1), Int32Array.of(-1, 1), 4, indices, distances, 0);
    search.dispose();
    expect([...indices]).toEqual([0, 1, 2, -1, 0, 2, -1, -1]);
    expect([...distances.subarray(4)]).toEqual([1, 2, Number.NaN, Number.NaN]);
  });

  const same = (d: number) =>
    storeModel(
      folders,
      [d],
      [{ type: 'Activation', name: 'same', config: { activation: 'linear' }, output: [d] }],
    );

  test.each(['two far clusters', 'a table with a column of another scale'])(
    'neighbours() and agreement() of a slice: all true neighbours of %s',
    async (key) => {
      const { n, d, x } = CASES[key]!;
      const y = Array.from({ length: n }, (_, i) => i % 3);
      const data = rowsOf(folders, [...x], d, y, ['a', 'b', 'c']);
      const truth = brute(CASES[key]!, 10);
      const { meta, tensors } = await ask(
        engine,
        planOf(same(d), data, { what: what('neighbours', 'same', 10), input: ALL }),
      );
      expect([...tensors.neighbours!.data]).toEqual(truth.indices);
      expect(rankedRecordSchema.parse(meta.record).recall).toBeUndefined();
      expect(meta.warnings).toEqual([]);
      const share = y.map(
        (c, i) => truth.indices.slice(i * 10, i * 10 + 10).filter((j) => y[j] === c).length,
      );
      const odd: Predicate = {
        op: '<=',
        left: { kind: 'agreement', layer: 'same', k: 10 },
        right: { kind: 'number', value: 0.2 },
      };
      const chosen = await ask(
        engine,
        planOf(same(d), data, {
          what: what('neighbours', 'same', 10),
          input: { kind: 'slice', dataset: 'toy', split: 'test', where: odd },
        }),
      );
      expect([...chosen.tensors.index!.data]).toEqual(share.flatMap((s, i) => (s <= 2 ? [i] : [])));
    },
  );

  test('distance(l, x) = 0 finds x and what equals it, whatever batch they are in; so does neighbours() of x', async () => {
    const next = random(5);
    const [n, d, units] = [700, 37, 19];
    const x = Array.from({ length: n * d }, () => Math.fround(next() * 2 - 1));
    // Rows 3, 300 and 699 are the same, in a first, a second and a last, smaller batch.
    for (const row of [300, 699]) for (let c = 0; c < d; c++) x[row * d + c] = x[3 * d + c]!;
    const data = rowsOf(folders, x, d);
    const kernel = Array.from({ length: d * units }, () => Math.fround(next() * 2 - 1));
    const model = storeModel(folders, [d], [dense('d1', [d, units], kernel, 'relu')]);
    for (const index of [3, 257, 699]) {
      const to = { kind: 'example', dataset: 'toy', split: 'test', index } as const;
      const distance: Operand = { kind: 'distance', layer: 'd1', to };
      const zero: Predicate = { op: '=', left: distance, right: { kind: 'number', value: 0 } };
      const input: Query['input'] = { kind: 'slice', dataset: 'toy', split: 'test', where: zero };
      const { tensors } = await ask(
        engine,
        planOf(model, data, { what: what('neighbours', 'd1', 2), input }),
      );
      const found = [...(tensors.index ?? tensors.value)!.data];
      expect(found).toContain(index);
    }
    const near = await ask(
      engine,
      planOf(model, data, {
        what: what('neighbours', 'd1', 2),
        input: { kind: 'example', dataset: 'toy', split: 'test', index: 3 },
      }),
    );
    expect([...near.tensors.index!.data].sort((a, b) => a - b)).toEqual([300, 699]);
  });

  test('values that are not finite: no neighbour and nobody’s, said with the place', async () => {
    const x = [0, 0, 1, 0, 2, 0, Number.NaN, 0, 4, 0, 30, 1];
    const data = rowsOf(folders, x, 2, [0, 0, 0, 1, 1, 1], ['a', 'b']);
    const plan = (query: Partial<Query>) =>
      planOf(same(2), data, { what: what('neighbours', 'same', 2), input: ALL, ...query });
    const origin = 'The input itself holds NaN: toy.test[3], feature 0.';
    const { meta, tensors } = await ask(engine, plan({}));
    expect([...tensors.neighbours!.data]).toEqual([1, 2, 0, 2, 1, 0, -1, -1, 2, 1, 4, 2]);
    expect([...tensors.agreement!.data]).toEqual([1, 1, 1, Number.NaN, 0, 0.5]);
    expect([...tensors.distance!.data.slice(6, 8)]).toEqual([Number.NaN, Number.NaN]);
    expect(meta.warnings[0]).toBe(
      `1 of 6 examples are answered by same with a value that is not finite; they have no neighbours and are nobody’s. ${origin}`,
    );
    const one = (index: number) =>
      ask(engine, plan({ input: { kind: 'example', dataset: 'toy', split: 'test', index } }));
    const near = await one(0);
    expect([...near.tensors.index!.data]).toEqual([1, 2]);
    expect(near.meta.warnings).toContain(
      `1 of 6 examples are answered by same with a value that is not finite; they are nobody’s neighbours. ${origin}`,
    );
    await expect(one(3)).rejects.toThrow(
      `toy.test[3] has no neighbours, since same answers it with a value that is not finite. ${origin}`,
    );
    const none = rowsOf(folders, new Array<number>(6).fill(Number.NaN), 2, [0, 0, 1], ['a', 'b']);
    await expect(
      ask(engine, planOf(same(2), none, { what: what('neighbours', 'same', 2), input: ALL })),
    ).rejects.toThrow(
      'same puts out a value that is not finite for every example of toy.test, so that none is near to another. The input itself holds NaN: toy.test[0], feature 0.',
    );
    const unit: Predicate = {
      op: '<',
      left: { kind: 'activation', layer: 'same', unit: 0 },
      right: { kind: 'number', value: 20 },
    };
    const below = await ask(
      engine,
      plan({ input: { kind: 'slice', dataset: 'toy', split: 'test', where: unit } }),
    );
    expect([...below.tensors.index!.data]).toEqual([0, 1, 2, 4]);
    expect(below.meta.warnings).toContain(
      `same#0 is not finite for 1 of 6 examples; no condition on it holds for them but !=, and an order puts them last. ${origin}`,
    );
  });
});
