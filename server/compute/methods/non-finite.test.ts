/** What describes a layer leaves out values that are not finite, counts them, and names where they began. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Query } from '../../../core/algebra/index.ts';
import { histogramRecordSchema } from '../../../core/result/index.ts';
import type { Engine } from '../engine/engine.ts';
import { dense, rowsOf } from '../testing/analysis.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import {
  ALL,
  call,
  planOf,
  type StoredModel,
  storeData,
  storeModel,
  temporaryFolders,
} from '../testing/fixtures.ts';
import { random } from '../testing/toy.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

const N = 12;
const next = random(11);
/** Three features; feature 1 of row 5 is NaN, feature 2 of row 9 infinite. */
const x = Array.from({ length: N * 3 }, () => Math.fround(next() * 4 - 2));
x[5 * 3 + 1] = Number.NaN;
x[9 * 3 + 2] = Number.POSITIVE_INFINITY;
const y = Array.from({ length: N }, (_, i) => i % 3);
const data = rowsOf(folders, x, 3, y, ['a', 'b', 'c']);
const clean = rowsOf(
  folders,
  x.map((v) => (Number.isFinite(v) ? v : 0)),
  3,
  y,
  ['a', 'b', 'c'],
);
/** A layer that puts out its input. */
const model = storeModel(
  folders,
  [3],
  [{ type: 'Activation', name: 'same', config: { activation: 'linear' }, output: [3] }],
);
/** One of three units has a NaN weight. */
const broken: StoredModel = storeModel(
  folders,
  [3],
  [dense('units', [3, 3], [1, Number.NaN, 0.5, 0, 1, 0.25, 0, 0, 1], 'linear')],
);
const INPUT = 'The input itself holds NaN: toy.test[5], feature 1.';
const WEIGHT =
  'The first layer whose output is not finite is units (for toy.test[0]); its weight kernel holds 1 NaN.';

const column = (u: number) => Array.from({ length: N }, (_, i) => x[i * 3 + u]!);
const finite = (values: readonly number[]) => values.filter(Number.isFinite);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());
  const asked = (what: Query['what'], of = model, on = data, rest: Partial<Query> = {}) =>
    ask(engine, planOf(of, on, { what, input: ALL, ...rest }));

  test('stats(): over the finite values of each unit', async () => {
    const { meta, tensors } = await asked(call('stats', 'same'));
    for (const u of [0, 1, 2]) {
      const own = finite(column(u));
      expect(tensors.mean!.data[u]).toBeCloseTo(mean(own), 6);
      expect([tensors.min!.data[u], tensors.max!.data[u]]).toEqual([Math.min(...own), Math.max(...own)]);
    }
    expect(meta.record).toMatchObject({ nonFinite: 2 });
    expect(meta.warnings).toEqual([
      `2 values are not finite (1 NaN and 1 infinite value); they were left out. ${INPUT}`,
    ]);
  });

  test('stats() of a unit without a finite value: none, not 0 and infinity', async () => {
    const { meta, tensors } = await asked(call('stats', 'units'), broken, clean);
    for (const name of ['mean', 'sd', 'min', 'max', 'skew'])
      expect([name, ...[...tensors[name]!.data].map(Number.isNaN)]).toEqual([name, false, true, false]);
    expect([...tensors.dead!.data]).toEqual([0, 0, 0]);
    expect(meta.warnings).toEqual([
      `12 values are not finite (12 NaN); they were left out. ${WEIGHT}`,
      '1 of 3 units have no finite value, so their statistics are not numbers: units#1.',
    ]);
  });

  test('histogram(): NaN and infinities apart, in no bin; refused where nothing is finite', async () => {
    const { meta, tensors } = await asked(call('histogram', 'same'));
    expect(histogramRecordSchema.parse(JSON.parse(JSON.stringify(meta.record)))).toMatchObject({
      count: 34,
      nonFinite: 2,
      nan: 1,
      positiveInfinity: 1,
      negativeInfinity: 0,
      max: Math.max(...finite(x)),
    });
    expect([...tensors.counts!.data].reduce((a, b) => a + b)).toBe(34);
    expect(meta.warnings).toEqual([
      `2 values are not finite (1 NaN and 1 infinite value); they are in no bin. ${INPUT}`,
    ]);
    await expect(asked(call('histogram', 'units', 1), broken, clean)).rejects.toThrow(
      `units#1 has no finite value on toy.test. 12 values are not finite (12 NaN); they are in no bin. ${WEIGHT}`,
    );
  });

  test('classmeans(): left out of their cell alone', async () => {
    const { meta, tensors } = await asked(call('classmeans', 'same'));
    for (const u of [0, 1, 2])
      for (const c of [0, 1, 2]) {
        const own = finite(column(u).filter((_, i) => y[i] === c));
        expect(tensors.values!.data[u * 3 + c]).toBeCloseTo(mean(own), 6);
      }
    expect(meta.warnings).toEqual([
      `2 values are not finite (1 NaN and 1 infinite value); they were left out of their cell’s mean, and a cell without another has none. ${INPUT}`,
    ]);
    const none = await asked(call('classmeans', 'units'), broken, clean);
    expect([...none.tensors.values!.data].map(Number.isNaN)).toEqual(
      [0, 1, 2].flatMap((u) => new Array<boolean>(3).fill(u === 1)),
    );
  });

  test('top(): left out, and where that began', async () => {
    const { meta, tensors } = await asked({
      kind: 'call',
      name: 'top',
      args: [
        { kind: 'layer', layer: 'same', unit: 1 },
        { kind: 'number', value: 20 },
      ],
    });
    const order = Array.from({ length: N }, (_, i) => i)
      .filter((i) => Number.isFinite(column(1)[i]!))
      .sort((a, b) => column(1)[b]! - column(1)[a]!);
    expect([...tensors.index!.data]).toEqual(order);
    expect(meta.warnings).toContain(
      `1 of 12 examples have no finite activation; they were left out. ${INPUT}`,
    );
    await expect(asked(call('top', 'units', 1), broken, clean)).rejects.toThrow(
      `units#1 has no finite value on toy.test. ${WEIGHT}`,
    );
  });

  test('examples(): those with such a value have no place; the others are placed as without them', async () => {
    const using = { method: 'pca', params: { dims: 2 } } as const;
    const { meta, tensors } = await asked(call('examples', 'same'), model, data, { using });
    const out = [5, 9];
    const kept = y.map((_, i) => i).filter((i) => !out.includes(i));
    const others = rowsOf(
      folders,
      kept.flatMap((i) => x.slice(i * 3, i * 3 + 3)),
      3,
      kept.map((i) => y[i]!),
      ['a', 'b', 'c'],
    );
    const alone = await asked(call('examples', 'same'), model, others, { using });
    const xyz = tensors.xyz!.data;
    for (const i of out) expect([xyz[i * 2], xyz[i * 2 + 1]]).toEqual([Number.NaN, Number.NaN]);
    expect(kept.flatMap((i) => [xyz[i * 2]!, xyz[i * 2 + 1]!])).toEqual([...alone.tensors.xyz!.data]);
    expect(meta.warnings).toContain(
      `2 of 12 examples are answered with a value that is not finite; they have no place here. ${INPUT}`,
    );
    await expect(asked(call('examples', 'units'), broken, clean, { using })).rejects.toThrow(
      `units puts out a value that is not finite for every example of toy.test, so that none has a place among the others. ${WEIGHT}`,
    );
  });

  test('units(): a broken unit has no place, a broken example is left out', async () => {
    const using = { method: 'pca', params: { dims: 2 } } as const;
    const one = await asked(call('units', 'units'), broken, clean, { using });
    expect([...one.tensors.xyz!.data].map(Number.isNaN)).toEqual([false, false, true, true, false, false]);
    expect(one.tensors.best_class!.data[1]).toBe(-1);
    expect(one.meta.warnings).toEqual([
      `Not all activations are finite: 1 of 3 units have no place here. ${WEIGHT}`,
    ]);
    const two = await asked(call('units', 'same'), model, data, { using });
    expect([...two.tensors.xyz!.data].every(Number.isFinite)).toBe(true);
    expect(two.meta.warnings).toEqual([
      `Not all activations are finite: 2 of 12 examples were left out of the comparison. ${INPUT}`,
    ]);
    const none = storeModel(
      folders,
      [3],
      [dense('units', [3, 2], new Array<number>(6).fill(Number.NaN), 'linear')],
    );
    await expect(asked(call('units', 'units'), none, clean, { using })).rejects.toThrow(
      'no unit of units has finite activations on most of toy.test, so that none can be compared. The first layer whose output is not finite is units (for toy.test[0]); its weight kernel holds 6 NaN.',
    );
  });

  test('similarity(): a representation that is not finite is compared with none, and named', async () => {
    const { meta, tensors } = await asked(call('similarity'), broken, clean);
    expect([...tensors.values!.data].map(Number.isNaN)).toEqual([false, true, true, true]);
    expect(tensors.values!.data[0]).toBeCloseTo(1, 6);
    expect(meta.warnings).toContain(
      `Not finite on some examples, so not a number: tiny@1/units (12 of 12). ${WEIGHT}`,
    );
    const partly = await asked(call('similarity'), model, data);
    expect([...partly.tensors.values!.data].every(Number.isNaN)).toBe(true);
    expect(partly.meta.warnings).toContain(
      `Not finite on some examples, so not a number: tiny@1/input (2 of 12), tiny@1/same (2 of 12). ${INPUT}`,
    );
  });

  test('weights() and activation() say what is not finite in them', async () => {
    const weights = await ask(engine, planOf(broken, null, { what: call('weights', 'units') }));
    expect(weights.meta.warnings).toEqual([
      'kernel of units holds 1 NaN: whatever it reaches is not finite either. The training that made it has diverged, or the file is damaged.',
    ]);
    const unit = await ask(engine, planOf(broken, null, { what: call('weights', 'units', 0) }));
    expect(unit.meta.warnings).toEqual([]);
    const input = { kind: 'example', dataset: 'toy', split: 'test', index: 5 } as const;
    const { meta, tensors } = await asked(call('activation', 'same'), model, data, { input });
    expect(tensors.values!.data[1]).toBeNaN();
    expect(meta.warnings).toEqual([`same puts out 1 NaN; these are drawn as none. ${INPUT}`]);
  });

  test('images() says that a picture holds NaN', async () => {
    const square = storeModel(
      folders,
      [2, 2],
      [{ type: 'Activation', name: 'same', config: { activation: 'linear' }, output: [2, 2] }],
    );
    const pictures = storeData(folders, {
      shape: [2, 2],
      classes: [],
      scale: 1,
      x: [0, 0.5, Number.NaN, 1, 0, 0, 0, 1],
    });
    const { meta, tensors } = await asked(call('images'), square, pictures);
    expect([...tensors.images!.data].every(Number.isFinite)).toBe(true);
    expect(meta.warnings).toEqual([
      'The pictures hold 1 NaN; what is no number is drawn like the least value.',
    ]);
  });
});
