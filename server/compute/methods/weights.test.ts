import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { weightsRecordSchema } from '../../../core/result/index.ts';
import type { Engine } from '../engine/engine.ts';
import { expectNumbers } from '../testing/asserts.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { call, type LayerSpec, planOf, storeModel, temporaryFolders } from '../testing/fixtures.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

type Weights = NonNullable<LayerSpec['weights']>;
const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
/** Every number says where it is: 0, 1, 2, ... */
const counted = (name: string, shape: number[], from = 0): Weights[number] => ({
  name,
  shape,
  values: Array.from({ length: size(shape) }, (_, i) => from + i),
});
const convolution = (more: object) => ({
  kernel_size: [2, 2],
  strides: [1, 1],
  padding: 'same',
  data_format: 'channels_last',
  dilation_rate: [1, 1],
  use_bias: true,
  activation: 'linear',
  ...more,
});
const layer = (type: string, config: object, output: number[], ...weights: Weights[number][]): LayerSpec => ({
  type,
  name: 'it',
  config: { ...config },
  output,
  weights,
});

interface Case {
  readonly input: number[];
  readonly spec: LayerSpec;
  readonly axes: Readonly<Record<string, string[]>>;
  readonly unit: number;
  /** What leads into the unit: axes and the places of the numbers in the whole. */
  readonly part: Readonly<Record<string, readonly [axes: string[], values: number[]]>>;
}

const pictures = [4, 4, 2];
const CASES: readonly Case[] = [
  {
    input: pictures,
    spec: layer(
      'Conv2D',
      convolution({ filters: 3 }),
      [4, 4, 3],
      counted('kernel', [2, 2, 2, 3]),
      counted('bias', [3]),
    ),
    axes: { kernel: ['y', 'x', 'input', 'unit'], bias: ['unit'] },
    unit: 1,
    part: {
      kernel: [
        ['y', 'x', 'input'],
        [1, 4, 7, 10, 13, 16, 19, 22],
      ],
      bias: [['unit'], [1]],
    },
  },
  {
    input: pictures,
    spec: layer(
      'Conv2DTranspose',
      convolution({ filters: 3 }),
      [4, 4, 3],
      counted('kernel', [2, 2, 3, 2]),
      counted('bias', [3]),
    ),
    axes: { kernel: ['y', 'x', 'unit', 'input'], bias: ['unit'] },
    unit: 2,
    part: {
      kernel: [
        ['y', 'x', 'input'],
        [4, 5, 10, 11, 16, 17, 22, 23],
      ],
      bias: [['unit'], [2]],
    },
  },
  {
    input: pictures,
    spec: layer(
      'DepthwiseConv2D',
      convolution({ depth_multiplier: 3 }),
      [4, 4, 6],
      counted('depthwise_kernel', [2, 2, 2, 3]),
      counted('bias', [6]),
    ),
    axes: { depthwise_kernel: ['y', 'x', 'input', 'multiplier'], bias: ['unit'] },
    unit: 4, // channel 1, multiplier 1
    part: {
      depthwise_kernel: [
        ['y', 'x'],
        [4, 10, 16, 22],
      ],
      bias: [['unit'], [4]],
    },
  },
  {
    input: pictures,
    spec: layer(
      'SeparableConv2D',
      convolution({ filters: 3, depth_multiplier: 1 }),
      [4, 4, 3],
      counted('depthwise_kernel', [2, 2, 2, 1]),
      counted('pointwise_kernel', [1, 1, 2, 3]),
      counted('bias', [3]),
    ),
    axes: {
      depthwise_kernel: ['y', 'x', 'input', 'multiplier'],
      pointwise_kernel: ['y', 'x', 'input', 'unit'],
      bias: ['unit'],
    },
    unit: 0,
    part: {
      depthwise_kernel: [
        ['y', 'x', 'input', 'multiplier'],
        [0, 1, 2, 3, 4, 5, 6, 7],
      ],
      pointwise_kernel: [
        ['y', 'x', 'input'],
        [0, 3],
      ],
      bias: [['unit'], [0]],
    },
  },
  {
    input: pictures,
    spec: layer(
      'BatchNormalization',
      { axis: -1, momentum: 0.9, epsilon: 0.001, center: true, scale: true },
      pictures,
      counted('gamma', [2]),
      counted('beta', [2], 10),
      counted('moving_mean', [2], 20),
      counted('moving_variance', [2], 30),
    ),
    axes: { gamma: ['unit'], beta: ['unit'], moving_mean: ['unit'], moving_variance: ['unit'] },
    unit: 1,
    part: {
      gamma: [['unit'], [1]],
      beta: [['unit'], [11]],
      moving_mean: [['unit'], [21]],
      moving_variance: [['unit'], [31]],
    },
  },
  {
    input: [5],
    spec: layer(
      'Dense',
      { units: 3, activation: 'linear', use_bias: true },
      [3],
      counted('kernel', [5, 3]),
      counted('bias', [3]),
    ),
    axes: { kernel: ['input', 'unit'], bias: ['unit'] },
    unit: 2,
    part: { kernel: [['input'], [2, 5, 8, 11, 14]], bias: [['unit'], [2]] },
  },
  {
    input: [5],
    spec: layer(
      'Embedding',
      { input_dim: 4, output_dim: 3, input_length: 5, mask_zero: false },
      [5, 3],
      counted('embeddings', [4, 3]),
    ),
    axes: { embeddings: ['token', 'unit'] },
    unit: 1,
    part: { embeddings: [['token'], [1, 4, 7, 10]] },
  },
  {
    input: [5, 2],
    spec: layer(
      'LSTM',
      {
        units: 3,
        activation: 'tanh',
        recurrent_activation: 'sigmoid',
        use_bias: true,
        return_sequences: false,
      },
      [3],
      counted('kernel', [2, 12]),
      counted('recurrent_kernel', [3, 12]),
      counted('bias', [12]),
    ),
    axes: {
      kernel: ['input', 'gate unit'],
      recurrent_kernel: ['recurrent', 'gate unit'],
      bias: ['gate unit'],
    },
    unit: 1,
    part: {
      kernel: [
        ['input', 'gate'],
        [1, 4, 7, 10, 13, 16, 19, 22],
      ],
      recurrent_kernel: [
        ['recurrent', 'gate'],
        [1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 34],
      ],
      bias: [['gate'], [1, 4, 7, 10]],
    },
  },
  {
    input: [5, 2],
    spec: layer(
      'GRU',
      {
        units: 2,
        activation: 'tanh',
        recurrent_activation: 'sigmoid',
        use_bias: true,
        reset_after: false,
        return_sequences: false,
      },
      [2],
      counted('kernel', [2, 6]),
      counted('recurrent_kernel', [2, 6]),
      counted('bias', [6]),
    ),
    axes: {
      kernel: ['input', 'gate unit'],
      recurrent_kernel: ['recurrent', 'gate unit'],
      bias: ['gate unit'],
    },
    unit: 0,
    part: {
      kernel: [
        ['input', 'gate'],
        [0, 2, 4, 6, 8, 10],
      ],
      recurrent_kernel: [
        ['recurrent', 'gate'],
        [0, 2, 4, 6, 8, 10],
      ],
      bias: [['gate'], [0, 2, 4]],
    },
  },
];

const bidirectional = (mode: string): LayerSpec =>
  layer(
    'Bidirectional',
    {
      merge_mode: mode,
      layer: {
        class_name: 'SimpleRNN',
        config: { name: 'inner', units: 2, activation: 'tanh', use_bias: true, return_sequences: false },
      },
    },
    [mode === 'concat' ? 4 : 2],
    counted('forward/kernel', [2, 2]),
    counted('forward/recurrent_kernel', [2, 2], 10),
    counted('forward/bias', [2], 20),
    counted('backward/kernel', [2, 2], 30),
    counted('backward/recurrent_kernel', [2, 2], 40),
    counted('backward/bias', [2], 50),
  );

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());
  const weightsOf = async (input: readonly number[], spec: LayerSpec, unit?: number) =>
    ask(engine, planOf(storeModel(folders, input, [spec]), null, { what: call('weights', 'it', unit) }));

  test.each(CASES.map((one) => [one.spec.type, one] as const))(
    'weights(l) of %s are the layer’s own, weights(l#u) what leads into the unit, with named axes',
    async (_, { input, spec, axes, unit, part }) => {
      const whole = await weightsOf(input, spec);
      for (const { name, shape, values } of spec.weights ?? []) {
        expect(whole.tensors[name]?.shape).toEqual(shape);
        expectNumbers(whole.tensors[name], values, 5);
        expect(whole.meta.tensors[name]?.axes).toEqual(axes[name]);
      }
      const record = weightsRecordSchema.parse(whole.meta.record);
      expect(record).toMatchObject({ layer: 'it', unit: null, type: spec.type, inputs: ['input'] });
      expect(record.tensors.map((t) => t.name)).toEqual((spec.weights ?? []).map((w) => w.name));
      const one = await weightsOf(input, spec, unit);
      expect(Object.keys(one.tensors).sort()).toEqual(Object.keys(part).sort());
      for (const [name, [names, values]] of Object.entries(part)) {
        expectNumbers(one.tensors[name], values, 5);
        expect(one.meta.tensors[name]?.axes).toEqual(names);
        expect(one.tensors[name]?.shape.length).toBe(names.length);
      }
      const units = spec.output.at(-1) ?? 0;
      await expect(weightsOf(input, spec, units)).rejects.toThrow(`no unit ${units} in it: it has ${units}`);
    },
  );

  test('of a layer that runs both ways, the first half of the units reads forward, the second backward', async () => {
    const whole = await weightsOf([5, 2], bidirectional('concat'));
    expect(Object.keys(whole.tensors)).toContain('backward_recurrent_kernel');
    const { tensors } = await weightsOf([5, 2], bidirectional('concat'), 3);
    expect(Object.keys(tensors).sort()).toEqual([
      'backward_bias',
      'backward_kernel',
      'backward_recurrent_kernel',
    ]);
    expectNumbers(tensors.backward_kernel, [31, 33], 5);
    const both = await weightsOf([5, 2], bidirectional('sum'), 1);
    expectNumbers(both.tensors.forward_bias, [21], 5);
    expectNumbers(both.tensors.backward_bias, [51], 5);
  });

  test('a layer without weights is refused with the layers that have some', async () => {
    const model = storeModel(
      folders,
      [5],
      [
        { type: 'Activation', name: 'bent', config: { activation: 'relu' }, output: [5] },
        layer('Dense', { units: 2, activation: 'linear', use_bias: false }, [2], counted('kernel', [5, 2])),
      ],
    );
    await expect(ask(engine, planOf(model, null, { what: call('weights', 'bent') }))).rejects.toThrow(
      'bent has no weights (Activation); layers with weights are it',
    );
  });
});
