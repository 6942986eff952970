/** Masks by hand: models of a line or two, with numbers that can be checked on paper. */
import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Backend, loadBackend } from '../backend/backend.ts';
import { CLASSES } from '../formats/layers/classes/index.ts';
import { graphOfLayers } from '../network/layers/graph.ts';
import { Program } from '../network/program.ts';
import { MODEL_OUTPUT } from '../network/taps.ts';
import { BACKENDS } from '../testing/engines.ts';
import { isDecided, PLAIN_TRAITS } from './rules.ts';
import { maskedOutputs } from './values.ts';

const KERAS2 = { ...PLAIN_TRAITS, keras3: false };

describe.each(BACKENDS)('on %s', (name) => {
  let tf: Backend['tf'];
  beforeAll(async () => {
    tf = (await loadBackend(name)).tf;
  });

  const one = (made: Tensor | Tensor[] | SymbolicTensor | SymbolicTensor[]): SymbolicTensor => {
    const [output] = [made].flat();
    if (!output || !('sourceLayer' in output)) throw new Error('one output was expected');
    return output;
  };
  const masked = (x: SymbolicTensor, maskValue: number) => one(tf.layers.masking({ maskValue }).apply(x));
  const valuesOf = (
    model: LayersModel,
    rows: number[][][],
    traits = PLAIN_TRAITS,
    edits = new Map(),
  ): number[] => {
    const before = tf.memory().numTensors;
    const values = tf.tidy(() => {
      const program = new Program(tf, graphOfLayers(tf, model, traits), edits);
      const [out] = program.run(() => tf.tensor3d(rows), [MODEL_OUTPUT]);
      return [...(out?.dataSync() ?? [])];
    });
    expect(tf.memory().numTensors).toBe(before);
    return values;
  };
  /** What `build` makes of three steps of one number, of which 9 is a masked one. */
  const said = (build: (x: SymbolicTensor) => SymbolicTensor, steps: number[], traits = PLAIN_TRAITS) => {
    const x = tf.input({ shape: [3, 1] });
    const model = tf.model({ inputs: x, outputs: build(x) });
    const values = valuesOf(model, [steps.map((step) => [step])], traits);
    model.dispose();
    return values;
  };
  const mean = (x: SymbolicTensor) => one(tf.layers.globalAveragePooling1d().apply(x));

  test('a mean is one of the steps that count, and none where none does', () => {
    const pooled = (x: SymbolicTensor) => mean(masked(x, 9));
    expect(said(pooled, [1, 9, 3])).toEqual([2]);
    expect(said(pooled, [1, 2, 3])).toEqual([2]);
    expect(said(pooled, [9, 9, 9])).toEqual([Number.NaN]);
  });

  test('a mask ends with the first layer that does not hand it on', () => {
    const following = (layer: {
      apply(x: SymbolicTensor): Tensor | Tensor[] | SymbolicTensor | SymbolicTensor[];
    }) => said((x) => mean(one(layer.apply(masked(x, 9)))), [1, 9, 2]);
    expect(following(tf.layers.activation({ activation: 'linear' }))).toEqual([1.5]);
    expect(following(tf.layers.leakyReLU({}))).toEqual([1.5]);
    expect(following(tf.layers.rescaling({ scale: 2, offset: 0 }))).toEqual([3]);
    // Of the masked step Masking leaves 0.
    for (const layer of [
      tf.layers.reshape({ targetShape: [3, 1] }),
      tf.layers.permute({ dims: [1, 2] }),
      tf.layers.maxPooling1d({ poolSize: 1 }),
    ])
      expect(following(layer)).toEqual([1]);
  });

  test('branches are merged where one is masked, and where both are', () => {
    const merge = (
      both: boolean,
      layer: 'add' | 'maximum' | 'minimum' | 'multiply' | 'concatenate',
      traits = PLAIN_TRAITS,
    ) =>
      said(
        (x) => {
          const other = both ? masked(x, 4) : x;
          const args = layer === 'concatenate' ? { axis: 1 } : {};
          return mean(one(tf.layers[layer](args).apply([masked(x, 9), other])));
        },
        [1, 9, 4],
        traits,
      );
    // Keras 3: masked beside unmasked is unmasked. 1+1, 0+9, 4+4.
    expect(merge(false, 'add')).toEqual([Math.fround(19 / 3)]);
    // Each step counts in one of the two. 1+1, 0+9, 4+0.
    expect(merge(true, 'add')).toEqual([5]);
    expect(merge(true, 'add', KERAS2)).toEqual([2]);
    expect(merge(false, 'add', KERAS2)).toEqual([5]);
    // What is masked has no part in a largest, a smallest or a product.
    expect(merge(true, 'minimum')).toEqual([Math.fround(14 / 3)]);
    expect(merge(true, 'maximum')).toEqual([Math.fround(14 / 3)]);
    expect(merge(true, 'multiply')).toEqual([Math.fround(14 / 3)]);
    expect(merge(false, 'minimum')).toEqual([Math.fround(14 / 3)]);
    expect(merge(false, 'multiply')).toEqual([Math.fround(26 / 3)]);
    expect(merge(false, 'minimum', KERAS2)).toEqual([2.5]);
    // One after the other: 1 _ 4 1 9 _, or 1 _ 4 1 9 4.
    expect(merge(true, 'concatenate')).toEqual([3.75]);
    expect(merge(false, 'concatenate')).toEqual([Math.fround(19 / 5)]);
  });

  test('a recurrent layer keeps its state over masked steps, and says again what it said', () => {
    const adding = (more: object) => (x: SymbolicTensor) =>
      one(
        tf.layers
          .simpleRNN({
            units: 1,
            activation: 'linear',
            kernelInitializer: 'ones',
            recurrentInitializer: 'ones',
            returnSequences: true,
            ...more,
          })
          .apply(masked(x, 9)),
      );
    expect(said(adding({}), [9, 1, 9])).toEqual([0, 1, 1]);
    expect(said(adding({}), [2, 9, 3])).toEqual([2, 2, 5]);
    expect(said(adding({ goBackwards: true }), [2, 9, 3])).toEqual([3, 3, 5]);
    expect(said(adding({ returnSequences: false }), [9, 9, 9])).toEqual([0]);
    const zeroing = {
      ...PLAIN_TRAITS,
      of: (layer: Parameters<typeof PLAIN_TRAITS.of>[0]) => ({ ...PLAIN_TRAITS.of(layer), zeroOutput: true }),
    };
    expect(said(adding({}), [2, 9, 3], zeroing)).toEqual([2, 0, 5]);
    expect(said(adding({ returnSequences: false }), [2, 3, 9], zeroing)).toEqual([0]);
  });

  test('a mask that fits no step is refused in words', () => {
    const x = tf.input({ shape: [3, 2, 2] });
    const inner = tf.layers.timeDistributed({ layer: tf.layers.globalAveragePooling1d() });
    const fits = tf.model({ inputs: x, outputs: one(inner.apply(masked(x, 9))) });
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const [out] = new Program(tf, graphOfLayers(tf, fits)).run(
        () => tf.tensor4d([1, 1, 9, 9, 1, 1, 2, 4, 9, 9, 9, 9], [1, 3, 2, 2]),
        [MODEL_OUTPUT],
      );
      expect([...(out?.dataSync() ?? [])]).toEqual([1, 1, 1.5, 2.5, Number.NaN, Number.NaN]);
    });
    expect(tf.memory().numTensors).toBe(before);
    const wide = tf.input({ shape: [3, 2] });
    const softmax = tf.model({
      inputs: wide,
      outputs: one(tf.layers.softmax({ axis: -1 }).apply(masked(wide, 9))),
    });
    expect(() =>
      valuesOf(softmax, [
        [
          [1, 1],
          [9, 9],
          [1, 1],
        ],
      ]),
    ).toThrow(
      /^the layer softmax_\w+ gets a mask of shape \[1, 3\] for an input of shape \[1, 3, 2\]; expected the sizes of the input; end the mask before this layer, for example with a Reshape$/,
    );
    fits.dispose();
    softmax.dispose();
  });

  test('a mean over steps takes one mark for each', () => {
    const rule = { type: 'GlobalAveragePooling1D', operator: false, zeroOutput: false, maskValue: 0 };
    const rest = { maskZero: false, axis: -1, returnSequences: false, apart: false, inner: null };
    const mean = (marks: number) =>
      tf.tidy(() =>
        maskedOutputs(
          tf,
          tf.layers.globalAveragePooling1d({}),
          [tf.tensor3d([1, 2, 3, 4, 5, 6], [1, 3, 2])],
          [tf.cast(tf.ones([1, marks]), 'bool')],
          { ...rule, ...rest },
        ).map((y) => [...y.dataSync()]),
      );
    expect(mean(3)).toEqual([[3, 4]]);
    expect(() => mean(2)).toThrow(
      /^the layer global\S+ gets a mask of shape \[1, 2\] for an input of shape \[1, 3, 2\]; expected one mark for each of 3 steps;/,
    );
  });
});

test('of every layer that is imported it is decided what it does with a mask', () => {
  expect(Object.keys(CLASSES).filter((type) => !isDecided(type))).toEqual([]);
});
