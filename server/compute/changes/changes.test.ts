import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change, Query } from '../../../core/algebra/index.ts';
import { decodeSafetensors } from '../../../core/result/index.ts';
import type { Engine } from '../engine/engine.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { ALL, call, planOf, type StoredModel, storeData, temporaryFolders } from '../testing/fixtures.ts';
import { GOLDEN_MODELS, importGolden } from '../testing/goldens.ts';
import { reference, toyData, toyModel } from '../testing/toy.ts';

const folders = temporaryFolders();
const model = toyModel(folders);
const data = toyData(folders);
const truth = reference();
afterAll(() => folders.remove());
const X = { kind: 'example', dataset: 'toy', split: 'test', index: 42 } as const;
const TEN = { input: ALL, limit: 10 };

/** The toy with some of its weights replaced; a checkpoint of its own. */
function reweighted(name: string, edit: (values: Float32Array) => void): StoredModel {
  const tensors = model.checkpoint.tensors.map((tensor) => {
    if (tensor.name !== name) return tensor;
    const file = readFileSync(path.join(folders.blobs, tensor.blob.slice(0, 2), tensor.blob));
    const values = new Float32Array(new Uint8Array(file).buffer);
    edit(values);
    return { ...tensor, blob: folders.put(new Uint8Array(values.buffer)) };
  });
  return { ...model, checkpoint: { hash: `${name}${tensors.map((t) => t.blob).join('')}`, tensors } };
}

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());

  const answer = async (query: Omit<Query, 'kind' | 'model'>, changes: readonly Change[], stored = model) => {
    const { meta, tensors } = await ask(engine, planOf(stored, data, { ...query, changes }));
    const numbers = (name: string) => [...(tensors[name]?.data ?? [])];
    return { meta, tensors, numbers };
  };
  const probabilities = async (changes: readonly Change[], stored = model) =>
    (await answer({ what: call('predict'), ...TEN }, changes, stored)).numbers('probabilities');

  test('a what-if question is answered with its changes, and without under before.', async () => {
    const plain = await answer({ what: call('activation', 'conv'), input: X }, []);
    expect(plain.meta.other).toBeUndefined();
    const changed = await answer({ what: call('activation', 'conv'), input: X }, [
      { kind: 'clamp', layer: 'conv', unit: 1, value: 0.5 },
    ]);
    expect(changed.numbers('other.values')).toEqual(plain.numbers('values'));
    // Unit first: nine numbers each.
    const expected = plain.numbers('values').map((v, i) => (Math.floor(i / 9) === 1 ? 0.5 : v));
    expect(changed.numbers('values')).toEqual(expected);
    expect(changed.meta.tensors['other.values']).toEqual(changed.meta.tensors.values);
    expect(changed.meta.other).toMatchObject({ kind: 'unchanged', changes: ['clamp(conv#1, 0.5)'] });
    expect(changed.meta.title).toBe(`${plain.meta.title}, with clamp(conv#1, 0.5)`);
    expect(changed.meta.provenance.methodVersion).toContain('with@');
  });

  test('ablating a unit is zeroing the weights that lead out of it', async () => {
    const cut = reweighted('out/kernel', (values) => {
      for (let place = 0; place < 9; place++) values.fill(0, (place * 3 + 1) * 3, (place * 3 + 2) * 3);
    });
    const ablated = await probabilities([{ kind: 'ablate', layer: 'conv', unit: 1 }]);
    const zeroed = await probabilities([], cut);
    expect(ablated).toEqual(zeroed.map((p) => expect.closeTo(p, 6)));
    expect(ablated).not.toEqual((await probabilities([])).map((p) => expect.closeTo(p, 3)));
  });

  test('changes of a unit act in the order written', async () => {
    const scaled = { kind: 'scale', layer: 'conv', unit: 0, value: 2 } as const;
    const clamped = { kind: 'clamp', layer: 'conv', unit: 0, value: 0.25 } as const;
    const first = async (changes: readonly Change[]) =>
      (await answer({ what: call('activation', 'conv', 0), input: X }, changes)).numbers('values');
    const own = await first([]);
    expect(await first([scaled])).toEqual(own.map((v) => expect.closeTo(2 * v, 5)));
    expect(await first([scaled, clamped])).toEqual(own.map(() => 0.25));
    expect(await first([clamped, scaled])).toEqual(own.map(() => 0.5));
    expect(await first([clamped, { kind: 'ablate', layer: 'conv', unit: 0 }])).toEqual(own.map(() => 0));
  });

  test('a unit that overflows is held all the same, and its neighbours are left alone', async () => {
    const overflowing = reweighted('conv/kernel', (values) => {
      for (let place = 0; place < 4; place++) values[place * 3 + 1] = 3e38;
    });
    const first = async (changes: readonly Change[]) =>
      (await answer({ what: call('activation', 'conv'), input: X }, changes, overflowing)).numbers('values');
    const unit = (values: readonly unknown[], at: number) => values.slice(at * 9, at * 9 + 9);
    const plain = await first([]);
    expect(unit(plain, 1)).toContain(Number.POSITIVE_INFINITY);
    const ablated = await first([{ kind: 'ablate', layer: 'conv', unit: 1 }]);
    expect(unit(ablated, 1)).toEqual(Array(9).fill(0));
    const clamped = await first([{ kind: 'clamp', layer: 'conv', unit: 1, value: 0.5 }]);
    expect(unit(clamped, 1)).toEqual(Array(9).fill(0.5));
    for (const values of [ablated, clamped])
      expect([unit(values, 0), unit(values, 2)]).toEqual([unit(plain, 0), unit(plain, 2)]);
  });

  test('a weight that is set changes a copy: the warm model keeps its own', async () => {
    const before = engine.counters().tensors;
    const set = { kind: 'set', layer: 'conv', tensor: 'kernel', index: [1, 0, 0, 2], value: 0.75 } as const;
    const bias = { kind: 'set', layer: 'out', tensor: 'bias', index: [1], value: -0.5 } as const;
    const other = reweighted('conv/kernel', (values) => {
      values[2 * 3 + 2] = 0.75;
    });
    const plain = await probabilities([]);
    expect(await probabilities([set])).toEqual(await probabilities([], other));
    const both = reweighted('out/bias', (values) => {
      values[1] = -0.5;
    });
    expect(await probabilities([bias])).toEqual(await probabilities([], both));
    expect(await probabilities([])).toEqual(plain);
    engine.dispose();
    await probabilities([set, bias]);
    engine.dispose();
    expect(engine.counters().tensors).toBeLessThanOrEqual(before);
    await expect(probabilities([{ ...set, index: [9, 0, 0, 0] }])).rejects.toThrow(
      'expected 4 indices below [2, 2, 1, 3]',
    );
    await expect(probabilities([{ ...set, tensor: 'gamma' }])).rejects.toThrow('it has kernel, bias');
  });

  test('weights(l) shows a weight that was set, beside what it was', async () => {
    const set = { kind: 'set', layer: 'out', tensor: 'bias', index: [2], value: 7 } as const;
    const { numbers } = await answer({ what: call('weights', 'out'), input: X }, [set]);
    const bias = numbers('other.bias');
    expect(bias).toHaveLength(3);
    expect(numbers('bias')).toEqual([bias[0], bias[1], 7]);
    expect(numbers('kernel')).toEqual(numbers('other.kernel'));
  });

  test('a patch is that value within, and nothing else outside', async () => {
    const patch = { kind: 'patch', region: [1, 2, 3, 4], value: 0.5 } as const;
    const { numbers } = await answer({ what: call('images'), ...TEN }, [patch]);
    const [images, before] = [numbers('images'), numbers('other.images')];
    images.forEach((value, i) => {
      const [y, x] = [Math.floor((i % 16) / 4), i % 4];
      expect(value).toBe(y >= 2 && x >= 1 && x < 3 ? 0.5 : before[i]);
    });
    await expect(
      answer({ what: call('images'), ...TEN }, [{ ...patch, region: [0, 0, 5, 4] }]),
    ).rejects.toThrow('expected a window of whole pixels within [0, 0, 4, 4]');
  });

  test('a slice holds what the unchanged model says of the unchanged examples', async () => {
    const slice: Query['input'] = {
      kind: 'slice',
      dataset: 'toy',
      split: 'test',
      where: { op: '=', left: { kind: 'column', name: 'predicted' }, right: { kind: 'number', value: 1 } },
    };
    const { numbers } = await answer({ what: call('predict'), input: slice }, [
      { kind: 'scale', layer: 'conv', unit: 0, value: -3 },
      { kind: 'noise', sd: 1, seed: 3 },
    ]);
    const expected = truth.predicted.flatMap((p, i) => (p === 1 ? [i] : []));
    expect(numbers('index')).toEqual(expected);
    expect(numbers('other.predicted')).toEqual(expected.map(() => 1));
    expect(new Set(numbers('predicted')).size).toBeGreaterThan(1);
  });

  test('a wrong change leaves no tensor behind', async () => {
    const before = engine.counters().tensors;
    const held = async () => {
      engine.dispose();
      return engine.counters().tensors;
    };
    await expect(probabilities([{ kind: 'ablate', layer: 'conv', unit: 3 }])).rejects.toThrow(
      'no unit 3 in conv: it has 3, from 0 to 2',
    );
    await expect(probabilities([{ kind: 'ablate', layer: 'nonv', unit: 3 }])).rejects.toThrow(
      'no layer nonv; this model has input, conv, flat, out',
    );
    expect(await held()).toBeLessThanOrEqual(before);
  });

  describe('attacks', () => {
    const golden = path.join(import.meta.dirname, '..', 'goldens');
    const { input } = decodeSafetensors(readFileSync(path.join(golden, 'convolutional.safetensors'))).tensors;
    const { gradient, labels } = decodeSafetensors(
      readFileSync(path.join(golden, 'attack.safetensors')),
    ).tensors;
    const pictures = storeData(folders, {
      shape: [9, 7, 2],
      classes: ['a', 'b', 'c'],
      scale: 1,
      x: [...(input?.data ?? [])],
      y: [...(labels?.data ?? [])],
    });
    let convolutional: StoredModel;
    beforeAll(async () => {
      const file = GOLDEN_MODELS.find((name) => name.endsWith(path.join('goldens', 'convolutional.keras')));
      convolutional = await importGolden(file ?? '', engine.backend, folders);
    });
    const attacked = async (change: Change, what: Query['what'] = call('activation', 'image')) => {
      const rows: number[] = [];
      for (const index of [0, 1, 2]) {
        const plan = planOf(convolutional, pictures, { what, input: { ...X, index }, changes: [change] });
        rows.push(...((await ask(engine, plan)).tensors.values?.data ?? []));
      }
      return rows;
    };
    const values = [...(input?.data ?? [])];
    /** activation(l) of an input is unit first; ours are channels last. */
    const unitFirst = (list: readonly number[]) =>
      [0, 1, 2].flatMap((n) =>
        [0, 1].flatMap((c) => Array.from({ length: 63 }, (_, i) => list[n * 126 + i * 2 + c] ?? Number.NaN)),
      );
    const [low, high] = [Math.min(...values), Math.max(...values)];

    test('fgsm is x + eps sign(gradient), with the gradient that TensorFlow’s tape gives', async () => {
      const found = await attacked({ kind: 'fgsm', epsilon: 0.1 });
      const slopes = unitFirst([...(gradient?.data ?? [])]);
      const largest = Math.max(...slopes.map(Math.abs));
      let compared = 0;
      unitFirst(values).forEach((v, i) => {
        const slope = slopes[i] ?? 0;
        // Which way next to nothing points is a matter of rounding.
        if (Math.abs(slope) < 1e-5 * largest) return;
        compared++;
        expect(found[i]).toBeCloseTo(Math.min(high, Math.max(low, v + 0.1 * Math.sign(slope))), 5);
      });
      expect(compared).toBeGreaterThan(300);
    });

    test('pgd stays in the ball and the range, and raises the loss above that of fgsm or nothing', async () => {
      const found = await attacked({ kind: 'pgd', epsilon: 0.1, steps: 10 });
      unitFirst(values).forEach((v, i) => {
        expect(Math.abs((found[i] ?? Number.NaN) - v)).toBeLessThan(0.1 + 1e-6);
        expect(found[i]).toBeGreaterThan(low - 1e-6);
        expect(found[i]).toBeLessThan(high + 1e-6);
      });
      const loss = async (change: Change) => {
        const said = await attacked(change, call('predict'));
        return [...(labels?.data ?? [])].reduce(
          (sum, label, n) => sum - Math.log(said[n * 3 + label] ?? 0),
          0,
        );
      };
      const [none, one, ten] = [
        await loss({ kind: 'noise', sd: 0, seed: 1 }),
        await loss({ kind: 'fgsm', epsilon: 0.1 }),
        await loss({ kind: 'pgd', epsilon: 0.1, steps: 10 }),
      ];
      expect(one).toBeGreaterThan(none);
      expect(ten).toBeGreaterThan(one);
    });

    test('an attack that is cancelled leaves no tensor behind', async () => {
      const plan = planOf(convolutional, pictures, {
        what: call('predict'),
        input: { kind: 'dataset', dataset: 'toy', split: 'test' },
        changes: [{ kind: 'pgd', epsilon: 0.1, steps: 1000 }],
      });
      await ask(engine, { ...plan, query: { ...plan.query, changes: [] } });
      const before = engine.counters().tensors;
      const controller = new AbortController();
      await expect(
        engine.answer(plan, {
          signal: controller.signal,
          progress: (_, note) => {
            if (note.includes('step 3')) controller.abort();
          },
        }),
      ).rejects.toMatchObject({ code: 'cancelled' });
      expect(engine.counters().tensors).toBe(before);
    });

    test('an attack needs a model that scores classes', async () => {
      const unlabelled = storeData(folders, {
        shape: [4, 4, 1],
        classes: [],
        scale: 16,
        x: [1, 2, 3, 4].flatMap((v) => Array.from({ length: 16 }, () => v)),
      });
      const regressor = JSON.stringify(model.manifest.topology).replace('"softmax"', '"tanh"');
      const tanh = { ...model, manifest: { ...model.manifest, topology: JSON.parse(regressor) } };
      const plan = planOf(tanh, unlabelled, {
        what: call('activation', 'conv'),
        input: { ...X, index: 0 },
        changes: [{ kind: 'fgsm', epsilon: 0.1 }],
      });
      await expect(ask(engine, plan)).rejects.toThrow(
        'an attack (fgsm, pgd) needs a model that scores classes',
      );
    });
  });
});

test('noise is the same for an example in every slice and on every backend, and is normal', async () => {
  const found: number[][] = [];
  const noise = { kind: 'noise', sd: 0.25, seed: 7 } as const;
  for (const backend of BACKENDS) {
    const engine = await engineOn(backend, folders);
    const { tensors } = await ask(
      engine,
      planOf(model, data, { what: call('images'), input: ALL, changes: [noise] }),
    );
    const one = await ask(
      engine,
      planOf(model, data, { what: call('activation', 'input'), input: X, changes: [noise] }),
    );
    const images = [...(one.tensors.values?.data ?? [])];
    found.push(images);
    expect([...(tensors['other.images']?.data ?? [])].length).toBe(tensors.images?.data.length);
    const moved = await ask(
      engine,
      planOf(model, data, { what: call('stats', 'input'), input: ALL, changes: [noise] }),
    );
    const [sd, own] = [moved.tensors.sd?.data[0] ?? 0, moved.tensors['other.sd']?.data[0] ?? 0];
    expect(sd ** 2 - own ** 2).toBeCloseTo(0.25 ** 2, 2);
    engine.dispose();
  }
  for (const other of found) expect(other).toEqual(found[0]);
});
