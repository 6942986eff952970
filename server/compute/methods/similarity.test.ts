import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { similarityRecordSchema } from '../../../core/result/index.ts';
import type { QueryPlan } from '../contract.ts';
import type { Engine } from '../engine/engine.ts';
import { dense, golden, rowsOf, what } from '../testing/analysis.ts';
import { expectNumbers } from '../testing/asserts.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { ALL, planOf, type StoredModel, storeModel, temporaryFolders } from '../testing/fixtures.ts';
import { random } from '../testing/toy.ts';
import { method } from './functions/similarity.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const rows = (x: readonly number[], width: number) => rowsOf(folders, x, width);

const cka = golden.similarity;
const chain = (c: readonly number[] = cka.c) =>
  storeModel(
    folders,
    [6],
    [
      dense('a', [6, 5], cka.a, 'relu', cka.aBias),
      dense('b', [5, 90], cka.b, 'tanh'),
      dense('c', [90, 4], c, 'linear'),
    ],
  );
const ckaModel = chain();
const ckaData = rows(cka.x, 6);
const alike = (model: StoredModel, ...args: string[]) =>
  planOf(model, ckaData, { what: what('similarity', ...args), input: ALL });
const names = ['input', 'a', 'b', 'c'];

test('its memory is estimated for the examples that are asked about, not for as many as could be', () => {
  const plan = alike(ckaModel);
  const bytes = (asked: QueryPlan) => method.bytes?.(asked) ?? Number.NaN;
  const [rows, features] = [cka.x.length / 6, 6 + 5 + 90 + 4];
  // The products of the layers, the layers themselves, and of the widest five copies.
  const kept = features <= rows ? 3 * rows * features : 5 * rows * rows;
  expect(bytes(plan)).toBe(4 * (kept + rows * features + 5 * rows * 90));
  expect(bytes({ ...plan, query: { ...plan.query, limit: rows / 2 } })).toBeLessThan(bytes(plan) * 0.6);
});

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());

  test('similarity(): linear CKA of all layers is that of centred Gram matrices in float64', async () => {
    const { meta, tensors } = await ask(engine, alike(ckaModel));
    expectNumbers(tensors.values, cka.values.flat(), 5);
    const record = similarityRecordSchema.parse(meta.record);
    expect(record).toEqual({
      rows: names.map((l) => `tiny@1/${l}`),
      columns: names.map((l) => `tiny@1/${l}`),
      over: 'layers',
    });
    expect(meta.warnings.join()).toContain('90 outputs, more than the 50 examples');
  });

  test('similarity(l, l2): the same by the products of features, where they are fewer than the examples', async () => {
    const { meta, tensors } = await ask(engine, alike(ckaModel, 'input', 'c'));
    expectNumbers(tensors.values, [cka.values[0]![3]!], 5);
    expect(similarityRecordSchema.parse(meta.record)).toEqual({
      rows: ['tiny@1/input'],
      columns: ['tiny@1/c'],
      over: 'layers',
    });
    expect(meta.warnings).toEqual([]);
  });

  test('similarity() joined: layers of one model by layers of the other, of the same examples only', async () => {
    const other = chain(cka.c.map((_, i) => ((i * 37) % 11) - 5));
    const joined: QueryPlan = { ...alike(other), model: { ...alike(other).model, address: 'other@3' } };
    const { meta, tensors } = await ask(engine, { ...alike(ckaModel), joined });
    expect(tensors.values?.shape).toEqual([4, 4]);
    expectNumbers(
      { ...tensors.values!, data: tensors.values!.data.slice(0, 3) },
      cka.values[0]!.slice(0, 3),
      5,
    );
    expect(tensors.values!.data[15]).toBeLessThan(0.99);
    const record = similarityRecordSchema.parse(meta.record);
    expect([record.over, record.columns[3], record.rows[3]]).toEqual(['models', 'other@3/c', 'tiny@1/c']);
    const fewer = planOf(other, ckaData, { what: what('similarity'), input: ALL, limit: 20 });
    await expect(ask(engine, { ...alike(ckaModel), joined: fewer })).rejects.toThrow('of the same examples');
  });

  test('similarity(l): every checkpoint of the model by every other', async () => {
    const steps = [ckaModel, chain(cka.c.map((v, i) => v + (i % 7))), chain(cka.c.map((v) => -3 * v))];
    const plan: QueryPlan = {
      ...alike(ckaModel, 'c'),
      checkpoints: steps.map((model, i) => ({ address: `tiny@${i}`, hash: model.checkpoint.hash, ...model })),
    };
    const { meta, tensors } = await ask(engine, plan);
    const values = [...tensors.values!.data];
    expect(similarityRecordSchema.parse(meta.record)).toMatchObject({
      rows: ['tiny@0/c', 'tiny@1/c', 'tiny@2/c'],
      over: 'checkpoints',
    });
    // Three times the representation, turned round, is the same one.
    expect(values[2]).toBeCloseTo(1, 5);
    expect(values[1]).toBeLessThan(0.99);
    expect(values[1]).toBe(values[3]);
  });

  test('law: CKA is 1 for a rotation and a scale, not for a random map, and symmetric', async () => {
    const angle = 0.7;
    const [s, c] = [Math.sin(angle), Math.cos(angle)];
    const draw = random(7);
    const next = () => draw() - 0.5;
    const x = Array.from({ length: 300 * 3 }, () => next() * 8 + 1000);
    const model = storeModel(
      folders,
      [3],
      [
        dense('rotated', [3, 3], [c, -s, 0, s, c, 0, 0, 0, 1], 'linear'),
        dense('scaled', [3, 3], [5, 0, 0, 0, 5, 0, 0, 0, 5], 'linear', [9, -4, 1]),
        dense('random', [3, 3], Array.from({ length: 9 }, next), 'tanh', [1, 2, 3]),
      ],
    );
    const { tensors } = await ask(
      engine,
      planOf(model, rows(x, 3), { what: what('similarity'), input: ALL }),
    );
    const values = [...tensors.values!.data];
    for (const i of [1, 2]) expect(values[i]).toBeCloseTo(1, 4);
    for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) expect(values[i * 4 + j]).toBe(values[j * 4 + i]);
    const unlike = rows(Array.from({ length: 300 * 4 }, next), 4);
    const halves = storeModel(
      folders,
      [4],
      [
        dense('left', [4, 2], [1, 0, 0, 1, 0, 0, 0, 0], 'linear'),
        dense('back', [2, 4], [1, 0, 0, 0, 0, 1, 0, 0], 'linear'),
      ],
    );
    const whole = await ask(
      engine,
      planOf(halves, unlike, { what: what('similarity', 'input', 'left'), input: ALL }),
    );
    expect(whole.tensors.values!.data[0]).toBeLessThan(0.9);
  });

  test('a layer that never varies has no similarity, and a warning says so', async () => {
    const model = storeModel(folders, [6], [dense('still', [6, 2], new Array(12).fill(0), 'linear')]);
    const { meta, tensors } = await ask(engine, alike(model));
    expect(tensors.values!.data[1]).toBeNaN();
    expect(meta.warnings).toContain('The same for all examples, so not a number: tiny@1/still.');
  });
});
