/** What is said of attributions that are true and say nothing, and of those that are no numbers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MethodName, Query, Target } from '../../../../core/algebra/index.ts';
import { attributionRecordSchema } from '../../../../core/result/index.ts';
import type { Engine } from '../../engine/engine.ts';
import { dense, rowsOf } from '../../testing/analysis.ts';
import { ask, BACKENDS, engineOn } from '../../testing/engines.ts';
import {
  type LayerSpec,
  planOf,
  type StoredModel,
  storeData,
  storeModel,
  temporaryFolders,
} from '../../testing/fixtures.ts';
import { distance, joined } from './join.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

const identity: Query['what'] = { kind: 'identity' };
const first = { kind: 'example', dataset: 'toy', split: 'test', index: 0 } as const;
const all = { kind: 'dataset', dataset: 'toy', split: 'test' } as const;
const PARAMS: Partial<Record<MethodName, Readonly<Record<string, number>>>> = {
  ig: { steps: 8, baseline: 0 },
  smoothgrad: { samples: 3, sd: 0.1, seed: 1 },
  occlusion: { window: 2, stride: 1, baseline: 0 },
  shapley: { samples: 4, seed: 1, baseline: 0 },
};
const using = (method: MethodName) => ({ method, params: PARAMS[method] ?? { baseline: 0 } });
const name = 'out';

/** Filters (side, side, 1, count) over a picture of 4 by 4, then a Dense layer to two classes. */
function pictures(side: number, kernel: readonly number[], output: readonly number[]): StoredModel {
  const filters = kernel.length / side ** 2;
  const places = 5 - side;
  const conv: LayerSpec = {
    type: 'Conv2D',
    name: 'conv',
    config: {
      filters,
      kernel_size: [side, side],
      strides: [1, 1],
      padding: 'valid',
      data_format: 'channels_last',
      dilation_rate: [1, 1],
      activation: 'relu',
      use_bias: false,
    },
    output: [places, places, filters],
    weights: [{ name: 'kernel', shape: [side, side, 1, filters], values: kernel }],
  };
  const width = places ** 2 * filters;
  return storeModel(
    folders,
    [4, 4, 1],
    [
      conv,
      { type: 'Flatten', name: 'flat', config: {}, output: [width] },
      dense('out', [width, 2], output, 'softmax'),
    ],
  );
}
const picturesOf = (...x: readonly number[][]) =>
  storeData(folders, { shape: [4, 4, 1], classes: ['a', 'b'], scale: 1, x: x.flat() });
const ramp = Array.from({ length: 16 }, (_, i) => (i + 1) / 16);
const ones = new Array(16).fill(1);
const zeros = new Array(16).fill(0);

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());

  interface Question {
    readonly method: MethodName;
    readonly what?: Query['what'];
    readonly input?: NonNullable<Query['input']>;
    readonly target?: Target;
  }
  async function said(model: StoredModel, data: ReturnType<typeof picturesOf>, asked: Question) {
    const { method, what = identity, input = first, target } = asked;
    const { meta, tensors } = await ask(
      engine,
      planOf(model, data, { what, input, using: using(method), ...(target ? { target } : {}) }),
    );
    return {
      warnings: meta.warnings,
      values: [...tensors.values!.data],
      record: attributionRecordSchema.parse(meta.record),
    };
  }
  const a: Target = { kind: 'class', index: 0 };
  const b: Target = { kind: 'class', index: 1 };

  test('a map of a single place is the same everywhere', async () => {
    const model = pictures(4, new Array(16).fill(0.1), [1, -1]);
    const { warnings, values } = await said(model, picturesOf(ramp), { method: 'gradcam', target: a });
    expect(new Set(values).size).toBe(1);
    expect(values[0]).toBeGreaterThan(0);
    expect(warnings).toEqual([
      'The map is the same everywhere: conv has a single place, so that it says how much, but not where. Look at an earlier layer with select, or use ig.',
    ]);
  });

  test('a picture that is the same everywhere has such maps', async () => {
    const model = pictures(2, [0.1, 0.1, 0.1, 0.1], new Array(9).fill([0.1, -0.1]).flat());
    const data = picturesOf(ones, ramp);
    const { warnings } = await said(model, data, { method: 'gradcam', target: a });
    expect(warnings).toEqual([
      'The map is the same everywhere: conv puts out the same at every place, as it does where the picture is the same everywhere.',
    ]);
    const both = await said(model, data, { method: 'gradcam', target: a, input: all });
    expect(both.warnings).toEqual([
      'The map is the same everywhere (1 of 2 examples): conv puts out the same at every place, as it does where the picture is the same everywhere.',
    ]);
    const smooth = await said(model, data, { method: 'smoothgrad', target: a });
    expect(smooth.warnings).toContain(
      'Smoothgrad’s noise is a share of the range of the input, and here all of the input is the same: without noise it is the gradient.',
    );
  });

  test('a map without what speaks for the target, a silent layer', async () => {
    const model = pictures(2, [0.1, 0.1, 0.1, 0.1], new Array(9).fill([0.1, -0.1]).flat());
    const against = await said(model, picturesOf(ramp), { method: 'gradcam', target: b });
    expect(Math.max(...against.values)).toBe(0);
    expect(against.warnings).toEqual([
      'The map is empty: at every place what speaks against the target weighs at least as much as what speaks for it, and Grad-CAM shows only the balance that is positive. Ask for the other class, see the parts of each unit with select conv, or use ig.',
    ]);
    const silent = await said(model, picturesOf(zeros), { method: 'gradcam', target: a });
    expect(silent.warnings).toEqual([
      'Nothing is attributed to any feature: conv puts out nothing but 0. Look at an earlier layer, or use ig or occlusion.',
    ]);
  });

  const sure = () => storeModel(folders, [2], [dense(name, [2, 2], [200, 0, 0, 1], 'softmax')]);
  const row = (...x: number[]) => rowsOf(folders, x, 2, undefined, ['a', 'b']);

  test.each([
    ['gradient', a, 'the probability is 1 to the precision of float32, so that its slope is 0'],
    ['guided_backprop', b, 'the probability is 0 to the precision of float32, so that its slope is 0'],
    ['gradient_x_input', a, 'the probability is 1 to the precision of float32, so that its slope is 0'],
  ] as const)('%s where a softmax is saturated', async (method, target, why) => {
    const { warnings, values } = await said(sure(), row(1, 0.5), { method, target });
    expect(values).toEqual([0, 0]);
    expect(warnings).toEqual([
      `Nothing is attributed to any feature: ${why}. Ask for the logit instead of the class.`,
    ]);
    const logit = await said(sure(), row(1, 0.5), { method, target: { kind: 'logit', index: 0 } });
    expect(logit.warnings).toEqual([]);
  });

  test('occlusion where no cover shows, a loss of nothing', async () => {
    const steep = storeModel(folders, [2], [dense(name, [2, 2], [0, 0, 0, 0], 'softmax', [200, 0])]);
    const covered = await said(steep, row(1, 0.5), { method: 'occlusion', target: a });
    expect(covered.warnings).toEqual([
      'Nothing is attributed to any feature: the probability is 1 to the precision of float32, so that no change of the input shows in it. Ask for the logit instead of the class.',
    ]);
    const still = await said(steep, row(1, 0.5), {
      method: 'occlusion',
      target: { kind: 'logit', index: 0 },
    });
    expect(still.warnings).toEqual([
      'Nothing is attributed to any feature: the target stays the same whatever is covered. Use a larger window or another baseline.',
    ]);
    const labelled = rowsOf(folders, [1, 0.5], 2, [0], ['a', 'b']);
    const { warnings } = await said(sure(), labelled, { method: 'gradient', target: { kind: 'loss' } });
    expect(warnings).toEqual([
      'Nothing is attributed to any feature: the loss is 0 to the precision of float32, and so is its slope. Ask for the logit instead of the loss.',
    ]);
  });

  test('an example that is the baseline, a closed rectifier, a layer that leads nowhere', async () => {
    const model = storeModel(
      folders,
      [2],
      [dense('hidden', [2, 2], [1, -1, 1, -1], 'relu'), dense(name, [2, 2], [1, 2, 3, 4], 'softmax')],
    );
    for (const method of ['ig', 'shapley', 'exact_shapley', 'occlusion', 'gradient_x_input'] as const) {
      const { warnings } = await said(model, row(0, 0), { method, target: a });
      expect(warnings).toEqual([
        'Nothing is attributed to any feature: it is itself the baseline that it is compared with. Choose another baseline, such as mean, or use gradient.',
      ]);
    }
    const unit: Target = { kind: 'unit', layer: 'hidden', unit: 1 };
    expect((await said(model, row(1, 1), { method: 'gradient', target: unit })).warnings).toEqual([
      'Nothing is attributed to any feature: no slope gets from the target to the input; a rectifier or a limit on every way is closed (the unit itself is 0). Use occlusion or shapley, which need none, or ask about a later layer.',
    ]);
    const nowhere = await said(model, row(1, 1), {
      method: 'gradient',
      target: unit,
      what: { kind: 'layer', layer: name },
    });
    expect(nowhere.warnings).toEqual([
      'Nothing is attributed to any feature: out has no part in the target. Ask about a layer on the way to it, or another target.',
    ]);
    const other = await said(model, row(1, 1), {
      method: 'gradient',
      target: { kind: 'unit', layer: 'hidden', unit: 0 },
      what: { kind: 'layer', layer: 'hidden', unit: 1 },
    });
    expect(other.warnings).toEqual([
      'Nothing is attributed to what is shown, only to the rest of the layer.',
    ]);
  });

  test('differences that float32 makes of a target that stays the same', async () => {
    const model = storeModel(folders, [2], [dense(name, [2, 2], [4e-7, 0, 3e-7, 0], 'softmax')]);
    for (const method of ['occlusion', 'shapley'] as const) {
      const { warnings, values } = await said(model, row(1, 1), { method, target: a });
      expect(values.some((value) => value !== 0)).toBe(true);
      expect(warnings).toEqual([
        'What is attributed is no more than float32 rounds off the target: it stays the same whatever is covered. Use a larger window or another baseline.',
      ]);
    }
    const real = storeModel(folders, [2], [dense(name, [2, 2], [4e-5, 0, 3e-5, 0], 'softmax')]);
    expect((await said(real, row(1, 1), { method: 'occlusion', target: a })).warnings).toEqual([]);
  });

  test('features that all have the same, and probabilities near to 0 and to 1', async () => {
    const model = storeModel(folders, [2], [dense(name, [2, 2], [5, 0, 5, 0], 'softmax')]);
    const high = await said(model, row(1, 1), { method: 'gradient', target: a });
    expect(high.warnings).toEqual([
      'The probability is so near to 1 that its gradient is next to nothing: ask for the logit, or use ig.',
      'Every feature that is shown has the same value: the picture tells none from another.',
    ]);
    const low = await said(model, row(1, 1), { method: 'gradient', target: b });
    expect(low.warnings[0]).toBe(
      'The probability is so near to 0 that its gradient is next to nothing: ask for the logit, or use ig.',
    );
  });

  test('an example that is no number is set apart, and said where it began', async () => {
    const model = pictures(2, [0.1, 0.1, 0.1, 0.1], new Array(9).fill([0.1, -0.1]).flat());
    const broken = ramp.map((value, i) => (i === 6 ? Number.NaN : value));
    for (const method of ['ig', 'gradient', 'gradcam', 'occlusion'] as const) {
      const whole = await said(model, picturesOf(ramp), { method, target: a, input: all });
      const { warnings, values, record } = await said(model, picturesOf(ramp, broken), {
        method,
        target: a,
        input: all,
      });
      expect(warnings[0]).toBe(
        '1 of 2 examples has no attribution and no part in means; of the first, toy.test[1], its target is not a finite number. The input itself holds NaN: toy.test[1], place [1, 2, 0].',
      );
      for (const [i, value] of whole.values.entries()) expect(values[i]).toBeCloseTo(value, 5);
      expect(values.slice(16).some(Number.isNaN)).toBe(true);
      expect(record.value).toBeCloseTo(whole.record.value, 6);
      const units = { method, target: a, input: all, what: { kind: 'layer', layer: 'conv' } } as const;
      const apart = await said(model, picturesOf(ramp, broken), units);
      const alone = await said(model, picturesOf(ramp), units);
      for (const [i, value] of alone.values.entries()) expect(apart.values[i]).toBeCloseTo(value, 5);
    }
    await expect(said(model, picturesOf(broken), { method: 'ig', target: a })).rejects.toThrow(
      'nothing can be attributed: its target is not a finite number. The input itself holds NaN: toy.test[0], place [1, 2, 0].',
    );
    await expect(
      said(model, picturesOf(broken, broken), { method: 'ig', target: a, input: all }),
    ).rejects.toThrow(
      'nothing can be attributed: of toy.test[0] as of all 2 examples its target is not a finite number.',
    );
  });

  test('a baseline and a slope that are no numbers', async () => {
    const model = storeModel(folders, [2], [dense(name, [2, 2], [1, 0, 0, 1], 'softmax')]);
    const mean = { method: 'ig', params: { steps: 4, baseline: 'mean' } } as const;
    const plan = planOf(model, row(1, 0.5, Number.NaN, 1), {
      what: identity,
      input: first,
      using: mean,
      target: a,
    });
    await expect(ask(engine, plan)).rejects.toThrow(
      'nothing can be attributed: the target at the baseline is not a finite number: choose another baseline.',
    );
    // The largest float32, twice: the logit stays finite, its slope does not.
    const steep = storeModel(
      folders,
      [2],
      [dense('hidden', [2, 1], [3e38, 0], 'linear'), dense(name, [1, 2], [3e38, 0], 'linear')],
    );
    await expect(
      said(steep, row(0, 0), { method: 'gradient', target: { kind: 'logit', index: 0 } }),
    ).rejects.toThrow('nothing can be attributed: the slope of its target is not a finite number.');
  });
});

test('what one side of a join has not, the two share not: it stays none', () => {
  const [left, right] = [Float32Array.of(2, Number.NaN, -1), Float32Array.of(1, 1, 1)];
  expect([...joined('join', left, right)]).toEqual([1, Number.NaN, 0]);
  expect([...joined('left join', left, right)]).toEqual([1, Number.NaN, -2]);
  expect(distance(left, right)).toBeCloseTo(3 / 5, 6);
});
