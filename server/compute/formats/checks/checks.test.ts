/** Warnings that an import gives of its own accord, and what a file says of itself. */
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { importModel } from '../index.ts';
import { type Workbench, workbench } from '../testing/bench.ts';
import { architectureWarnings } from './architecture.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

interface Given {
  readonly layers: readonly [className: string, config: Record<string, unknown>][];
  /** Of each weight in order, its shape and its values. */
  readonly weights: readonly [shape: number[], values: number[]][];
  readonly training?: unknown;
}

/** A sequential model of TensorFlow.js on three numbers. */
async function imported({ layers, weights, training }: Given) {
  const written = layers.map(([class_name, config], at) => ({
    class_name,
    config: { ...config, ...(at === 0 ? { batch_input_shape: [null, 3] } : {}) },
  }));
  const names = layers.flatMap(([type, { name }]) =>
    type === 'Dense' ? [`${name}/kernel`, `${name}/bias`] : [],
  );
  const values = weights.flatMap(([, each]) => each);
  const json = {
    modelTopology: {
      class_name: 'Sequential',
      config: { name: 'net', layers: written },
      keras_version: '2.15.0',
    },
    generatedBy: 'keras v2.15.0',
    convertedBy: 'TensorFlow.js Converter v4.17.0',
    userDefinedMetadata: { author: 'Ada\u202e' },
    trainingConfig: training,
    weightsManifest: [
      {
        paths: ['w.bin'],
        weights: weights.map(([shape], at) => ({ name: names[at], shape, dtype: 'float32' })),
      },
    ],
  };
  const outcome = await importModel(
    [
      bench.upload('model.json', JSON.stringify(json)),
      bench.upload('w.bin', new Uint8Array(Float32Array.from(values).buffer)),
    ],
    bench.context,
  );
  return outcome.manifest;
}

const dense = (name: string, units: number, activation = 'linear'): [string, Record<string, unknown>] => [
  'Dense',
  { name, units, activation, use_bias: true },
];
/** Kernel and bias without anything remarkable. */
const plain = (inputs: number, units: number): [number[], number[]][] => [
  [[inputs, units], Array.from({ length: inputs * units }, (_, i) => Math.sin(i + 1))],
  [[units], Array.from({ length: units }, () => 0)],
];

test('two layers of sums with nothing between are told, a bottleneck and an activation are not', async () => {
  const sentence =
    'No activation stands between first and second: together they compute no more than one layer could.';
  const warnings = async (first: [string, Record<string, unknown>], units: number) =>
    (
      await imported({
        layers: [first, ['Dropout', { name: 'drop', rate: 0.5 }], dense('second', 2, 'sigmoid')],
        weights: [...plain(3, units), ...plain(units, 2)],
      })
    ).warnings;
  expect(await warnings(dense('first', 4), 4)).toEqual([sentence]);
  expect(await warnings(dense('first', 4, 'relu'), 4)).toEqual([]);
  expect(await warnings(dense('first', 1), 1)).toEqual([]);
});

test('probabilities that are squashed twice are told', async () => {
  const warnings = async (first: string, second: string) =>
    (
      await imported({
        layers: [dense('scores', 2, first), ['Activation', { name: 'again', activation: second }]],
        weights: plain(3, 2),
      })
    ).warnings;
  expect(await warnings('softmax', 'softmax')).toEqual([
    'again takes the softmax of what is the softmax of scores already: probabilities are squashed twice, and become all but equal.',
  ]);
  expect(await warnings('sigmoid', 'softmax')).toEqual([
    'again takes the softmax of what is the sigmoid of scores already: probabilities are squashed twice, and become all but equal.',
  ]);
  expect(await warnings('relu', 'softmax')).toEqual([]);
});

test('a loss that does not fit the output is told, from logits and from probabilities', async () => {
  const warnings = async (activation: string, from_logits: boolean) =>
    (
      await imported({
        layers: [dense('out', 2, activation)],
        weights: plain(3, 2),
        training: { loss: { class_name: 'CategoricalCrossentropy', config: { from_logits } } },
      })
    ).warnings;
  expect(await warnings('softmax', true)).toEqual([
    'out ends with softmax, and was trained with categorical_crossentropy(from_logits=True), which takes it once more: train without one of the two.',
  ]);
  expect(await warnings('linear', false)).toEqual([
    'out gives scores, and was trained with categorical_crossentropy, which expects probabilities: give it a softmax, or train with from_logits=True.',
  ]);
  expect(await warnings('softmax', false)).toEqual([]);
  expect(await warnings('linear', true)).toEqual([]);
});

test('weights that are all alike and units that say nothing are told by layer', async () => {
  const { warnings } = await imported({
    layers: [dense('same', 2, 'relu'), dense('quiet', 3, 'relu'), dense('out', 1)],
    weights: [
      [[3, 2], Array<number>(6).fill(0.5)],
      [[2], [0, 1]],
      [
        [2, 3],
        [1, 0, 0, 2, 0, 0],
      ],
      [[3], [0, 0, 0.5]],
      ...plain(3, 1),
    ],
  });
  expect(warnings).toEqual([
    'The weights of 1 layer are all the same number, so that the units of each say the same: same (0.5).',
    'Units whose weights and bias are all 0 put out 0 whatever the layer is given: quiet (1 of 3).',
  ]);
});

test('what the file says of itself is kept, in plain words', async () => {
  const { about } = await imported({
    layers: [dense('out', 2)],
    weights: plain(3, 2),
    training: {
      loss: 'mse',
      optimizer_config: { class_name: 'Adam', config: { learning_rate: 0.001, amsgrad: false } },
      metrics: ['mae', { class_name: 'AUC', config: {} }],
    },
  });
  expect(about).toEqual({
    producer: 'keras v2.15.0',
    versions: [
      { name: 'converter', value: 'TensorFlow.js Converter v4.17.0' },
      { name: 'Keras', value: '2.15.0' },
    ],
    training: [
      { name: 'loss', value: 'mse' },
      { name: 'optimizer', value: 'Adam(learning_rate=0.001)' },
      { name: 'metrics', value: 'mae, AUC' },
    ],
    metadata: [{ name: 'author', value: 'Ada' }],
  });
});

test('Keras files and ONNX tell their versions', async () => {
  const about = async (file: string) =>
    (await importModel([bench.existing(path.join(import.meta.dirname, '..', file))], bench.context)).manifest
      .about;
  expect((await about('goldens/branched.keras'))?.producer).toMatch(/^Keras 3\./);
  expect((await about('goldens/branched.h5'))?.producer).toMatch(/^Keras \d/);
  const tfjs = { class_name: 'Sequential', keras_version: 'tfjs-layers 4.22.0' };
  const config = {
    name: 'net',
    layers: [{ class_name: 'Flatten', config: { name: 'f', batch_input_shape: [null, 3] } }],
  };
  const json = JSON.stringify({ modelTopology: { ...tfjs, config }, weightsManifest: [] });
  const own = await importModel([bench.upload('model.json', json)], bench.context);
  expect(own.manifest.about?.producer).toBe('tfjs-layers 4.22.0');
  const onnx = await about('../network/operators/goldens/row.onnx');
  expect(onnx?.producer).toMatch(/^pytorch \d/);
  expect(onnx?.versions.map(({ name }) => name)).toEqual(['operators (opset)', 'file format (IR)']);
});

test('convolutions of one place and depthwise ones are halves of a layer by design', () => {
  const conv = (name: string, type: string, kernel: number[], size: number) => ({
    ...{ name, type, outputShape: [null, 4, 4, 8], params: 1, trainableParams: 1, units: 8 },
    weights: [{ name: `${name}/kernel`, shape: kernel }],
    config: { kernel_size: [size, size] },
  });
  const pair = (second: ReturnType<typeof conv>) =>
    architectureWarnings({
      ...{ model: 'm', layers: [conv('a', 'Conv2D', [3, 3, 8, 8], 3), second] },
      ...{ edges: [{ from: 'a', to: 'b' }], inputs: [], outputs: ['b'], params: 2 },
    });
  expect(pair(conv('b', 'Conv2D', [3, 3, 8, 8], 3))).toHaveLength(1);
  expect(pair(conv('b', 'Conv2D', [1, 1, 8, 8], 1))).toEqual([]);
  expect(pair(conv('b', 'DepthwiseConv2D', [3, 3, 8, 1], 3))).toEqual([]);
});
