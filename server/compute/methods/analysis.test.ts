import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FunctionName, Query } from '../../../core/algebra/index.ts';
import {
  calibrationRecordSchema,
  countRecordSchema,
  pointsRecordSchema,
  predictionRecordSchema,
  rankedRecordSchema,
} from '../../../core/result/index.ts';
import type { QueryPlan } from '../contract.ts';
import type { Engine } from '../engine/engine.ts';
import { dense, golden, rowsOf, what } from '../testing/analysis.ts';
import { expectNumbers } from '../testing/asserts.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { ALL, planOf, storeModel, temporaryFolders } from '../testing/fixtures.ts';
import { ages, COUNT, labels, reference, stored, toyData, toyModel } from '../testing/toy.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const toy = toyModel(folders);
const toys = toyData(folders);
const truth = reference();
const rows = (x: readonly number[], width: number, y?: readonly number[], classes: readonly string[] = []) =>
  rowsOf(folders, x, width, y, classes);

const about = (asked: Query['what'], rest: Partial<Query> = {}): QueryPlan =>
  planOf(toy, toys, { what: asked, input: ALL, ...rest });
const example = (index: number): Query['input'] => ({
  kind: 'example',
  dataset: 'toy',
  split: 'test',
  index,
});
const where = (column: string, value: number): Query['input'] => ({
  kind: 'slice',
  dataset: 'toy',
  split: 'test',
  where: { op: '=', left: { kind: 'column', name: column }, right: { kind: 'number', value } },
});

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());

  test('top(l#u, k): the first of all examples ordered by the unit’s mean, with labels, pictures and maps', async () => {
    const { meta, tensors } = await ask(engine, about(what('top', 'conv#1', 7)));
    const order = truth.means
      .map((m, i) => ({ i, value: m[1]! }))
      .sort((p, q) => q.value - p.value || p.i - q.i)
      .slice(0, 7);
    expect(meta.type).toBe('ranked[example]');
    expectNumbers(
      tensors.index,
      order.map(({ i }) => i),
      0,
    );
    expectNumbers(
      tensors.value,
      order.map(({ value }) => value),
      5,
    );
    expectNumbers(
      tensors.label,
      order.map(({ i }) => labels[i]!),
      0,
    );
    expectNumbers(
      tensors.predicted,
      order.map(({ i }) => truth.predicted[i]!),
      0,
    );
    expect(tensors.maps?.shape).toEqual([7, 3, 3]);
    expectNumbers(
      tensors.maps,
      order.flatMap(({ i }) => truth.conv[i]!.filter((_, at) => at % 3 === 1)),
      5,
    );
    expectNumbers(
      tensors.images,
      order.flatMap(({ i }) => stored.slice(i * 16, i * 16 + 16).map((v) => v / 16)),
      5,
    );
    expect(rankedRecordSchema.parse(meta.record)).toMatchObject({
      by: 'activation',
      layer: 'conv',
      unit: 1,
      k: 7,
      split: 'toy.test',
    });
  });

  test('top() of a dead unit: ties by index; of fewer than k: all of them', async () => {
    const dead = await ask(engine, about(what('top', 'conv#2', 4)));
    expectNumbers(dead.tensors.index, [0, 1, 2, 3], 0);
    const few = await ask(engine, about(what('top', 'out#0', 50), { input: where('index', 9) }));
    expectNumbers(few.tensors.index, [9], 0);
    expect(few.tensors.maps).toBeUndefined();
    expect(few.meta.warnings).toContain('There are only 1 examples.');
  });

  test('with a changed input: pictures, maps and values are those of the changed examples, in their order', async () => {
    const changes = [{ kind: 'patch', region: [0, 0, 4, 2], value: 1 }] as const;
    const { tensors } = await ask(engine, about(what('top', 'conv#1', 3), { changes }));
    const changed = await ask(engine, about(what('predict'), { changes }));
    const order = [...tensors.index!.data];
    expect([...tensors.predicted!.data]).toEqual(order.map((i) => changed.tensors.predicted!.data[i]));
    order.forEach((i, at) => {
      const picture = [...tensors.images!.data.slice(at * 16, at * 16 + 16)];
      expect(picture.slice(0, 8)).toEqual(new Array(8).fill(1));
      picture.slice(8).forEach((v, p) => {
        expect(v).toBeCloseTo(stored[i * 16 + 8 + p]! / 16, 5);
      });
      const map = [...tensors.maps!.data.slice(at * 9, at * 9 + 9)];
      expect(map.reduce((a, b) => a + b, 0) / 9).toBeCloseTo(tensors.value!.data[at]!, 5);
    });
    expect(tensors['other.index']?.shape).toEqual([3]);
    const near = await ask(engine, about(what('neighbours', 'conv', 4), { changes, input: example(3) }));
    expect(near.tensors.index!.data).not.toContain(3);
    expect([...near.tensors.value!.data]).not.toEqual([...near.tensors['other.value']!.data]);
  });

  const near = golden.neighbours;
  const points = () => rows(near.x, 4, near.labels, ['p', 'q', 'r']);
  const line = () => storeModel(folders, [4], [dense('out', [4, 2], [1, 0, 0, 1, 1, 1, 0, 0], 'linear')]);

  test('neighbours(l, k) of a slice: scikit-learn’s neighbours, distances and agreement', async () => {
    const { meta, tensors } = await ask(
      engine,
      planOf(line(), points(), { what: what('neighbours', 'input', near.k), input: ALL }),
    );
    expect(meta.type).toBe('agreement[example]');
    expectNumbers(tensors.neighbours, near.indices, 0);
    expectNumbers(tensors.distance, near.distances, 5);
    expectNumbers(tensors.agreement, near.agreement, 6);
    expect(rankedRecordSchema.parse(meta.record)).toMatchObject({
      by: 'agreement',
      k: near.k,
      example: null,
    });
  });

  test('neighbours(l, k) of an example: the same row, itself left out, nearest first', async () => {
    for (const index of [0, 31]) {
      const { meta, tensors } = await ask(
        engine,
        planOf(line(), points(), { what: what('neighbours', 'input', near.k), input: example(index) }),
      );
      const row = [index * near.k, (index + 1) * near.k] as const;
      expectNumbers(tensors.index, near.indices.slice(...row), 0);
      expectNumbers(tensors.value, near.distances.slice(...row), 5);
      expectNumbers(
        tensors.label,
        near.indices.slice(...row).map((i) => near.labels[i]!),
        0,
      );
      expect(rankedRecordSchema.parse(meta.record)).toMatchObject({
        by: 'distance',
        split: 'toy.test',
        k: near.k,
      });
    }
  });

  const known = golden.classes;
  const scores = () => rows(known.logits, 5, known.labels, ['v', 'w', 'x', 'y', 'z']);
  const identity = () =>
    storeModel(
      folders,
      [5],
      [{ type: 'Activation', name: 'out', config: { activation: 'softmax' }, output: [5] }],
    );
  const asked = (name: FunctionName, ...args: number[]) =>
    ask(engine, planOf(identity(), scores(), { what: what(name, ...args), input: ALL }));

  test('classmetrics(): scikit-learn’s precision, recall, F1 and support; what has nothing to divide by is 0 with a warning', async () => {
    const { meta, tensors } = await asked('classmetrics');
    for (const name of ['precision', 'recall', 'f1', 'support'] as const)
      expectNumbers(tensors[name], known[name], 6);
    expectNumbers(tensors.predicted_count, known.predictedCount, 0);
    expect(predictionRecordSchema.parse(meta.record).accuracy).toBeCloseTo(known.accuracy, 12);
    expect(meta.warnings.join(' ')).toMatch(/Never predicted: z\..*No examples of y\./);
  });

  test.each(known.reliability)(
    'calibration($bins): the bins, ECE and MCE of Guo et al., Brier’s score',
    async (wanted) => {
      const { meta, tensors } = await asked('calibration', wanted.bins);
      expectNumbers(tensors.count, wanted.count, 0);
      for (const name of ['confidence', 'accuracy'] as const)
        wanted[name].forEach((value, bin) => {
          if (value === null) expect(tensors[name]!.data[bin]).toBeNaN();
          else expect(tensors[name]!.data[bin]).toBeCloseTo(value, 5);
        });
      expect(tensors.edges?.shape).toEqual([wanted.bins + 1]);
      const record = calibrationRecordSchema.parse(meta.record);
      expect(record.ece).toBeCloseTo(wanted.ece, 6);
      expect(record.mce).toBeCloseTo(wanted.mce, 6);
      expect(record.brier).toBeCloseTo(known.brier, 6);
      expect(record.accuracy).toBeCloseTo(known.accuracy, 12);
    },
  );

  test('order by loss: the cross-entropy of the true label, highest first, however unlikely it was', async () => {
    const { tensors } = await ask(
      engine,
      planOf(identity(), scores(), {
        what: what('predict'),
        input: ALL,
        orderBy: { key: 'loss', desc: true },
        limit: 40,
      }),
    );
    const order = known.losses.map((loss, i) => ({ loss, i })).sort((p, q) => q.loss - p.loss || p.i - q.i);
    expectNumbers(
      tensors.index,
      order.slice(0, 40).map(({ i }) => i),
      0,
    );
  });

  test('count(): how many, and how many are right where the condition asks the model; none is an answer', async () => {
    const count = async (input: Query['input']) =>
      countRecordSchema.parse((await ask(engine, about(what('count'), { input }))).meta.record);
    const dogs = labels.filter((l) => l === 1).length;
    expect(await count(where('label', 1))).toEqual({ count: dogs, total: COUNT, accuracy: null });
    const said = truth.predicted.flatMap((p, i) => (p === 1 ? [i] : []));
    const right = said.filter((i) => labels[i] === 1).length;
    expect(await count(where('predicted', 1))).toEqual({
      count: said.length,
      total: COUNT,
      accuracy: right / said.length,
    });
    expect(await count(where('predicted', 77))).toEqual({ count: 0, total: COUNT, accuracy: null });
    expect(await count(where('label', 77))).toEqual({ count: 0, total: COUNT, accuracy: null });
  });

  test('predict() of a slice brings the data set’s columns', async () => {
    const { tensors } = await ask(engine, about(what('predict'), { limit: 5 }));
    expectNumbers(tensors['column.age'], ages.slice(0, 5), 5);
  });

  const spread = { method: 'tsne', params: { dims: 2, perplexity: 5, seed: 3 } } as const;

  test('examples(l) and units(l) using tsne: points with trustworthiness and recall', async () => {
    const { meta, tensors } = await ask(
      engine,
      about(what('examples', 'conv'), { using: spread, limit: 60 }),
    );
    expect(tensors.xyz?.shape).toEqual([60, 2]);
    const record = pointsRecordSchema.parse(meta.record);
    expect(record).toMatchObject({ method: 'tsne', dims: 2, k: 15 });
    expect(record.trustworthiness).toBeGreaterThan(0.6);
    expect(record.knnRecall).toBeGreaterThan(0.3);
    expect(meta.provenance).toMatchObject({
      method: 'tsne',
      seed: 3,
      parameters: { dims: 2, perplexity: 5, seed: 3 },
    });
    const one = about(what('examples', 'conv'), { using: spread, limit: 10 });
    expect((await ask(engine, one)).meta.warnings).toContain(
      'The perplexity was lowered from 5 to 3.0: there are only 10 points.',
    );
    await expect(ask(engine, about(what('units', 'conv'), { using: spread }))).rejects.toThrow(
      'tsne needs at least 4 points, found 3; use pca',
    );
  });

  const every: readonly [string, () => QueryPlan][] = [
    ['examples by t-SNE', () => about(what('examples', 'conv'), { using: spread, limit: 40 })],
    ['top', () => about(what('top', 'conv#1', 5))],
    ['weights', () => planOf(toy, null, { what: what('weights', 'conv') })],
    ['similarity', () => about(what('similarity'))],
    ['similarity joined', () => ({ ...about(what('similarity')), joined: about(what('similarity')) })],
    ['neighbours of a slice', () => about(what('neighbours', 'conv', 5))],
    ['neighbours of an example', () => about(what('neighbours', 'conv', 5), { input: example(3) })],
    ['classmetrics', () => about(what('classmetrics'))],
    ['calibration', () => about(what('calibration', 10))],
    ['count', () => about(what('count'), { input: where('predicted', 1) })],
  ];

  test.each(every)(
    '%s leaves no tensor behind: done, cancelled in the middle, or failed',
    async (_, plan) => {
      await ask(engine, about(what('stats', 'out')));
      const before = engine.counters().tensors;
      await ask(engine, plan());
      expect(engine.counters().tensors).toBe(before);
      for (const stopAt of [0, 0.4, 0.85]) {
        const controller = new AbortController();
        const cancelled = engine.answer(plan(), {
          signal: controller.signal,
          progress: (done) => {
            if (done >= stopAt) controller.abort();
          },
        });
        await cancelled.catch((error: unknown) => expect(error).toMatchObject({ code: 'cancelled' }));
        expect(engine.counters().tensors).toBe(before);
        const failed = engine.answer(plan(), {
          signal: new AbortController().signal,
          progress: (done) => {
            if (done >= stopAt) throw new Error('the channel is closed');
          },
        });
        await failed.catch(() => undefined);
        expect(engine.counters().tensors).toBe(before);
      }
    },
  );

  const steady = every.filter(([name]) => name !== 'count');
  test.each(steady)('%s reports progress between 0 and 1 that never falls', async (_, plan) => {
    const seen: number[] = [];
    await engine.answer(plan(), {
      signal: new AbortController().signal,
      progress: (done) => seen.push(done),
    });
    expect(seen).toEqual(seen.toSorted((p, q) => p - q));
    expect(seen.every((done) => done >= 0 && done <= 1)).toBe(true);
  });
});
