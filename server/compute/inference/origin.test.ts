/** Values that are none: counted as none by every function that predicts, and named where they began. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Operand, Predicate } from '../../../core/address/types.ts';
import type { Query } from '../../../core/algebra/index.ts';
import {
  calibrationRecordSchema,
  countRecordSchema,
  decodeSafetensors,
  predictionRecordSchema,
} from '../../../core/result/index.ts';
import { loadBackend } from '../backend/backend.ts';
import type { Engine } from '../engine/engine.ts';
import { importDataset } from '../formats/index.ts';
import { countNonFinite } from '../numerics/non-finite.ts';
import { dense, rowsOf } from '../testing/analysis.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { ALL, call, planOf, type StoredModel, storeModel, temporaryFolders } from '../testing/fixtures.ts';
import { importGolden } from '../testing/goldens.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

const CLASSES = ['a', 'b', 'c'];
/** Nine rows of two features; row 3 holds NaN in feature 1, row 7 outgrows float32 in the first layer. */
const x = [1, 0, 0, 1, 1, 1, 1, Number.NaN, 2, 0, 0, 2, -1, 1, 3e38, 3e38, 1, -1];
const y = [0, 1, 2, 0, 0, 1, 1, 0, 0];
const data = rowsOf(folders, x, 2, y, CLASSES);
const clean = rowsOf(
  folders,
  x.map((v) => (Number.isFinite(v) && v < 1e30 ? v : 1)),
  2,
  y,
  CLASSES,
);
const hidden = [2, 0.5, 0.25, 2];
const head = [1, 0, 0, 1, 0.1, 0.2];
const modelOf = (first: readonly number[]): StoredModel =>
  storeModel(
    folders,
    [2],
    [
      dense('hidden', [2, 2], first, 'linear', [0, 0]),
      dense('scores', [2, 3], [head[0]!, head[1]!, head[4]!, head[2]!, head[3]!, head[5]!], 'softmax'),
    ],
  );
const model = modelOf(hidden);
/** As a training that diverged leaves it. */
const diverged = modelOf([2, Number.NaN, 0.25, 2]);

const FIRST = 'The input itself holds NaN: toy.test[3], feature 1.';
const OVERFLOW =
  'The first layer whose output is not finite is hidden (for toy.test[7]); its input and its weights are finite, so it arises there: an overflow, a division by zero or a logarithm of it.';
const WEIGHT =
  'The first layer whose output is not finite is hidden (for toy.test[0]); its weight kernel holds 1 NaN.';
/** Of a row whose scores are finite: the class with the higher hidden value. */
const expected = y.map((_, i) => {
  const [p, q] = [x[2 * i]!, x[2 * i + 1]!];
  const h = [2 * p + 0.25 * q, 0.5 * p + 2 * q];
  if (!h.every((v) => Number.isFinite(Math.fround(v)))) return -1;
  const scores = [h[0]!, h[1]!, 0.1 * h[0]! + 0.2 * h[1]!];
  return scores.indexOf(Math.max(...scores));
});
const right = y.filter((label, i) => label === expected[i]).length;
const where = (condition: Predicate): Query['input'] => ({
  kind: 'slice',
  dataset: 'toy',
  split: 'test',
  where: condition,
});
const column = (name: string): Operand => ({ kind: 'column', name });
const is = (op: '=' | '!=' | '<', name: string, value: number): Predicate => ({
  op,
  left: column(name),
  right: { kind: 'number', value },
});

test('the fixture: two of nine rows have no prediction', () => {
  expect(expected.flatMap((c, i) => (c < 0 ? [i] : []))).toEqual([3, 7]);
});

test('how many values are not finite, in words', () => {
  expect(countNonFinite([1, Number.NaN, 2])).toBe('1 NaN');
  expect(countNonFinite([Number.NEGATIVE_INFINITY])).toBe('1 infinite value');
  expect(countNonFinite([Number.NaN, Infinity, -Infinity, Number.NaN])).toBe('2 NaN and 2 infinite values');
  expect(countNonFinite([0, -1])).toBeNull();
});

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());
  const asked = (query: Omit<Query, 'kind' | 'model'>, of = model, on = data) =>
    ask(engine, planOf(of, on, { input: ALL, ...query }));

  test('predict() of a slice: no class, no confidence, not right', async () => {
    const { meta, tensors } = await asked({ what: call('predict') });
    expect([...tensors.predicted!.data]).toEqual(expected);
    expect([...tensors.confidence!.data].map(Number.isFinite)).toEqual(expected.map((c) => c >= 0));
    const record = predictionRecordSchema.parse(meta.record);
    expect(record.accuracy).toBeCloseTo(right / 9, 12);
    expect(record.unpredicted).toBe(2);
    expect(meta.warnings).toContain(
      `2 of 9 examples have no prediction, since their scores are not finite; the accuracy is over all 9 labelled ones, and counts those as not right. ${FIRST}`,
    );
  });

  test('predict() of one example: none, and where that began', async () => {
    const of = (index: number) =>
      asked({ what: call('predict'), input: { kind: 'example', dataset: 'toy', split: 'test', index } });
    const one = await of(7);
    expect(predictionRecordSchema.parse(JSON.parse(JSON.stringify(one.meta.record))).predicted).toBeNull();
    expect(one.meta.warnings).toEqual([
      `There is no prediction, since the scores are not finite. ${OVERFLOW}`,
    ]);
    expect((await of(0)).meta.warnings).toEqual([]);
  });

  test('a NaN weight: no prediction at all, no accuracy, and the weight is named', async () => {
    const { meta, tensors } = await asked({ what: call('predict') }, diverged, clean);
    expect([...tensors.predicted!.data]).toEqual(new Array(9).fill(-1));
    expect(predictionRecordSchema.parse(meta.record)).toMatchObject({ accuracy: null, unpredicted: 9 });
    expect(meta.warnings).toContain(
      `9 of 9 examples have no prediction, since their scores are not finite; so there is no accuracy. ${WEIGHT}`,
    );
  });

  test('confusion(): they stand in no cell', async () => {
    const { meta, tensors } = await asked({ what: call('confusion') });
    const counts = new Array<number>(9).fill(0);
    y.forEach((label, i) => {
      if (expected[i]! >= 0) counts[label * 3 + expected[i]!]! += 1;
    });
    expect([...tensors.counts!.data]).toEqual(counts);
    expect(meta.record).toMatchObject({ unpredicted: 2 });
    expect(meta.warnings).toContain('2 examples without a prediction stand in no cell.');
    expect(meta.warnings.join(' ')).toContain(FIRST);
  });

  test('classmetrics(): support counts them, precision does not; of no prediction there are none', async () => {
    const { meta, tensors } = await asked({ what: call('classmetrics') });
    const found = expected.filter((c, i) => c === 0 && y[i] === 0).length;
    expect(tensors.recall!.data[0]).toBeCloseTo(found / 5, 6);
    expect(tensors.precision!.data[0]).toBeCloseTo(found / expected.filter((c) => c === 0).length, 6);
    expect([...tensors.predicted_count!.data].reduce((a, b) => a + b)).toBe(7);
    expect(meta.warnings).toContain(
      'An example without a prediction counts in its class’s support and recall, in no precision.',
    );
    const none = await asked({ what: call('classmetrics') }, diverged, clean);
    for (const name of ['precision', 'recall', 'f1'])
      expect([...none.tensors[name]!.data]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(none.meta.record).toMatchObject({ accuracy: null, unpredicted: 9 });
    expect(none.meta.warnings).toContain(
      'Without any prediction there is no precision, recall or F1: they are not numbers.',
    );
  });

  test('calibration(): over those with a confidence; refused where there are none', async () => {
    const { meta, tensors } = await asked({ what: call('calibration') });
    expect([...tensors.count!.data].reduce((a, b) => a + b)).toBe(7);
    expect(calibrationRecordSchema.parse(meta.record).accuracy).toBeCloseTo(right / 7, 12);
    expect(meta.warnings.join(' ')).toContain(
      `they are in no bin, and the accuracy is over the others. ${FIRST}`,
    );
    await expect(asked({ what: call('calibration') }, diverged, clean)).rejects.toThrow(
      `has a label and a finite confidence, so there is no calibration. 9 of 9 examples`,
    );
  });

  test('conditions and orders: no class 0, no number below all classes, last in order', async () => {
    const indices = async (input: Query['input'], rest: Partial<Query> = {}) => {
      const { meta, tensors } = await asked({ what: call('predict'), input, ...rest });
      return { indices: [...tensors.index!.data], warnings: meta.warnings.join(' ') };
    };
    const zero = await indices(where(is('=', 'predicted', 0)));
    expect(zero.indices).toEqual(expected.flatMap((c, i) => (c === 0 ? [i] : [])));
    expect(zero.warnings).toContain(
      `no condition on predicted, confidence or loss holds for them but !=, and an order puts them last. ${FIRST}`,
    );
    expect((await indices(where(is('<', 'predicted', 1)))).indices).toEqual(zero.indices);
    expect((await indices(where(is('!=', 'predicted', 0)))).indices).toEqual(
      expected.flatMap((c, i) => (c === 0 ? [] : [i])),
    );
    expect((await indices(where(is('<', 'loss', 1e9)))).indices).toEqual(
      expected.flatMap((c, i) => (c < 0 ? [] : [i])),
    );
    const last = await indices(ALL, { orderBy: { key: 'confidence', desc: true } });
    expect(last.indices.slice(-2)).toEqual([3, 7]);
    await expect(
      asked({ what: call('predict'), input: where(is('=', 'predicted', 0)) }, diverged, clean),
    ).rejects.toThrow(`satisfies the condition (of 9). 9 of 9 examples have no prediction`);
  });

  test('count() of a condition that asks the model says so too', async () => {
    const { meta } = await asked({ what: call('count'), input: where(is('!=', 'predicted', 1)) });
    const chosen = expected.flatMap((c, i) => (c === 1 ? [] : [i]));
    expect(countRecordSchema.parse(meta.record)).toMatchObject({
      count: chosen.length,
      accuracy: chosen.filter((i) => y[i] === expected[i]).length / chosen.length,
    });
    expect(meta.warnings.join(' ')).toContain('counts those as not right');
  });

  test('a scale that makes the values infinite is named, not the data', async () => {
    const scaled = { ...clean, declaredScale: 1e-40 };
    const { meta } = await asked({ what: call('predict') }, model, scaled);
    expect(meta.warnings.join(' ')).toContain(
      'The scale of the preprocessing makes an infinite value of 1: toy.test[0], feature 0. Choose another scale under Preprocessing.',
    );
  });

  test('finite answers carry no such warning', async () => {
    for (const name of ['predict', 'confusion', 'calibration'] as const)
      expect((await asked({ what: call(name) }, model, clean)).meta.warnings).toEqual([]);
  });
});

// Keras's own file of such a model, from a folder beside the repository: it carries no licence.
const cases = path.join(import.meta.dirname, '../../../../shared/cases');
const found = existsSync(path.join(cases, 'nan-weight.keras'));
if (!found) console.warn('The folder shared/cases is not there: its model with a NaN weight is not tried.');

test.skipIf(!found)(
  'a diverged model as Keras saved it: nothing is predicted, and the weight is named',
  async () => {
    const backend = await loadBackend('auto');
    const diverged = await importGolden(path.join(cases, 'nan-weight.keras'), backend, folders);
    const file = path.join(cases, 'nan-weight.npz');
    const imported = await importDataset(
      [{ name: 'nan-weight.npz', path: file, bytes: statSync(file).size }],
      {
        tf: backend.tf,
        spool: folders.spool,
      },
    );
    const tensors = decodeSafetensors(readFileSync(imported.splits[0]!.file)).tensors;
    const rows = rowsOf(folders, [...tensors.x!.data], 4, [...tensors.y!.data], ['a', 'b', 'c']);
    const engine = await engineOn(backend.name, folders);
    const asked = (what: Query['what']) => ask(engine, planOf(diverged, rows, { what, input: ALL }));
    for (const name of ['predict', 'confusion', 'classmetrics'] as const) {
      const { meta } = await asked(call(name));
      expect(predictionRecordSchema.parse(meta.record)).toMatchObject({ accuracy: null, unpredicted: 6 });
      expect(meta.warnings.join(' ')).toMatch(/its weight \w+ holds \d+ NaN/);
    }
    const { meta, tensors: stats } = await asked(call('stats', 'o'));
    for (const name of ['mean', 'min', 'max'])
      expect([...stats[name]!.data].some(Number.isFinite)).toBe(false);
    expect(meta.warnings.join(' ')).toContain('their statistics are not numbers');
    engine.dispose();
  },
);
