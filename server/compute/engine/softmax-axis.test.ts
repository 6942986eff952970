/** A softmax over another axis than the last, at the end of a model: its outputs are Keras', and no class is made of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { predictionRecordSchema } from '../../../core/result/index.ts';
import { expectNumbers } from '../testing/asserts.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import {
  ALL,
  call,
  type LayerSpec,
  planOf,
  storeData,
  storeModel,
  temporaryFolders,
} from '../testing/fixtures.ts';
import type { Engine } from './engine.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

/** keras.layers.Softmax(axis=1) of Keras 3.15 in float64, of the two examples below as (2, 3). */
const X = [1, -0.5, 2, 0.25, 3, -1, 0, 0, 40, 1, -2, 0.5];
const GOLDEN = [
  ...[0.679178699175393, 0.0293122307513563, 0.952574126822433],
  ...[0.320821300824607, 0.970687769248644, 0.0474258731775668],
  ...[0.268941421369995, 0.880797077977882, 1],
  ...[0.731058578630005, 0.119202922022118, 7.00435202616865e-18],
];
const softmax: LayerSpec = { type: 'Softmax', name: 'end', config: { axis: 1 }, output: [2, 3] };
const flat: LayerSpec = { type: 'Flatten', name: 'flat', config: {}, output: [6] };

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());
  const data = storeData(folders, { shape: [2, 3], classes: ['a', 'b', 'c'], scale: 1, x: X, y: [0, 2] });

  test('with its places: no row of scores, so activation() is offered, which is right', async () => {
    const model = storeModel(folders, [2, 3], [softmax]);
    await expect(ask(engine, planOf(model, data, { what: call('predict'), input: ALL }))).rejects.toThrow(
      'predict() needs a model that puts out a row of numbers, this one puts out [?, 2, 3]; ask for activation(end)',
    );
    const input = { kind: 'example', dataset: 'toy', split: 'test', index: 1 } as const;
    const { tensors } = await ask(engine, planOf(model, data, { what: call('activation', 'end'), input }));
    // Units first.
    const expected = [0, 1, 2].flatMap((unit) => [0, 1].map((step) => GOLDEN[6 + step * 3 + unit]!));
    expectNumbers(tensors.values, expected, 6);
  });

  test('made flat: outputs, of which no class is made', async () => {
    const model = storeModel(folders, [2, 3], [softmax, flat]);
    const { tensors, meta } = await ask(engine, planOf(model, data, { what: call('predict'), input: ALL }));
    expectNumbers(tensors.probabilities, GOLDEN, 6);
    expectNumbers(tensors.predicted, [-1, -1], 0);
    expect(predictionRecordSchema.parse(meta.record).scores).toBe('output');
    expect(meta.warnings[0]).toMatch(/^The model scores no classes of this data set, which has 3/);
    for (const name of ['confusion', 'calibration'] as const)
      await expect(ask(engine, planOf(model, data, { what: call(name), input: ALL }))).rejects.toThrow(
        `${name}() needs a model that scores classes`,
      );
  });
});
