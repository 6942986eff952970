import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { modelManifestSchema } from '../../../core/artifacts/index.ts';
import { disposeModel, importModel } from './index.ts';
import { predict, type Workbench, workbench } from './testing/bench.ts';

const goldens = path.join(import.meta.dirname, 'goldens');
const arrays = z.array(z.object({ shape: z.array(z.number()), data: z.array(z.number()) }));
const answers = z
  .object({
    models: z.record(z.string(), z.object({ inputs: arrays, outputs: arrays, params: z.number() })),
  })
  .parse(JSON.parse(readFileSync(path.join(goldens, 'answers.json'), 'utf8')));

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

describe('Keras models', () => {
  it('names what was sent beside a model and is of no use to it', async () => {
    const [name] = Object.keys(answers.models);
    const model = bench.existing(path.join(goldens, `${name}.keras`));
    const outcome = await importModel(
      [model, bench.upload('x.npy', new Uint8Array(8)), bench.upload('notes.md', new Uint8Array(1))],
      bench.context,
    );
    expect(outcome.manifest.warnings).toContain('Left out 2 files beside the model: x.npy and notes.md.');
  });

  const cases = Object.keys(answers.models).flatMap((name) => [`${name}.keras`, `${name}.h5`]);
  it.each(cases)('%s answers as it does in Keras', async (file) => {
    const golden = answers.models[path.parse(file).name]!;
    const before = bench.tf.memory().numTensors;
    const outcome = await importModel([bench.existing(path.join(goldens, file))], bench.context);
    expect(bench.tf.memory().numTensors).toBe(before);
    const manifest = modelManifestSchema.parse(JSON.parse(JSON.stringify(outcome.manifest)));
    expect(manifest.format).toBe('keras');
    expect(manifest.graph.params).toBe(golden.params);
    expect(new Set(manifest.weights.map(({ name }) => name)).size).toBe(manifest.weights.length);
    expect(manifest.inputs.map(({ shape }) => shape.slice(1))).toEqual(
      golden.inputs.map(({ shape }) => shape.slice(1)),
    );
    const model = await bench.revive(outcome);
    const outputs = predict(bench.tf, model, golden.inputs);
    disposeModel(model);
    expect(outputs.length).toBe(golden.outputs.length);
    for (const [at, output] of outputs.entries()) {
      const expected = golden.outputs[at]!.data;
      expect(output.length).toBe(expected.length);
      // float32 through a dozen layers, and goldens of 7 digits.
      for (const [i, value] of output.entries())
        expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-5 * Math.max(1, Math.abs(expected[i]!)));
    }
  });

  it('keeps branches: the skip connection and both outputs are in the graph', async () => {
    const { manifest } = await importModel(
      [bench.existing(path.join(goldens, 'branched.keras'))],
      bench.context,
    );
    const { graph } = manifest;
    expect(
      graph.edges
        .filter(({ to }) => to === 'sum')
        .map(({ from }) => from)
        .sort(),
    ).toEqual(['act_a', 'conv_b']);
    expect(
      graph.edges
        .filter(({ from }) => from === 'mean')
        .map(({ to }) => to)
        .sort(),
    ).toEqual(['aux', 'both']);
    expect(graph.outputs).toEqual(['classes', 'aux']);
    const norm = graph.layers.find(({ name }) => name === 'norm_a')!;
    expect([norm.type, norm.params, norm.trainableParams, norm.units]).toEqual([
      'BatchNormalization',
      16,
      8,
      4,
    ]);
    expect(norm.weights.map(({ name }) => name)).toEqual([
      'norm_a/gamma',
      'norm_a/beta',
      'norm_a/moving_mean',
      'norm_a/moving_variance',
    ]);
  });

  it('dissolves nested models: shared layers once, with both inputs, unique names and where they came from', async () => {
    const { manifest } = await importModel(
      [bench.existing(path.join(goldens, 'nested.keras'))],
      bench.context,
    );
    const { graph } = manifest;
    const names = graph.layers.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => /dense/.test(name)).length).toBe(3);
    const first = graph.layers.find(({ config }) => config.container === 'encoder/inner')!;
    expect(
      graph.edges
        .filter(({ to }) => to === first.name)
        .map(({ from }) => from)
        .sort(),
    ).toEqual(['left', 'right']);
    expect(graph.layers.some(({ type }) => type === 'Sequential' || type === 'Functional')).toBe(false);
  });

  it('reads attention, whose weights lie in parts of their own', async () => {
    const { manifest } = await importModel(
      [bench.existing(path.join(goldens, 'attention.keras'))],
      bench.context,
    );
    expect(manifest.graph.layers.map(({ type }) => type)).toContain('MultiHeadAttention');
    expect(manifest.weights.map(({ name }) => name)).toContain('attend/query/kernel');
  });

  it.each([['lambda.keras', 'doubling', 'Lambda']])(
    '%s is refused, naming layer and class and what to do',
    async (file, layer, className) => {
      const run = importModel([bench.existing(path.join(goldens, file))], bench.context);
      await expect(run).rejects.toMatchObject({
        code: 'unsupported',
        at: file,
        message: expect.stringMatching(new RegExp(`${layer}.*${className}.*: .+`)),
      });
    },
  );

  it('reads no other file of the machine, though the HDF5 file says that its data lie there', async () => {
    const run = importModel([bench.existing(path.join(goldens, 'external.h5'))], bench.context);
    await expect(run).rejects.toMatchObject({ name: 'UserError' });
  });
});
