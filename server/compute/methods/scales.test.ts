/** The numbers of the analyses at scales where float32 has no room for a square, on a layer that puts out its input. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Query } from '../../../core/algebra/index.ts';
import { histogramRecordSchema } from '../../../core/result/index.ts';
import type { Engine } from '../engine/engine.ts';
import { dense, rowsOf } from '../testing/analysis.ts';
import { type Answered, ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { ALL, call, planOf, storeModel, temporaryFolders } from '../testing/fixtures.ts';
import { random } from '../testing/toy.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

const [N, D] = [60, 4];
const next = random(21);
const base = Array.from({ length: N * D }, () => Math.fround(next() ** 2 * 2 - 0.5));
const y = Array.from({ length: N }, (_, i) => i % 3);
const model = storeModel(
  folders,
  [D],
  [
    { type: 'Activation', name: 'same', config: { activation: 'linear' }, output: [D] },
    dense(
      'mixed',
      [D, 3],
      Array.from({ length: D * 3 }, () => Math.fround(next() - 0.5)),
      'linear',
    ),
  ],
);
const dataOf = (x: readonly number[]) => rowsOf(folders, x, D, y, ['a', 'b', 'c']);
/** Powers of two near 1e-25, 1e-10, 1e18 and 1e37: what scales by them keeps its digits. */
const EXPONENTS = [-83, -33, 60, 123];

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());
  const asked = (what: Query['what'], x: readonly number[], rest: Partial<Query> = {}): Promise<Answered> =>
    ask(engine, planOf(model, dataOf(x), { what, input: ALL, ...rest }));
  const tensor = ({ tensors }: Answered, name: string, factor = 1) =>
    Array.from(tensors[name]!.data, (v) => v / factor);

  test.each(EXPONENTS)('law: scaled by 2^%i, every answer scales with its input', async (exponent) => {
    const factor = 2 ** exponent;
    const scaled = base.map((v) => v * factor);
    const [stats, wide] = [
      await asked(call('stats', 'same'), base),
      await asked(call('stats', 'same'), scaled),
    ];
    for (const name of ['mean', 'sd', 'min', 'max'])
      expect([name, ...tensor(wide, name, factor)]).toEqual([name, ...tensor(stats, name)]);
    expect(tensor(wide, 'skew')).toEqual(tensor(stats, 'skew'));
    const [few, many] = [
      await asked(call('histogram', 'same'), base),
      await asked(call('histogram', 'same'), scaled),
    ];
    expect(tensor(many, 'counts')).toEqual(tensor(few, 'counts'));
    expect(tensor(many, 'edges', factor)).toEqual(tensor(few, 'edges'));
    const [narrow, broad] = [few, many].map(({ meta }) => histogramRecordSchema.parse(meta.record));
    expect(broad!.sd / factor).toBe(narrow!.sd);
    const means = await asked(call('classmeans', 'same'), base);
    expect(tensor(await asked(call('classmeans', 'same'), scaled), 'values', factor)).toEqual(
      tensor(means, 'values'),
    );
    const pca = { using: { method: 'pca', params: { dims: 2 } } } as const;
    for (const name of ['examples', 'units'] as const) {
      const small = tensor(await asked(call(name, 'same'), base, pca), 'xyz');
      const large = tensor(await asked(call(name, 'same'), scaled, pca), 'xyz', factor);
      for (const [at, value] of large.entries()) expect(value).toBeCloseTo(small[at]!, 5);
    }
    const alike = tensor(await asked(call('similarity'), base), 'values');
    const still = tensor(await asked(call('similarity'), scaled), 'values');
    for (const [at, value] of still.entries()) expect(value).toBeCloseTo(alike[at]!, 5);
    const near = await asked(call('neighbours', 'same'), base);
    const far = await asked(call('neighbours', 'same'), scaled);
    expect(tensor(far, 'neighbours')).toEqual(tensor(near, 'neighbours'));
    // Distances reach further than values: near the end of the range they round otherwise.
    for (const [at, value] of tensor(far, 'distance', factor).entries())
      expect(value).toBeCloseTo(tensor(near, 'distance')[at]!, 6);
  });

  test.each(EXPONENTS)('UMAP does not depend on the scale, 2^%i', async (exponent) => {
    const using = { method: 'umap', params: { dims: 2, neighbours: 6, seed: 2 } } as const;
    const of = async (factor: number) => {
      const found = await asked(
        call('examples', 'same'),
        base.map((v) => v * factor),
        { using },
      );
      return found.meta.record as { trustworthiness: number };
    };
    const [one, other] = [await of(1), await of(2 ** exponent)];
    expect(other.trustworthiness).toBeGreaterThan(one.trustworthiness - 0.05);
  });

  test('1e8 and noise: histogram and class means keep what is left of the digits', async () => {
    const x = base.map((v) => Math.fround(1e8 + 1000 * v));
    const { meta, tensors } = await asked(call('histogram', 'same'), x);
    const edges = [...tensors.edges!.data];
    expect(edges.every((edge, b) => b === 0 || edge > edges[b - 1]!)).toBe(true);
    const counts = edges.slice(1).map((edge, b) => {
      const last = b === edges.length - 2;
      return x.filter((v) => v >= edges[b]! && (v < edge || (last && v === edge))).length;
    });
    expect([...tensors.counts!.data]).toEqual(counts);
    const mean = x.reduce((sum, v) => sum + (v - 1e8), 0) / x.length;
    const sd = Math.sqrt(x.reduce((sum, v) => sum + (v - 1e8 - mean) ** 2, 0) / x.length);
    const record = histogramRecordSchema.parse(meta.record);
    expect(record.mean - 1e8).toBeCloseTo(mean, 6);
    expect(record.sd / sd).toBeCloseTo(1, 9);
    const means = await asked(call('classmeans', 'same'), x);
    for (let u = 0; u < D; u++)
      for (const c of [0, 1, 2]) {
        const own = Array.from({ length: N }, (_, i) => i)
          .filter((i) => y[i] === c)
          .map((i) => x[i * D + u]!);
        expect(means.tensors.values!.data[u * 3 + c]).toBe(
          Math.fround(own.reduce((a, b) => a + b, 0) / own.length),
        );
      }
  });

  test.each([0, 0.1, 1e8, 1e-25, -3e30])('a constant %d has one bin around it', async (value) => {
    const { tensors } = await asked(call('histogram', 'same'), new Array<number>(N * D).fill(value));
    const [low, high] = [...tensors.edges!.data];
    expect([...tensors.counts!.data]).toEqual([N * D]);
    expect(low! < Math.fround(value) && Math.fround(value) < high!).toBe(true);
  });
});
