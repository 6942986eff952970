import { afterAll, expect, test } from 'vitest';
import { predictionRecordSchema } from '../../core/result/index.ts';
import { expectNumbers } from './testing/asserts.ts';
import { ask, engineOn } from './testing/engines.ts';
import {
  ALL,
  call,
  type LayerSpec,
  planOf,
  storeData,
  storeModel,
  temporaryFolders,
} from './testing/fixtures.ts';

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
async function predict(layers: readonly LayerSpec[], classes: readonly string[]) {
  const model = storeModel(folders, [2], layers);
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
