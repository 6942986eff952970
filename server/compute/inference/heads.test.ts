/** Every kind of head against Keras in float64 (goldens/make_heads.py): what it is, its probabilities, and its losses. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headOfGraph } from '../../../core/algebra/index.ts';
import type { DatasetManifest } from '../../../core/artifacts/index.ts';
import { type Backend, loadBackend } from '../backend/backend.ts';
import { lossesOf } from '../formats/layers/training.ts';
import { type Workbench, workbench } from '../formats/testing/bench.ts';
import { gradientOf } from '../network/gradients.ts';
import { graphOfLayers } from '../network/layers/graph.ts';
import type { LoadedModel } from '../network/model.ts';
import { Program } from '../network/program.ts';
import { MODEL_OUTPUT, SCORES } from '../network/taps.ts';
import { BACKENDS } from '../testing/engines.ts';
import { golden, imported } from '../testing/heads.ts';
import { classifierOf } from './classifier.ts';
import { labelLosses, lossSource } from './losses.ts';
import { targetRule } from './target.ts';

const dataset = (classes: number): DatasetManifest => ({
  ...{ hash: '', shape: [4], columns: [], splits: [], warnings: [] },
  ...{ dtype: 'F32', range: null, declaredScale: null },
  classes: Array.from({ length: classes }, (_, i) => `c${i}`),
});

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

describe.each(BACKENDS)('on %s', (backendName) => {
  let backend: Backend;
  const open: { dispose(): unknown }[] = [];
  beforeAll(async () => {
    backend = await loadBackend(backendName);
  });
  afterAll(() => {
    for (const model of open) model.dispose();
  });

  async function loaded(name: string): Promise<LoadedModel> {
    const { tf } = backend;
    const { manifest, weights } = await imported(bench, name);
    // The record tells the checker what the graph tells the engine.
    expect(headOfGraph(manifest.graph)?.kind).toBe(golden.models[name]?.kind);
    const model = await tf.models.modelFromJSON(JSON.parse(JSON.stringify(manifest.topology)));
    const values = weights.map(({ file, shape }) =>
      tf.tensor(new Float32Array(Uint8Array.from(readFileSync(file)).buffer), [...shape]),
    );
    model.setWeights(values);
    tf.dispose(values);
    open.push(model);
    const program = new Program(tf, graphOfLayers(tf, model));
    return {
      ...{ model, program, bytes: 0, dispose: () => undefined },
      outputsOf: (input, taps) => program.run(input, taps),
    };
  }

  test.each(Object.entries(golden.models))('%s', async (name, { kind, outputs, logarithms, losses }) => {
    const { tf } = backend;
    const found = await loaded(name);
    expect(found.program.head.kind).toBe(kind);
    const units = outputs[0]?.length ?? 0;
    const classes = kind === 'sigmoid' && units === 1 ? 2 : units;
    const classifier = classifierOf(found, dataset(classes));
    const labels = Int32Array.from(golden.labels, (label) => label % classes);
    const x = tf.tensor2d(golden.x);
    const read = tf.tidy(() => {
      const [output] = found.program.run(() => x, [MODEL_OUTPUT]);
      return [
        ...(classifier && logarithms && output ? classifier.probabilities(tf, output) : output)!.dataSync(),
      ];
    });
    near(read, logarithms ? logarithms.flat().map(Math.exp) : outputs.flat());
    if (kind === 'heads') expect(classifier).toBeNull();
    if (kind === 'other') expect(classifier?.scores ?? 'score').toBe('score');
    const source = classifier && lossSource(classifier);
    if (!losses) {
      x.dispose();
      return;
    }
    const own = tf.tidy(() => [
      ...labelLosses(source!, found.program.run(() => x, [source!.tap])[0]!, labels),
    ]);
    near(own, losses);
    // What attributions explain, and its slope, which no clipping has made zero where a probability is 0.
    const rule = targetRule(tf, found, dataset(classes), { kind: 'loss' });
    const value = (p: typeof x) => rule.value(found.program.run(() => p, [rule.tap])[0]!, labels);
    near(
      tf.tidy(() => [...value(x).dataSync()]),
      losses,
    );
    const slope = gradientOf(tf, (p) => value(p.as2D(golden.x.length, 4)), x);
    const slopes = [...slope.dataSync()];
    expect(slopes.every(Number.isFinite)).toBe(true);
    losses.forEach((loss, i) => {
      if (loss > 20) expect(slopes.slice(4 * i, 4 * i + 4).some((v) => Math.abs(v) > 0.1)).toBe(true);
    });
    tf.dispose([x, slope]);
  });

  test('one activation that feeds on itself has probabilities, whose logarithms are all there is', async () => {
    const { program } = await loaded('recurrent');
    expect([program.hasScores, program.isCutOff]).toEqual([false, true]);
  });

  test('scores of sigmoids side by side are side by side; a mean of softmaxes has none', async () => {
    const { tf } = backend;
    const beside = await loaded('sigmoids side by side');
    const logs = golden.models['sigmoids side by side']?.logarithms ?? [];
    const scores = tf.tidy(() => [
      ...beside.program.run(() => tf.tensor2d(golden.x), [SCORES])[0]!.dataSync(),
    ]);
    near(
      scores.map((z) => -Math.log1p(Math.exp(-z))),
      logs.flat(),
    );
    const mean = await loaded('average');
    expect(() => targetRule(tf, mean, dataset(3), { kind: 'logit', index: 0 })).toThrow(
      'the output has no logits: it is a mean of probabilities',
    );
  });
});

/** float32 of scores of some hundreds. */
function near(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs(found[i]! - value), `${i}: found ${found[i]}, expected ${value}`).toBeLessThan(
      2e-6 * Math.max(1, Math.abs(value)),
    );
}

test('what a file says of its losses, in every form that Keras writes', () => {
  const of = (name: string) => lossesOf({ loss: golden.losses[name] }, ['a', 'b']);
  const plain = { name: 'sparse_categorical_crossentropy', fromLogits: false };
  expect(of('string')).toEqual([plain, plain]);
  expect(of('logits')).toEqual([
    { ...plain, fromLogits: true },
    { ...plain, fromLogits: true },
  ]);
  expect(of('each')).toEqual([
    { name: 'categorical_crossentropy', fromLogits: true },
    { name: 'mse', fromLogits: false },
  ]);
  expect(of('named')).toEqual([
    { name: 'mean_squared_error', fromLogits: false },
    { name: 'binary_crossentropy', fromLogits: true },
  ]);
  expect(lossesOf(null, ['a'])).toBeUndefined();
  expect(lossesOf({ loss: null }, ['a'])).toBeUndefined();
  // A loss of one's own may mean anything, whatever its name.
  const own = { class_name: 'CategoricalCrossentropy', module: 'my.code', config: { from_logits: true } };
  expect(lossesOf({ loss: own }, ['a'])).toBeUndefined();
});
