import type { layers } from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Target } from '../../../core/algebra/index.ts';
import type { DatasetManifest } from '../../../core/artifacts/index.ts';
import { type Backend, loadBackend } from '../backend/backend.ts';
import { gradientOf, refuseGradient } from '../network/gradients.ts';
import { graphOfLayers } from '../network/layers/graph.ts';
import type { LoadedModel } from '../network/model.ts';
import { type Edits, Program } from '../network/program.ts';
import { MODEL_OUTPUT } from '../network/taps.ts';
import { BACKENDS } from '../testing/engines.ts';
import { type TargetRule, targetRule } from './target.ts';

const dataset = (classes: number): DatasetManifest => ({
  ...{ hash: '', shape: [3], columns: [], splits: [], warnings: [] },
  ...{ dtype: 'F32', range: null, declaredScale: null },
  classes: Array.from({ length: classes }, (_, i) => `c${i}`),
});

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  let before = 0;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });
  beforeEach(() => {
    before = backend.tf.memory().numTensors;
  });
  const models: { dispose(): unknown }[] = [];
  afterEach(() => {
    for (const model of models.splice(0)) model.dispose();
    expect(backend.tf.memory().numTensors).toBe(before);
  });

  /** Hands its input on, through the given last layers: what is put in is the scores. */
  function handing(
    units: number,
    last: (tf: Backend['tf']) => layers.Layer[],
    { edits, losses }: { edits?: Edits; losses?: LoadedModel['losses'] } = {},
  ): LoadedModel {
    const { tf } = backend;
    const model = tf.sequential({
      layers: [
        tf.layers.dense({
          name: 'same',
          inputShape: [units],
          units,
          kernelInitializer: 'identity',
          useBias: false,
        }),
        ...last(tf),
      ],
    });
    models.push(model);
    return {
      ...{ bytes: 0, outputsOf: () => [], dispose: () => undefined },
      program: new Program(tf, graphOfLayers(tf, model), edits),
      losses,
    };
  }
  const softmax = (tf: Backend['tf']) => [tf.layers.softmax()];
  const activation = (of: 'sigmoid' | 'tanh') => (tf: Backend['tf']) => [
    tf.layers.activation({ name: 'last', activation: of }),
  ];

  /** Target and its gradient at scores, for labels. */
  function at(
    loaded: LoadedModel,
    target: Target | undefined,
    rows: readonly (readonly number[])[],
    { classes = 3, labels = [0] }: { classes?: number; labels?: readonly number[] } = {},
  ): { values: number[]; gradient: number[]; fixed: number[]; rule: TargetRule } {
    const { tf } = backend;
    const rule = targetRule(tf, loaded, dataset(classes), target);
    const [values, gradient, fixed] = tf.tidy(() => {
      const x = tf.tensor2d(rows.map((row) => [...row]));
      const [said] = loaded.program.run(() => x, [MODEL_OUTPUT]);
      const about = rule.fix(said ?? x, Int32Array.from(labels));
      const value = (p: typeof x) => rule.value(loaded.program.run(() => p, [rule.tap])[0] ?? p, about);
      const slope = gradientOf(tf, (p) => value(p.as2D(rows.length, rows[0]?.length ?? 0)), x);
      return [[...value(x).dataSync()], [...slope.dataSync()], [...about]];
    });
    return { values, gradient, fixed, rule };
  }
  const close = (list: readonly number[]) => list.map((v) => expect.closeTo(v, 5));

  test('by default it is the class that the model predicts, fixed where it was asked', () => {
    const { values, fixed, rule } = at(handing(3, softmax), undefined, [
      [0, Math.log(2), 0],
      [Math.log(6), 0, 0],
    ]);
    expect(rule.kind).toBe('class');
    expect(fixed).toEqual([1, 0]);
    expect(values).toEqual(close([0.5, 0.75]));
    expect(rule.text(1)).toBe('class 1');
  });

  test('class, logit and loss of a softmax, inside the layer and apart', () => {
    const dense = (tf: Backend['tf']) => [
      tf.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: 'identity', useBias: false }),
    ];
    for (const last of [softmax, dense]) {
      const loaded = handing(3, last);
      const row = [[0.3, -1, 2]];
      const sum = Math.exp(0.3) + Math.exp(-1) + Math.exp(2);
      expect(at(loaded, { kind: 'class', index: 2 }, row).values).toEqual(close([Math.exp(2) / sum]));
      expect(at(loaded, { kind: 'logit', index: 1 }, row)).toMatchObject({
        values: [-1],
        gradient: [0, 1, 0],
      });
      const loss = at(loaded, { kind: 'loss' }, row, { labels: [1] });
      expect(loss.values).toEqual(close([Math.log(sum) + 1]));
      const p = [0.3, -1, 2].map((v) => Math.exp(v) / sum);
      expect(loss.gradient).toEqual(close(p.map((v, i) => v - (i === 1 ? 1 : 0))));
    }
  });

  const logits = (name: string) => ({ losses: [{ name, fromLogits: true }] });

  test('outputs that nothing makes probabilities are explained as they are, by default the largest', () => {
    const raw = handing(3, () => []);
    const found = at(raw, undefined, [[0, 0, Math.log(2)]]);
    expect(found).toMatchObject({ fixed: [2], values: close([Math.log(2)]) });
    expect(found.rule.text(2)).toBe('logit 2');
    for (const target of [{ kind: 'class', index: 0 }, { kind: 'loss' }] as const)
      expect(() => at(raw, target, [[0, 0, 0]])).toThrow(
        /^(class 0|the loss) needs probabilities, and nothing in this model makes its outputs such; if they are logits, save/,
      );
  });

  test('outputs that were trained as logits get a sigmoid where the loss was binary', () => {
    const one = handing(1, () => [], logits('binary_crossentropy'));
    const two = { classes: 2 };
    expect(at(one, undefined, [[2]], two)).toMatchObject({
      fixed: [1],
      values: close([1 / (1 + Math.exp(-2))]),
    });
    const sure = at(one, { kind: 'loss' }, [[80], [-80]], { ...two, labels: [0, 1] });
    expect(sure).toMatchObject({ values: close([80, 80]), gradient: close([1, -1]) });
    const each = handing(3, () => [], logits('binary_crossentropy'));
    expect(at(each, { kind: 'loss' }, [[-90, 5, 5]], { labels: [0] }).values).toEqual(close([90]));
  });

  test('logits get a softmax; the loss neither overflows nor loses its slope where the model is sure and wrong', () => {
    const raw = handing(3, () => [], logits('sparse_categorical_crossentropy'));
    expect(at(raw, undefined, [[0, 0, Math.log(2)]]).values).toEqual(close([0.5]));
    for (const loaded of [raw, handing(3, softmax)]) {
      const found = at(loaded, { kind: 'loss' }, [[500, 0, 0]], { labels: [2] });
      expect(found.values).toEqual(close([500]));
      expect(found.gradient).toEqual(close([1, 0, -1]));
    }
  });

  test('one sigmoid is two classes and one logit', () => {
    const loaded = handing(1, activation('sigmoid'));
    const two = { classes: 2 };
    expect(at(loaded, undefined, [[2]], two)).toMatchObject({
      fixed: [1],
      values: close([1 / (1 + Math.exp(-2))]),
    });
    expect(at(loaded, undefined, [[-2]], two)).toMatchObject({
      fixed: [0],
      values: close([1 / (1 + Math.exp(-2))]),
    });
    expect(at(loaded, { kind: 'logit', index: 0 }, [[-2]], two).values).toEqual([-2]);
    expect(() => at(loaded, { kind: 'logit', index: 1 }, [[-2]], two)).toThrow(
      'no logit 1: this model has one, 0',
    );
    const sure = at(loaded, { kind: 'loss' }, [[80], [-80]], { ...two, labels: [0, 1] });
    expect(sure.values).toEqual(close([80, 80]));
    expect(sure.gradient).toEqual(close([1, -1]));
  });

  test('a sigmoid per class: each class by itself', () => {
    const loaded = handing(3, activation('sigmoid'));
    expect(at(loaded, { kind: 'class', index: 0 }, [[1, 5, 5]]).values).toEqual(
      close([1 / (1 + Math.exp(-1))]),
    );
    expect(at(loaded, { kind: 'loss' }, [[-90, 5, 5]], { labels: [0] }).values).toEqual(close([90]));
  });

  test('a model that scores no classes has logits: its outputs as they are', () => {
    const loaded = handing(3, activation('tanh'));
    const none = { classes: 0 };
    const found = at(loaded, undefined, [[0.1, -3, 0.5]], none);
    expect(found).toMatchObject({ fixed: [2], values: close([Math.tanh(0.5)]) });
    expect(found.rule.text(2)).toBe('logit 2');
    expect(() => at(loaded, { kind: 'class', index: 0 }, [[0, 0, 0]], none)).toThrow(
      'class 0 needs a model that scores classes',
    );
    expect(() => at(loaded, { kind: 'loss' }, [[0, 0, 0]], none)).toThrow(
      'the loss needs a model that scores classes',
    );
  });

  test('a unit of a layer with places is the mean over them', () => {
    const loaded = handing(6, (tf) => [tf.layers.reshape({ name: 'places', targetShape: [3, 2] })]);
    const found = at(loaded, { kind: 'unit', layer: 'places', unit: 1 }, [[0, 1, 0, 2, 0, 6]], {
      classes: 0,
    });
    expect(found).toMatchObject({ values: close([3]), fixed: [-1] });
    expect(found.gradient).toEqual(close([0, 1 / 3, 0, 1 / 3, 0, 1 / 3]));
    expect(() => at(loaded, { kind: 'unit', layer: 'places', unit: 2 }, [[0, 0, 0, 0, 0, 0]])).toThrow(
      'no unit 2 in places: it has 2, from 0 to 1',
    );
  });

  test('classes and labels that are not there are told', () => {
    const loaded = handing(3, softmax);
    expect(() => at(loaded, { kind: 'class', index: 3 }, [[0, 0, 0]])).toThrow(
      'no class 3: this model has 3, from 0 to 2',
    );
    expect(() => at(loaded, { kind: 'loss' }, [[0, 0, 0]], { labels: [-1] })).toThrow('an example has none');
    expect(() => at(loaded, { kind: 'loss' }, [[0, 0, 0]], { labels: [7] })).toThrow(
      'an example is of class 7',
    );
  });

  test('where the last layer itself is changed, the loss is of what it says, and it has no score', () => {
    const { tf } = backend;
    const half: Edits = new Map([['last', (y) => tf.mul(y, 0.5)]]);
    const loaded = handing(1, activation('sigmoid'), { edits: half });
    const found = at(loaded, { kind: 'loss' }, [[0]], { classes: 2, labels: [1] });
    expect(found.values).toEqual(close([-Math.log(0.25)]));
    expect(() => at(loaded, { kind: 'logit', index: 0 }, [[0]], { classes: 2 })).toThrow(
      'change the layer before',
    );
  });

  test('tokens have no gradient, and what to ask instead is said', () => {
    const { tf } = backend;
    const model = tf.sequential({
      layers: [
        tf.layers.embedding({ name: 'words', inputShape: [4], inputDim: 9, outputDim: 2 }),
        tf.layers.flatten({ name: 'flat' }),
        tf.layers.dense({ name: 'out', units: 2, activation: 'softmax' }),
      ],
    });
    models.push(model);
    const program = new Program(tf, graphOfLayers(tf, model));
    expect(() => refuseGradient(program, null, 'out')).toThrow(
      'the layer words (Embedding) has no gradient by its input; use occlusion or shapley',
    );
    expect(() => refuseGradient(program, 'words', 'out')).not.toThrow();
  });
});
