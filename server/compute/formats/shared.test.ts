/**
 * Real files that people published. They carry no licence, so they are not in the repository: the tests look for them in
 * a folder `shared` beside it, and say that they were skipped where there is none.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../../../core/result/index.ts';
import { seeded } from '../numerics/random.ts';
import { disposeModel, importDataset, importModel } from './index.ts';
import { predict, type Workbench, workbench } from './testing/bench.ts';

const shared = path.join(import.meta.dirname, '../../../../shared');
const models = path.join(shared, 'models');
const mnist = path.join(shared, 'data/mnist');

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

/** Folders below `models` that hold files. */
function folders(at: string): string[] {
  const entries = readdirSync(at, { withFileTypes: true });
  const inner = entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => folders(path.join(at, name)));
  return entries.some((entry) => entry.isFile()) && at !== models ? [at, ...inner] : inner;
}
const filesOf = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => bench.existing(path.join(folder, name)));

function inputsFor(shapes: readonly (readonly (number | null)[])[], whole: boolean) {
  const random = seeded(9);
  return shapes.map((wanted) => {
    const shape = wanted.map((size, axis) => size ?? (axis === 0 ? 2 : 5));
    const count = shape.reduce((a, b) => a * b, 1);
    return { shape, data: Array.from({ length: count }, () => (whole ? random.below(40) : random.normal())) };
  });
}

describe.skipIf(!existsSync(models))('published models (skipped without ../shared/models)', () => {
  // Graphs of operators are run by the program (network/operators).
  const found = existsSync(models)
    ? folders(models).filter((folder) => !/onnx|cifar100edge|SandiaExe/.test(folder))
    : [];
  it.each(found.map((folder) => path.relative(models, folder)))('%s', async (name) => {
    const folder = path.join(models, name);
    const before = bench.tf.memory().numTensors;
    const outcome = await importModel(filesOf(folder), bench.context);
    expect(bench.tf.memory().numTensors).toBe(before);
    const { inputs, graph } = outcome.manifest;
    expect(graph.params).toBeGreaterThan(0);
    const tokens = graph.layers.some(({ type }) => type === 'Embedding');
    const batch = inputsFor(
      inputs.map(({ shape }) => shape),
      tokens,
    );
    const model = await bench.revive(outcome);
    const outputs = predict(bench.tf, model, batch);
    disposeModel(model);
    for (const output of outputs) expect(output.every(Number.isFinite)).toBe(true);
    const plain = await loadPlainly(folder);
    if (plain) {
      expect(outputs).toEqual(predict(bench.tf, plain, batch));
      disposeModel(plain);
    }
  });

  it('an .h5 file and its conversion to TensorFlow.js answer alike', async () => {
    for (const project of [
      'NeuroCare-ID+StrokePredictionML',
      'Mulkancsl+text-classification-tensorflowjs-emotion-detection',
    ]) {
      const answers: Float32Array[] = [];
      for (const folder of [
        path.join(models, 'h5', project),
        path.join(models, 'tfjs', project, 'tfjs_model'),
      ]) {
        const outcome = await importModel(filesOf(folder), bench.context);
        const model = await bench.revive(outcome);
        const shapes = outcome.manifest.inputs.map(({ shape }) => shape);
        answers.push(...predict(bench.tf, model, inputsFor(shapes, /text/.test(project))));
        disposeModel(model);
      }
      expect(answers[1]).toEqual(answers[0]);
    }
  });

  /** What TensorFlow.js itself makes of a folder, null where it cannot load it. */
  async function loadPlainly(folder: string) {
    const { tf } = bench;
    const file = path.join(folder, 'model.json');
    if (!existsSync(file)) return null;
    const json = JSON.parse(readFileSync(file, 'utf8'));
    const [group] = json.weightsManifest;
    const weightData = Uint8Array.from(
      Buffer.concat(group.paths.map((name: string) => readFileSync(path.join(folder, name)))),
    ).buffer;
    const handler = tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: group.weights,
      weightData,
    });
    return tf.loadLayersModel(handler).catch(() => null);
  }
});

describe.skipIf(!existsSync(mnist))('MNIST as published (skipped without ../shared/data/mnist)', () => {
  it('70,000 pictures in two splits, with the labels that everybody knows', async () => {
    const outcome = await importDataset(filesOf(mnist), bench.context);
    expect(outcome).toMatchObject({
      ...{ shape: [28, 28], dtype: 'U8', range: [0, 255], declaredScale: null, warnings: [] },
    });
    expect(outcome.splits.map(({ name, size }) => [name, size])).toEqual([
      ['train', 60_000],
      ['test', 10_000],
    ]);
    const { y } = decodeSafetensors(readFileSync(outcome.splits[0]!.file)).tensors;
    expect(Array.from(y!.data.subarray(0, 10))).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  });
});
