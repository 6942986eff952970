import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, loadBackend } from '../backend/backend.ts';
import { disposeModel } from '../formats/index.ts';
import { seeded } from '../numerics/random.ts';
import { BACKENDS } from '../testing/engines.ts';
import { temporaryFolders } from '../testing/fixtures.ts';
import { GOLDEN_MODELS, importGolden, loadStoredLayers } from '../testing/goldens.ts';
import { graphOfLayers } from './layers/graph.ts';
import { Program } from './program.ts';
import { MODEL_OUTPUT, SCORES } from './taps.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
/** Queries over data ask for models with one. */
const TWO_INPUTS = /two|branched|nested|several|\/tokens\.keras/;
/** TensorFlow.js' own executor has other masks than Keras: those models are compared with that (masks/goldens.test.ts). */
const named = GOLDEN_MODELS.filter((file) => !path.basename(file).startsWith('masks_')).map(
  (file) => [path.basename(file), file] as const,
);

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });

  test.each(named)('%s: every layer and output is that of predict, bit for bit', async (_, file) => {
    const { tf } = backend;
    const stored = await importGolden(file, backend, folders);
    const before = tf.memory().numTensors;
    const model = await loadStoredLayers(backend, stored, folders);
    const [input] = model.inputs;
    const random = seeded(5);
    tf.tidy(() => {
      const shape = [3, ...(input?.shape.slice(1).map((d) => d ?? 5) ?? [])];
      const size = shape.reduce((a, b) => a * b, 1);
      // Small whole numbers are tokens as well as values.
      const x = tf.tensor(
        Float32Array.from({ length: size }, () => random.below(4)),
        shape,
      );
      if (model.inputs.length > 1) {
        expect(file).toMatch(TWO_INPUTS);
        return;
      }
      const layers = stored.manifest.graph.layers.map((layer) => layer.name);
      const outputs = layers.map((layer) => [model.getLayer(layer).getOutputAt(0)].flat()[0]!);
      const said = tf.model({ inputs: model.inputs, outputs: [...new Set(outputs)] }).predict(x);
      const expected = outputs.map((output) => [said].flat()[[...new Set(outputs)].indexOf(output)]);
      const program = new Program(tf, graphOfLayers(tf, model));
      const found = program.run(() => x, layers);
      for (const [i, layer] of layers.entries()) same(found[i], expected[i], layer);
      const predicted = model.predict(x);
      const [output] = Array.isArray(predicted) ? predicted : [predicted];
      same(program.run(() => x, [MODEL_OUTPUT])[0], output, 'the output');
      for (const [i, layer] of layers.entries()) {
        const value = expected[i];
        if (!value) continue;
        const [resumed] = program.run(() => x, [MODEL_OUTPUT], { given: new Map([[layer, value]]) });
        same(resumed, output, `the output from ${layer} on`);
      }
    });
    disposeModel(model);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('what a given value makes needless is not computed', () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const model = chain(tf, 'softmax');
    const program = new Program(tf, graphOfLayers(tf, model));
    tf.tidy(() => {
      const never = () => {
        throw new Error('the input was asked for');
      };
      const hidden = tf.tensor2d([[1, 2]]);
      const [out] = program.run(never, [MODEL_OUTPUT], { given: new Map([['hidden', hidden]]) });
      expect(out?.shape).toEqual([1, 2]);
      expect(program.leadsTo('hidden', MODEL_OUTPUT)).toBe(true);
      expect(program.leadsTo('out', 'hidden')).toBe(false);
    });
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(['softmax', 'sigmoid', 'linear'])('scores are what goes into a final %s', (ending) => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const within = chain(tf, ending);
    const apart = chain(tf, ending, 'Activation');
    tf.tidy(() => {
      const x = tf.tensor2d([[0.5, -1]]);
      // Weights are ones: hidden is relu of -0.5 twice, or 1.5 twice.
      for (const [values, score] of [
        [[0.5, -1], 0],
        [[0.5, 1], 3],
      ] as const)
        for (const model of [within, apart]) {
          const [scores] = new Program(tf, graphOfLayers(tf, model)).run(
            () => tf.tensor2d([[...values]]),
            [SCORES],
          );
          expect([...(scores?.dataSync() ?? [])]).toEqual([score, score]);
        }
      // Its activation is itself again afterwards.
      const said = within.predict(x);
      same(
        new Program(tf, graphOfLayers(tf, within)).run(() => x, [MODEL_OUTPUT])[0],
        Array.isArray(said) ? said[0] : said,
        'it',
      );
    });
    within.dispose();
    apart.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('an Embedding names a number that its table has no row for', async () => {
    const { tf } = backend;
    const model = tf.sequential({
      layers: [tf.layers.embedding({ name: 'words', inputDim: 4, outputDim: 2, inputShape: [2] })],
    });
    const program = new Program(tf, graphOfLayers(tf, model));
    const before = tf.memory().numTensors;
    for (const [token, found] of [
      [4, '4'],
      [-1, '-1'],
      [Number.NaN, 'a value that is no whole number'],
    ] as const)
      expect(() => tf.tidy(() => program.run(() => tf.tensor2d([[0, token]]), [MODEL_OUTPUT]))).toThrow(
        `the layer words (Embedding) takes whole numbers from 0 to 3, found ${found}; look whether the data were made for another vocabulary, or are scaled`,
      );
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  test('guided rectifiers let only positive gradient through, wherever they are', () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const input = tf.input({ shape: [1, 3] });
    for (const make of [
      () => tf.layers.reLU({}),
      () => tf.layers.reLU({ maxValue: 10 }),
      () => tf.layers.timeDistributed({ layer: tf.layers.reLU({}) }),
      () => tf.layers.activation({ activation: 'relu' }),
      () => tf.layers.dense({ units: 3, activation: 'relu', kernelInitializer: 'identity' }),
      () =>
        tf.layers.timeDistributed({
          layer: tf.layers.dense({ units: 3, activation: 'relu', kernelInitializer: 'identity' }),
        }),
    ]) {
      const output = make().apply(input);
      if (Array.isArray(output) || !('sourceLayer' in output)) throw new Error('one output was expected');
      const model = tf.model({ inputs: input, outputs: output });
      const program = new Program(tf, graphOfLayers(tf, model));
      const gradient = (guided: boolean) =>
        tf.tidy(() => [
          ...tf
            .grad((x) =>
              tf.sum(tf.mul(program.run(() => x, [MODEL_OUTPUT], { guided })[0] ?? x, tf.tensor([1, -1, 1]))),
            )(tf.tensor([2, 3, -4], [1, 1, 3]))
            .dataSync(),
        ]);
      expect(gradient(false).map((v) => v + 0)).toEqual([1, -1, 0]);
      expect(gradient(true).map((v) => v + 0)).toEqual([1, 0, 0]);
      model.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** 2 -> 2 (relu) -> 2, all weights one, no bias, with the ending inside the last layer or as one of its own. */
function chain(tf: Backend['tf'], ending: string, apart?: 'Activation') {
  const ones = { kernelInitializer: 'ones', useBias: false } as const;
  return tf.sequential({
    layers: [
      tf.layers.dense({ name: 'hidden', inputShape: [2], units: 2, activation: 'relu', ...ones }),
      tf.layers.dense({ name: 'out', units: 2, activation: apart ? 'linear' : activation(ending), ...ones }),
      ...(apart ? [tf.layers.activation({ activation: activation(ending) })] : []),
    ],
  });
}
const activation = (name: string) => (name === 'softmax' || name === 'sigmoid' ? name : 'linear');

function same(found: Tensor | undefined, expected: Tensor | undefined, what: string): void {
  expect(found?.shape, what).toEqual(expected?.shape);
  expect([...(found?.dataSync() ?? [])], what).toEqual([...(expected?.dataSync() ?? [])]);
}
