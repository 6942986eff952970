import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { ALL, call, planOf, type StoredModel, temporaryFolders } from '../testing/fixtures.ts';
import { COUNT, FILTERS, reference, toyData, toyModel } from '../testing/toy.ts';
import type { Engine } from './engine.ts';

const folders = temporaryFolders();
const model: StoredModel = toyModel(folders);
const data = toyData(folders);
const truth = reference();
afterAll(() => folders.remove());

function moments(values: readonly number[]) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const central = (k: number) => values.reduce((a, b) => a + (b - mean) ** k, 0) / values.length;
  return { mean, sd: Math.sqrt(central(2)), skew: central(2) > 0 ? central(3) / central(2) ** 1.5 : 0 };
}
const ofUnit = (u: number) => truth.conv.flatMap((maps) => maps.filter((_, i) => i % FILTERS === u));

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());

  test('activation(l) of an example is the forward pass, unit first', async () => {
    const plan = planOf(model, data, {
      what: call('activation', 'conv'),
      input: { kind: 'example', dataset: 'toy', split: 'test', index: 42 },
    });
    const { meta, tensors } = await ask(engine, plan);
    expect(meta.type).toBe('tensor[unit,y,x]');
    expect(tensors.values?.shape).toEqual([3, 3, 3]);
    for (let u = 0; u < 3; u++)
      for (let place = 0; place < 9; place++)
        expect(tensors.values!.data[u * 9 + place]).toBeCloseTo(truth.conv[42]![place * 3 + u]!, 6);
    expect(meta.provenance).toMatchObject({ backend, query: plan.text, method: 'activation' });
  });

  test('every answer says in what the model differs from Keras’', async () => {
    const caveats = ['out: the number type is mixed_float16.'];
    const plan = planOf({ ...model, manifest: { ...model.manifest, caveats } }, data, {
      what: call('stats', 'conv'),
      input: ALL,
    });
    expect((await ask(engine, plan)).meta.warnings).toEqual(expect.arrayContaining(caveats));
  });

  test('activation(l#u) is the one map; activation of a flat layer is a vector', async () => {
    const input = { kind: 'example', dataset: 'toy', split: 'test', index: 7 } as const;
    const one = await ask(engine, planOf(model, data, { what: call('activation', 'conv', 1), input }));
    expect(one.tensors.values?.shape).toEqual([1, 3, 3]);
    expect(one.meta.axes[0]?.labels).toEqual(['conv#1']);
    expect(one.tensors.values!.data[4]).toBeCloseTo(truth.conv[7]![4 * 3 + 1]!, 6);
    const flat = await ask(engine, planOf(model, data, { what: call('activation', 'out'), input }));
    expect(flat.meta.type).toBe('vector[unit]');
    expect([...flat.tensors.values!.data]).toEqual(truth.probabilities[7]!.map((p) => expect.closeTo(p, 5)));
  });

  test('stats(l): moments over all examples and places, merged over batches of 256', async () => {
    const { meta, tensors } = await ask(
      engine,
      planOf(model, data, { what: call('stats', 'conv'), input: ALL }),
    );
    expect(meta).toMatchObject({ type: 'stats[unit]', n: COUNT });
    for (let u = 0; u < FILTERS; u++) {
      const values = ofUnit(u);
      const expected = moments(values);
      expect(tensors.mean!.data[u]).toBeCloseTo(expected.mean, 5);
      expect(tensors.sd!.data[u]).toBeCloseTo(expected.sd, 5);
      expect(tensors.skew!.data[u]).toBeCloseTo(expected.skew, 4);
      expect(tensors.min!.data[u]).toBeCloseTo(Math.min(...values), 6);
      expect(tensors.max!.data[u]).toBeCloseTo(Math.max(...values), 5);
    }
    expect([...tensors.dead!.data]).toEqual([0, 0, 1]);
  });

  test('histogram(l#u): every value is in its bin, and the bins follow Freedman and Diaconis', async () => {
    const { meta, tensors } = await ask(
      engine,
      planOf(model, data, { what: call('histogram', 'conv', 0), input: ALL }),
    );
    const values = ofUnit(0);
    const [counts, edges] = [[...tensors.counts!.data], [...tensors.edges!.data]];
    const sorted = [...values].sort((a, b) => a - b);
    const at = (q: number) => sorted[Math.round((sorted.length - 1) * q)]!;
    const bins = Math.ceil(
      (Math.max(...values) - Math.min(...values)) / (2 * (at(0.75) - at(0.25)) * values.length ** (-1 / 3)),
    );
    expect(counts.length).toBe(bins);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(values.length);
    // Where a value lies within rounding of an edge, either side will do.
    const eps = 1e-5;
    let below = 0;
    for (let b = 0; b < counts.length - 1; b++) {
      below += counts[b]!;
      expect(below).toBeGreaterThanOrEqual(values.filter((v) => v < edges[b + 1]! - eps).length);
      expect(below).toBeLessThanOrEqual(values.filter((v) => v < edges[b + 1]! + eps).length);
    }
    const zeros = values.filter((v) => v === 0).length / values.length;
    expect(meta.record).toMatchObject({
      unit: 0,
      units: 1,
      count: values.length,
      zeros: expect.closeTo(zeros, 4),
    });
  });

  test('histogram(l) pools the units and counts the dead ones', async () => {
    const { meta } = await ask(engine, planOf(model, data, { what: call('histogram', 'conv'), input: ALL }));
    const expected = moments(truth.conv.flat());
    expect(meta.record).toMatchObject({
      unit: null,
      units: 3,
      deadUnits: 1,
      mean: expect.closeTo(expected.mean, 5),
      sd: expect.closeTo(expected.sd, 5),
      skew: expect.closeTo(expected.skew, 4),
    });
  });
});

test('graph() is the manifest, without TensorFlow or data', async () => {
  const engine = await engineOn('wasm', folders);
  const { meta } = await ask(engine, planOf(model, null, { what: call('graph') }));
  expect(meta.record).toEqual(model.manifest.graph);
  expect(engine.counters().modelLoads).toBe(0);
});

test('models and data beyond the byte budget are let go after the job', async () => {
  const none = await engineOn('wasm', folders, 0);
  const plan = planOf(model, data, { what: call('stats', 'conv'), input: ALL });
  const before = none.counters().tensors;
  await ask(none, plan);
  await ask(none, plan);
  expect(none.counters()).toEqual({ modelLoads: 2, splitLoads: 2, tensors: before });
});

test('a model that cannot be loaded says why and leaves no tensor behind', async () => {
  const engine = await engineOn('wasm', folders);
  const plan = planOf(model, data, { what: call('stats', 'conv'), input: ALL });
  const before = engine.counters().tensors;
  const [kernel, ...rest] = model.checkpoint.tensors;
  const short = { ...plan.model, hash: 'b', checkpoint: { ...model.checkpoint, tensors: rest } };
  await expect(ask(engine, { ...plan, model: short })).rejects.toThrow(
    'has 3 tensors, the architecture has 4 weights',
  );
  const reshaped = [{ ...kernel!, shape: [3, 2, 1, 2] }, ...rest];
  const wrong = { ...plan.model, hash: 'c', checkpoint: { ...model.checkpoint, tensors: reshaped } };
  await expect(ask(engine, { ...plan, model: wrong })).rejects.toThrow(
    'weight conv/kernel: shape [3, 2, 1, 2] with 48 bytes does not fit [2, 2, 1, 3]',
  );
  // Fails where it is joined to the others, when they have their weights already.
  const text = JSON.stringify(model.manifest.topology).replace('"Dense"', '"Concatenate"');
  const broken = { ...plan.model, hash: 'd', manifest: { ...model.manifest, topology: JSON.parse(text) } };
  await expect(ask(engine, { ...plan, model: broken })).rejects.toMatchObject({ code: 'unsupported' });
  expect(engine.counters().tensors).toBe(before);
});
