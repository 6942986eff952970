import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Operand } from '../../../core/address/types.ts';
import { type GraphRecord, predictionRecordSchema } from '../../../core/result/index.ts';
import { expectNumbers } from '../testing/asserts.ts';
import { ask, engineOn } from '../testing/engines.ts';
import {
  ALL,
  call,
  type LayerSpec,
  planOf,
  storeData,
  storeModel,
  temporaryFolders,
} from '../testing/fixtures.ts';

const topologySchema = z.looseObject({ config: z.looseObject({}) });
const folders = temporaryFolders();
afterAll(() => folders.remove());

/** Two features in, y = xW; W picks and scales features, so results can be read off. */
function dense(units: number, activation: string, values: readonly number[]): LayerSpec {
  return {
    type: 'Dense',
    name: 'out',
    config: { units, activation, use_bias: false },
    output: [units],
    weights: [{ name: 'kernel', shape: [2, units], values }],
  };
}
async function predict(
  layers: readonly LayerSpec[],
  classes: readonly string[],
  losses?: GraphRecord['losses'],
) {
  const stored = storeModel(folders, [2], layers);
  const graph = { ...stored.manifest.graph, ...(losses ? { losses } : {}) };
  const model = { ...stored, manifest: { ...stored.manifest, graph } };
  const data = storeData(folders, { shape: [2], classes, scale: 1, x: [2, 0, 0, 3], y: [0, 1] });
  const engine = await engineOn('wasm', folders);
  const answer = await ask(engine, planOf(model, data, { what: call('predict'), input: ALL }));
  engine.dispose();
  return { ...answer, record: predictionRecordSchema.parse(answer.meta.record) };
}
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));

test('outputs that nothing makes probabilities stay as they are, and a warning says what they are taken for', async () => {
  const { tensors, meta, record } = await predict([dense(2, 'linear', [1, 0, 0, 1])], ['a', 'b']);
  expectNumbers(tensors.probabilities, [2, 0, 0, 3], 5);
  expectNumbers(tensors.predicted, [0, 1], 0);
  expect([...(tensors.confidence?.data ?? [])]).toEqual([Number.NaN, Number.NaN]);
  expect(meta.warnings).toEqual([
    'Nothing in the model makes its outputs probabilities: they are shown as they are, the largest is taken as the prediction, and there is no confidence; if they are logits, save the model compiled with a loss of from_logits=True, or with a Softmax at its end.',
  ]);
  expect(record.accuracy).toBe(1);
});

test('one sigmoid unit is two classes', async () => {
  const { tensors } = await predict([dense(1, 'sigmoid', [-1, 1])], ['no', 'yes']);
  expectNumbers(tensors.probabilities, [sigmoid(2), sigmoid(-2), sigmoid(-3), sigmoid(3)], 5);
  expectNumbers(tensors.predicted, [0, 1], 0);
});

test('a softmax layer or an activation after the logits classifies, too', async () => {
  const logits: LayerSpec = { ...dense(2, 'linear', [1, 0, 0, 1]), name: 'logits' };
  const endings: LayerSpec[] = [
    { type: 'Softmax', name: 'end', config: { axis: -1 }, output: [2] },
    { type: 'Activation', name: 'end', config: { activation: 'softmax' }, output: [2] },
  ];
  for (const ending of endings) {
    const { tensors, meta } = await predict([logits, ending], ['a', 'b']);
    expectNumbers(tensors.probabilities, [sigmoid(2), sigmoid(-2), sigmoid(-3), sigmoid(3)], 5);
    expect(meta.warnings).toEqual([]);
  }
});

test('a model that scores no classes says its outputs by their numbers, and predicts none', async () => {
  const { tensors, meta, record } = await predict([dense(3, 'linear', [1, 0, 0, 1, 0, 2])], ['a', 'b']);
  expect(record).toEqual({
    scores: 'output',
    classes: ['output 0', 'output 1', 'output 2'],
    accuracy: null,
    unpredicted: 0,
  });
  expectNumbers(tensors.probabilities, [2, 0, 0, 3, 0, 6], 6);
  expectNumbers(tensors.predicted, [-1, -1], 0);
  expect(meta.warnings).toEqual([
    'The model scores no classes of this data set, which has 2: its outputs are shown as they are, and none is a prediction.',
  ]);
  const three = await predict([dense(1, 'sigmoid', [1, 0])], ['a', 'b', 'c']);
  expect(three.record.scores).toBe('output');
  expect(three.meta.warnings).toEqual([
    'The model scores no classes of this data set, which has 3: its outputs are shown as they are, and none is a prediction; one sigmoid unit tells two classes apart.',
  ]);
});

test('of several outputs the first is used, and every answer that is about it says so', async () => {
  const one = storeModel(
    folders,
    [2],
    [
      { ...dense(2, 'softmax', [1, 0, 0, 1]), name: 'first' },
      { ...dense(2, 'linear', [1, 0, 0, 1]), name: 'second' },
    ],
  );
  const { topology, graph } = one.manifest;
  const config = {
    ...topologySchema.parse(topology).config,
    output_layers: [
      ['first', 0, 0],
      ['second', 0, 0],
    ],
  };
  const model = {
    ...one,
    manifest: {
      ...one.manifest,
      topology: { ...topologySchema.parse(topology), config },
      graph: { ...graph, outputs: ['first', 'second'] },
    },
  };
  const data = storeData(folders, { shape: [2], classes: ['a', 'b'], scale: 1, x: [2, 0, 0, 3], y: [0, 1] });
  const engine = await engineOn('wasm', folders);
  const said =
    'The model has 2 outputs: this is about the first, first, not about second; ask about that as layers, as in stats(second).';
  const input = { kind: 'example', dataset: 'toy', split: 'test', index: 0 } as const;
  const wrong = {
    kind: 'slice',
    dataset: 'toy',
    split: 'test',
    where: { op: '=', left: { kind: 'column', name: 'predicted' }, right: { kind: 'number', value: 0 } },
  } as const;
  const where = (left: Operand, value: number) =>
    ({
      ...({ kind: 'slice', dataset: 'toy', split: 'test' } as const),
      where: { op: '<=', left, right: { kind: 'number', value } },
    }) as const;
  const units = where({ kind: 'activation', layer: 'second', unit: 0 }, 9);
  const near = where({ kind: 'distance', layer: 'second', to: input }, 9);
  const agreeing = where({ kind: 'agreement', layer: 'second', k: 1 }, 1);
  const layer = { kind: 'layer', layer: 'first' } as const;
  for (const query of [
    ...(['predict', 'confusion', 'classmetrics', 'calibration'] as const).map((name) => ({
      ...{ what: call(name), input: ALL },
    })),
    { what: call('examples', 'first'), input: ALL },
    { what: call('stats', 'second'), input: wrong },
    { what: call('count'), input: wrong },
    // The accuracy that goes with a count, whatever the condition asks the model.
    { what: call('count'), input: units },
    { what: call('count'), input: near },
    { what: call('count'), input: agreeing },
    // What `predicted` says of the examples that are shown.
    { what: call('top', 'second', 1), input: ALL },
    { what: call('neighbours', 'second'), input },
    { what: call('neighbours', 'second'), input: ALL },
    { what: layer, input },
    { what: layer, input, target: { kind: 'logit', index: 0 } },
  ] as const) {
    const { meta } = await ask(engine, planOf(model, data, query));
    expect(meta.warnings, JSON.stringify(query.what)).toContain(said);
  }
  const changes = [{ kind: 'fgsm', epsilon: 0.1 }] as const;
  const attacked = planOf(model, data, { what: call('stats', 'second'), input: ALL, changes: [...changes] });
  expect((await ask(engine, attacked)).meta.warnings).toEqual([
    'The attack raises the loss of the first of the model’s 2 outputs, first.',
  ]);
  // The other output is a place, and a target, like any layer.
  const other = { what: layer, input, target: { kind: 'unit', layer: 'second', unit: 1 } } as const;
  expect((await ask(engine, planOf(model, data, other))).meta.warnings).not.toContain(said);
  engine.dispose();
});

test('a change that leaves the label no probability makes the loss infinite, and that is said', async () => {
  const model = storeModel(folders, [2], [dense(2, 'softmax', [1, 0, 0, 1])]);
  const data = storeData(folders, { shape: [2], classes: ['a', 'b'], scale: 1, x: [2, 0, 0, 3], y: [0, 1] });
  const engine = await engineOn('wasm', folders);
  const query = {
    what: { kind: 'identity' },
    input: { kind: 'example', dataset: 'toy', split: 'test', index: 0 },
    target: { kind: 'loss' },
    changes: [{ kind: 'ablate', layer: 'out', unit: 0 }],
  } as const;
  await expect(ask(engine, planOf(model, data, query))).rejects.toThrow(
    'A change leaves the label no probability above 0, so that its loss is infinite; ask for the class, or change a layer before the last.',
  );
  const predicted = { ...query, what: call('predict'), target: undefined };
  const { target: _, ...plain } = predicted;
  expect((await ask(engine, planOf(model, data, plain))).meta.warnings).toContain(
    'A change acts on the probabilities themselves: they need not sum to one.',
  );
  engine.dispose();
});

test.each([
  ['softmax', 1, [], 'A softmax over a single unit is 1 for every example: it tells no classes apart.'],
  ['sigmoid', 1, [], 'One sigmoid unit is read as two classes: its output is the probability of class 1.'],
  ['sigmoid', 2, ['a', 'b'], 'Each class has a sigmoid of its own: the scores do not sum to one.'],
  [
    'log_softmax',
    2,
    ['a', 'b'],
    'The outputs are logarithms of probabilities: what is shown are their exponentials, the probabilities.',
  ],
] as const)('%s of %i units: what it is taken for is said', async (activation, units, classes, said) => {
  const values = [1, 0, 0, 1].slice(0, 2 * units);
  const { meta } = await predict([dense(units, activation, values)], classes);
  expect(meta.warnings).toContain(said);
});

test.each([
  [
    'sparse_categorical_crossentropy',
    2,
    'The outputs are logits, a softmax was applied: the file says that it was trained with sparse_categorical_crossentropy, from_logits=True.',
    [sigmoid(2), sigmoid(-2), sigmoid(-3), sigmoid(3)],
  ],
  [
    'binary_crossentropy',
    2,
    'The outputs are logits, a sigmoid was applied to each, so that the scores do not sum to one: the file says that it was trained with binary_crossentropy, from_logits=True.',
    [sigmoid(2), 0.5, 0.5, sigmoid(3)],
  ],
  [
    'binary_crossentropy',
    1,
    'The output is a logit, a sigmoid was applied, which is the probability of class 1: the file says that it was trained with binary_crossentropy, from_logits=True.',
    [sigmoid(-2), sigmoid(2), 0.5, 0.5],
  ],
] as const)('%s from logits of %i units', async (name, units, said, probabilities) => {
  const values = [1, 0, 0, 1].slice(0, 2 * units);
  const { tensors, meta } = await predict(
    [dense(units, 'linear', values)],
    ['a', 'b'],
    [{ name, fromLogits: true }],
  );
  expectNumbers(tensors.probabilities, [...probabilities], 6);
  expect(meta.warnings).toEqual([said]);
});

test('what needs classes is refused of such a model, with what it puts out', async () => {
  const model = storeModel(folders, [2], [dense(3, 'linear', [1, 0, 0, 1, 0, 0])]);
  const data = storeData(folders, { shape: [2], classes: ['a', 'b'], scale: 1, x: [2, 0, 0, 3], y: [0, 1] });
  const engine = await engineOn('wasm', folders);
  for (const name of ['confusion', 'classmetrics', 'calibration'] as const)
    await expect(ask(engine, planOf(model, data, { what: call(name), input: ALL }))).rejects.toThrow(
      `${name}() needs a model that scores classes; this one's output is [?, 3] for a data set of 2 classes`,
    );
  engine.dispose();
});

test('examples() of a model that rebuilds its input has the mean squared error instead of a prediction', async () => {
  const model = storeModel(folders, [2], [dense(2, 'linear', [1, 0, 0, 0])]);
  const data = storeData(folders, { shape: [2], classes: [], scale: 1, x: [2, 0, 0, 3, 1, 1, 4, 2] });
  const engine = await engineOn('wasm', folders);
  const { tensors } = await ask(engine, planOf(model, data, { what: call('examples', 'out'), input: ALL }));
  // The second feature is lost: its square, over two features.
  expectNumbers(tensors.error, [0, 4.5, 0.5, 2], 5);
  expect(tensors.predicted).toBeUndefined();
  expect(tensors.pictures).toBeUndefined();
});

test.each([
  [
    'sparse_categorical_crossentropy',
    'The outputs are logits, a softmax was applied: the file says that it was trained with sparse_categorical_crossentropy, from_logits=True.',
  ],
  [
    'binary_crossentropy',
    'The outputs are logits, a sigmoid was applied to each, so that the scores do not sum to one: the file says that it was trained with binary_crossentropy, from_logits=True.',
  ],
])('outputs that were trained as logits of %s are told to be such', async (name, said) => {
  const { manifest, checkpoint } = storeModel(folders, [2], [dense(2, 'linear', [1, 0, 0, 1])]);
  const graph = { ...manifest.graph, losses: [{ name, fromLogits: true }] };
  const data = storeData(folders, { shape: [2], classes: ['a', 'b'], scale: 1, x: [2, 0, 0, 3], y: [0, 1] });
  const engine = await engineOn('wasm', folders);
  const model = { manifest: { ...manifest, graph }, checkpoint };
  const { meta } = await ask(engine, planOf(model, data, { what: call('predict'), input: ALL }));
  engine.dispose();
  expect(meta.warnings).toEqual([said]);
});
