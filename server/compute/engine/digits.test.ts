/** The demo's models on the demo's data: what training logged, asked for again from stored checkpoints. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Query } from '../../../core/algebra/index.ts';
import {
  pointsRecordSchema,
  predictionRecordSchema,
  similarityRecordSchema,
} from '../../../core/result/index.ts';
import { expectNumbers } from '../testing/asserts.ts';
import { DIGITS, digitsData, digitsModel } from '../testing/digits.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { call, planOf, temporaryFolders } from '../testing/fixtures.ts';
import type { Engine } from './engine.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const split: NonNullable<Query['input']> = { kind: 'dataset', dataset: 'digits', split: 'test' };
const runSchema = z.object({
  best: z.number(),
  epochs: z.array(z.object({ epoch: z.number(), metrics: z.record(z.string(), z.number()) })),
});

const data = () => digitsData(folders);
const model = (engine: Engine, name: string, epoch: number) =>
  digitsModel(folders, engine.backend, name, epoch);

function logged(name: string, epoch: number): Record<string, number> {
  const run = runSchema.parse(
    JSON.parse(readFileSync(path.join(DIGITS, 'models', name, 'run.json'), 'utf8')),
  );
  return run.epochs.find((e) => e.epoch === epoch)?.metrics ?? {};
}

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());

  test.each([
    ['digits-cnn', 0],
    ['digits-cnn', 12],
    ['digits-cnn-relu', 20],
  ] as const)('confusion() of %s@%i has the accuracy that training logged', async (name, epoch) => {
    const plan = planOf(await model(engine, name, epoch), data(), { what: call('confusion'), input: split });
    const { meta, tensors } = await ask(engine, plan);
    expect(predictionRecordSchema.parse(meta.record).accuracy).toBeCloseTo(
      logged(name, epoch).val_accuracy!,
      5,
    );
    const never = Array.from({ length: 10 }, (_, c) => c).filter(
      (c) => !tensors.example_predicted!.data.some((p) => p === c),
    );
    if (name === 'digits-cnn-relu') expect(never).toEqual([1, 4, 8, 9]);
  });

  test('the autoencoder’s stray ReLU leaves dead latent units, in stats() and in neuron space', async () => {
    const vae = await model(engine, 'digits-vae', 20);
    const { tensors } = await ask(
      engine,
      planOf(vae, data(), { what: call('stats', 'z_mean'), input: split }),
    );
    const dead = [...tensors.dead!.data];
    expect(dead.filter((d) => d === 1).length).toBe(6);
    const space = await ask(engine, planOf(vae, data(), { what: call('units', 'z_mean'), input: split }));
    expect([...space.tensors.dead!.data]).toEqual(dead);
    const examples = await ask(
      engine,
      planOf(vae, data(), { what: call('examples', 'z_mean'), input: split }),
    );
    expect(examples.tensors.error?.dtype).toBe('F32');
    expect(Math.max(...examples.tensors.error!.data)).toBeLessThan(0.3);
  });

  test('similarity() of all layers of digits-cnn@20 is what Keras and NumPy say in float64', async () => {
    const golden = z
      .object({ layers: z.array(z.string()), values: z.array(z.array(z.number())) })
      .parse(
        JSON.parse(readFileSync(new URL('../methods/goldens/digits-cka.json', import.meta.url), 'utf8')),
      );
    const cnn = await model(engine, 'digits-cnn', 20);
    const { meta, tensors } = await ask(
      engine,
      planOf(cnn, data(), { what: call('similarity'), input: split }),
    );
    expect(similarityRecordSchema.parse(meta.record).rows).toEqual(golden.layers.map((l) => `tiny@1/${l}`));
    expectNumbers(tensors.values, golden.values.flat(), 4);
  });

  test('example space of the hidden layer by UMAP keeps neighbours, and pictures come along', async () => {
    const cnn = await model(engine, 'digits-cnn', 20);
    const using = { method: 'umap', params: { dims: 3, neighbours: 15, seed: 1 } } as const;
    const { meta, tensors } = await ask(
      engine,
      planOf(cnn, data(), { what: call('examples', 'dense_1'), input: split, using }),
    );
    expect(tensors.xyz?.shape).toEqual([359, 3]);
    expect(tensors.pictures?.shape).toEqual([359, 8, 8, 1]);
    const record = pointsRecordSchema.parse(meta.record);
    expect(record.trustworthiness).toBeGreaterThan(0.95);
    expect(record.k).toBe(15);
  });
});
