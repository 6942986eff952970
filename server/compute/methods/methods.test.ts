import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Query } from '../../../core/algebra/index.ts';
import {
  pointsRecordSchema,
  predictionRecordSchema,
  seriesRecordSchema,
} from '../../../core/result/index.ts';
import type { QueryPlan } from '../contract.ts';
import type { Engine } from '../engine/engine.ts';
import { pca } from '../numerics/index.ts';
import { expectNumbers } from '../testing/asserts.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { ALL, call, planOf, storeData, temporaryFolders } from '../testing/fixtures.ts';
import { CLASSES, COUNT, FILTERS, labels, reference, stored, toyData, toyModel } from '../testing/toy.ts';

const folders = temporaryFolders();
const model = toyModel(folders);
const data = toyData(folders);
const truth = reference();
const accuracy = labels.filter((label, i) => label === truth.predicted[i]).length / COUNT;
afterAll(() => folders.remove());

const about = (what: Query['what'], rest: Partial<Query> = {}): QueryPlan =>
  planOf(model, data, { what, input: ALL, ...rest });
const example = { kind: 'example', dataset: 'toy', split: 'test', index: 42 } as const;

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());

  test('predict() of an example: probabilities, label, and the picture itself', async () => {
    const { meta, tensors } = await ask(engine, about(call('predict'), { input: example }));
    expect(meta.type).toBe('vector[class]');
    expectNumbers(tensors.values, truth.probabilities[42]!, 5);
    expectNumbers(
      tensors.image,
      stored.slice(42 * 16, 43 * 16).map((v) => v / 16),
      6,
    );
    expect(predictionRecordSchema.parse(meta.record)).toMatchObject({
      classes: [...CLASSES],
      label: labels[42],
      predicted: truth.predicted[42],
    });
  });

  test('predict() of a slice: a row per example, accuracy over all', async () => {
    const { meta, tensors } = await ask(engine, about(call('predict')));
    expect(meta.type).toBe('table[example]');
    expectNumbers(tensors.probabilities, truth.probabilities.flat(), 5);
    expectNumbers(tensors.confidence, truth.confidence, 5);
    expectNumbers(tensors.predicted, truth.predicted, 0);
    expectNumbers(tensors.label, labels, 0);
    expectNumbers(
      tensors.index,
      labels.map((_, i) => i),
      0,
    );
    expect(predictionRecordSchema.parse(meta.record).accuracy).toBeCloseTo(accuracy, 12);
  });

  test('confusion(): every example is counted once, in its row and column', async () => {
    const { meta, tensors } = await ask(engine, about(call('confusion')));
    const counts = new Array<number>(9).fill(0);
    labels.forEach((label, i) => {
      counts[label * 3 + truth.predicted[i]!]! += 1;
    });
    expectNumbers(tensors.counts, counts, 0);
    expectNumbers(tensors.example_label, labels, 0);
    expectNumbers(tensors.example_predicted, truth.predicted, 0);
    expect(meta.axes.map((a) => a.name)).toEqual(['true class', 'predicted class', 'example']);
  });

  test('classmeans(l): mean over the examples of a class and the places of a map', async () => {
    const { tensors } = await ask(engine, about(call('classmeans', 'conv')));
    const counts = CLASSES.map((_, c) => labels.filter((label) => label === c).length);
    const expected = Array.from({ length: FILTERS }, (_, u) =>
      CLASSES.map(
        (_, c) => truth.means.reduce((sum, m, i) => sum + (labels[i] === c ? m[u]! : 0), 0) / counts[c]!,
      ),
    );
    expectNumbers(tensors.values, expected.flat(), 5);
    expectNumbers(tensors.counts, counts, 0);
  });

  test('units(l) using pca: the units’ profiles projected, with statistics, best class and mean pictures', async () => {
    const { meta, tensors } = await ask(
      engine,
      about(call('units', 'conv'), { using: { method: 'pca', params: { dims: 2 } } }),
    );
    const profiles = Float32Array.from(
      { length: FILTERS * COUNT },
      (_, i) => truth.means[i % COUNT]![Math.floor(i / COUNT)]!,
    );
    expectNumbers(tensors.xyz, [...pca(profiles, FILTERS, COUNT, 2).xyz], 4);
    expectNumbers(tensors.dead, [0, 0, 1], 0);
    const best = Array.from({ length: FILTERS }, (_, u) => {
      const means = CLASSES.map((_, c) => {
        const own = truth.means.filter((_, i) => labels[i] === c).map((m) => m[u]!);
        return own.reduce((a, b) => a + b, 0) / own.length;
      });
      return means.indexOf(Math.max(...means));
    });
    expectNumbers(tensors.best_class, [best[0]!, best[1]!, -1], 0);
    const pictures = Array.from({ length: FILTERS * 16 }, (_, i) => {
      const [u, pixel] = [Math.floor(i / 16), i % 16];
      const weight = truth.means.reduce((sum, m) => sum + m[u]!, 0);
      return weight > 0
        ? truth.means.reduce((sum, m, n) => sum + (m[u]! * stored[n * 16 + pixel]!) / 16, 0) / weight
        : 0;
    });
    expect(tensors.pictures?.shape).toEqual([FILTERS, 4, 4, 1]);
    expectNumbers(tensors.pictures, pictures, 4);
    const record = pointsRecordSchema.parse(meta.record);
    expect(record).toMatchObject({ method: 'pca', dims: 2, layer: 'conv', classes: [...CLASSES] });
    expect(meta.provenance).toMatchObject({ method: 'pca', parameters: { dims: 2 } });
  });

  test('examples(l) using pca: whole maps projected; predictions, errors and pictures beside them', async () => {
    const { meta, tensors } = await ask(
      engine,
      about(call('examples', 'conv'), { using: { method: 'pca', params: { dims: 3 } } }),
    );
    const rows = Float32Array.from(truth.conv.flat());
    const expected = pca(rows, COUNT, 27, 3);
    expectNumbers(tensors.xyz, [...expected.xyz], 3);
    expectNumbers(tensors.predicted, truth.predicted, 0);
    expectNumbers(tensors.confidence, truth.confidence, 5);
    expectNumbers(
      tensors.error,
      labels.map((label, i) => Number(label !== truth.predicted[i])),
      0,
    );
    expect(tensors.pictures).toMatchObject({ dtype: 'U8', shape: [COUNT, 4, 4, 1] });
    expectNumbers(
      tensors.pictures,
      stored.map((v) => Math.round((v / 16) * 255)),
      -0.4,
    );
    const record = pointsRecordSchema.parse(meta.record);
    record.explainedVariance?.forEach((share, i) => {
      expect(share).toBeCloseTo(expected.explainedVariance[i]!, 4);
    });
  });

  test('examples(l) using umap: the seed fixes the numbers, and their trustworthiness is told', async () => {
    const plan = about(call('examples', 'out'), {
      using: { method: 'umap', params: { dims: 2, neighbours: 10, seed: 3 } },
      limit: 150,
    });
    const [first, second] = [await ask(engine, plan), await ask(engine, plan)];
    expect(first.tensors.xyz?.shape).toEqual([150, 2]);
    expect(first.tensors.xyz).toEqual(second.tensors.xyz);
    const record = pointsRecordSchema.parse(first.meta.record);
    expect(record.trustworthiness).toBeGreaterThan(0.9);
    expect(record.knnRecall).toBeGreaterThan(0.3);
    expect(first.meta.provenance).toMatchObject({ method: 'umap', seed: 3, parameters: { neighbours: 10 } });
  });

  test('using umap on few points: from four on, identical ones too; fewer are refused', async () => {
    const using = { method: 'umap', params: { dims: 3, neighbours: 15, seed: 1 } } as const;
    const four = await ask(engine, about(call('examples', 'conv'), { using, limit: 4 }));
    expect([...four.tensors.xyz!.data].every(Number.isFinite)).toBe(true);
    const same = storeData(folders, {
      shape: [4, 4, 1],
      classes: [],
      scale: 16,
      x: new Array(16 * 9).fill(8),
    });
    const plan = planOf(model, same, { what: call('examples', 'conv'), input: ALL, using });
    expect([...(await ask(engine, plan)).tensors.xyz!.data].every(Number.isFinite)).toBe(true);
    await expect(ask(engine, about(call('units', 'conv'), { using }))).rejects.toThrow(
      'umap needs at least 4 points, found 3; use pca',
    );
  });

  test('images(): the first of a slice, in [0, 1], with labels', async () => {
    const { meta, tensors } = await ask(engine, about(call('images'), { limit: 5 }));
    expect(tensors.images?.shape).toEqual([5, 4, 4, 1]);
    expectNumbers(
      tensors.images,
      stored.slice(0, 80).map((v) => v / 16),
      6,
    );
    expectNumbers(tensors.label, labels.slice(0, 5), 0);
    expect(meta.n).toBe(5);
  });

  test('the input layer can be asked for like any other', async () => {
    const { tensors } = await ask(engine, about(call('stats', 'input')));
    expectNumbers(tensors.mean, [stored.reduce((a, b) => a + b, 0) / stored.length / 16], 5);
  });

  const every: readonly [string, () => QueryPlan][] = [
    ['graph', () => about(call('graph'))],
    ['metrics', () => withSeries()],
    ['activation', () => about(call('activation', 'conv'), { input: example })],
    ['stats', () => about(call('stats', 'conv'))],
    ['histogram', () => about(call('histogram', 'conv'))],
    ['predict', () => about(call('predict'))],
    ['confusion', () => about(call('confusion'))],
    ['classmeans', () => about(call('classmeans', 'conv'))],
    ['images', () => about(call('images'))],
    ['units', () => about(call('units', 'conv'))],
    ['examples', () => about(call('examples', 'conv'))],
  ];

  test.each(every)(
    '%s leaves no tensor behind: done, cancelled in the middle, or failed',
    async (_, plan) => {
      await ask(engine, about(call('stats', 'out')));
      const before = engine.counters().tensors;
      await ask(engine, plan());
      expect(engine.counters().tensors).toBe(before);
      const controller = new AbortController();
      let afterwards = 0;
      const cancelled = engine.answer(plan(), {
        signal: controller.signal,
        // Cancelled once some of the work, if there is any, is done.
        progress: (done) => {
          if (controller.signal.aborted) afterwards++;
          if (done > 0) controller.abort();
        },
      });
      await cancelled.catch((error: unknown) => expect(error).toMatchObject({ code: 'cancelled' }));
      expect(afterwards).toBe(0);
      expect(engine.counters().tensors).toBe(before);
      const failed = engine.answer(plan(), {
        signal: new AbortController().signal,
        progress: () => {
          throw new Error('the channel is closed');
        },
      });
      await failed.catch(() => undefined);
      expect(engine.counters().tensors).toBe(before);
    },
  );

  test('no tensor is left behind when a method fails inside of a batch', async () => {
    await ask(engine, about(call('stats', 'out')));
    const before = engine.counters().tensors;
    for (const what of [call('histogram', 'conv', 3), call('activation', 'conv', 3)])
      await expect(
        ask(engine, about(what, what.name === 'activation' ? { input: example } : {})),
      ).rejects.toThrow('no unit 3 in conv: it has 3, from 0 to 2');
    expect(engine.counters().tensors).toBe(before);
  });
});

function withSeries(): QueryPlan {
  const plan = planOf(model, null, { what: call('metrics') });
  const series = {
    series: [{ name: 'loss', steps: [0, 1], values: [2.5, null] }],
    metaParameters: { optimizer: 'adam' },
    best: 1,
  };
  return { ...plan, model: { ...plan.model, series } };
}

test('metrics() hands on what was logged; without a log it says where metrics come from', async () => {
  const engine = await engineOn('wasm', folders);
  const { meta } = await ask(engine, withSeries());
  expect(seriesRecordSchema.parse(meta.record).best).toBe(1);
  expect(meta.warnings).toEqual(['loss is not a number at step 1.']);
  await expect(ask(engine, planOf(model, null, { what: call('metrics') }))).rejects.toThrow(
    'nothing was logged',
  );
});

test('clauses that a function cannot honour are refused, not ignored', async () => {
  const engine = await engineOn('wasm', folders);
  const refused = async (plan: QueryPlan) =>
    expect(await ask(engine, plan).catch((error: unknown) => error)).toMatchObject({ code: 'unsupported' });
  await refused(about(call('stats', 'conv'), { where: [0, 0, 1, 1] }));
  await refused(about(call('stats', 'conv'), { target: { kind: 'loss' } }));
});

test('data without labels or of another shape are refused with what was found and expected', async () => {
  const engine = await engineOn('wasm', folders);
  const bare = storeData(folders, { shape: [4, 4, 1], classes: [], scale: 16, x: stored.slice(0, 160) });
  await expect(ask(engine, planOf(model, bare, { what: call('confusion'), input: ALL }))).rejects.toThrow(
    'has no labels',
  );
  const wide = storeData(folders, { shape: [5, 4, 1], classes: [], scale: 16, x: stored.slice(0, 160) });
  expect(() => planOf(model, wide, { what: call('stats', 'conv'), input: ALL })).toThrow(
    'toy has examples of 5×4×1, tiny takes 4×4×1',
  );
  const flat = storeData(folders, { shape: [16], classes: [], scale: 16, x: stored.slice(0, 160) });
  expect(() => planOf(model, flat, { what: call('stats', 'conv'), input: ALL })).toThrow(
    'toy has examples of 16, tiny takes 4×4×1. The numbers of a row fill 4×4×1',
  );
});
