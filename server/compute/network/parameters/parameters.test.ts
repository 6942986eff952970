/** A file of weights without a graph: its layers and weights can be looked at, and what would run it is refused. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { checkpointManifestSchema, modelManifestSchema } from '../../../../core/artifacts/index.ts';
import { pairOf } from '../../../../core/preprocessing/index.ts';
import { importModel } from '../../formats/index.ts';
import { type Workbench, workbench } from '../../formats/testing/bench.ts';
import { loadModel } from '../model.ts';
import { MODEL_OUTPUT, type ProgramTap } from '../taps.ts';

const file = path.join(import.meta.dirname, '../../formats/torch/goldens/module.pt');
let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

it('has its weights, takes changes of them, and is not run', async () => {
  const { tf } = bench;
  const { manifest, weights } = await importModel([bench.existing(file)], bench.context);
  const blobs = new Map(weights.map((weight, at) => [at.toString(16).padStart(64, '0'), weight.file]));
  const checkpoint = checkpointManifestSchema.parse({
    hash: '0'.repeat(64),
    tensors: weights.map(({ name, shape }, at) => ({ name, shape, blob: at.toString(16).padStart(64, '0') })),
  });
  const before = tf.memory().numTensors;
  const stored = modelManifestSchema.parse(JSON.parse(JSON.stringify(manifest)));
  const model = await loadModel(tf, stored, checkpoint, {
    read: async (hash) => Uint8Array.from(readFileSync(blobs.get(hash) ?? '')),
  });
  const { program } = model;
  expect(program.inputs).toEqual([]);
  const [weight] = program.node('head.1').weights;
  expect(weight).toMatchObject({ name: 'head.1/weight', shape: [2, 12] });
  tf.tidy(() => weight?.write(tf.zeros([2, 12])));
  expect([...(weight?.read().dataSync() ?? [])]).toEqual(new Array(24).fill(0));
  const refusal =
    /^These are weights without a graph, which can be looked at and not run; to run the model, export it/;
  const taps: readonly ProgramTap[] = [MODEL_OUTPUT, 'conv'];
  for (const tap of taps)
    expect(() => tf.tidy(() => model.outputsOf(() => tf.zeros([1, 2]), [tap]))).toThrow(refusal);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it('is given no data', async () => {
  const { manifest } = await importModel([bench.existing(file)], bench.context);
  const data = {
    name: 'd',
    shape: [2],
    ...{ classes: [], columns: [] },
    dtype: 'F32' as const,
    range: null,
    declaredScale: null,
  };
  expect(pairOf({ name: 'm', ...manifest }, data)).toMatchObject({
    fits: false,
    problem: expect.stringMatching(/^m: These are weights without a graph/),
  });
});
