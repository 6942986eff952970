/** Attentions and operators, called in ways drawn at random (goldens/make_calls.py), as Keras computes them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadBackend } from '../../backend/backend.ts';
import { maskTraitsOf } from '../../masks/traits.ts';
import { gradientOf } from '../../network/gradients.ts';
import { graphOfLayers } from '../../network/layers/graph.ts';
import { Program } from '../../network/program.ts';
import { BACKENDS } from '../../testing/engines.ts';
import { disposeModel } from '../index.ts';
import { type Workbench, workbench } from '../testing/bench.ts';
import { finishModel } from '../topology/model.ts';

const numbers = z.array(z.number());
const goldens = z
  .object({
    cases: z.array(
      z.object({
        case: z.string(),
        model: z.unknown(),
        weights: z.array(z.tuple([z.string(), z.string(), numbers])),
        inputs: z.array(z.tuple([z.string(), numbers])),
        outputs: z.array(z.object({ shape: numbers, data: z.array(z.number().nullable()) })),
        gradient: z.object({ input: z.number(), data: numbers }).optional(),
      }),
    ),
  })
  .parse(
    JSON.parse(
      readFileSync(
        process.env.INTERLAYER_KERAS_CALLS ?? path.join(import.meta.dirname, '..', 'goldens', 'calls.json'),
        'utf8',
      ),
    ),
  );
type Case = (typeof goldens.cases)[number];

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The formulas of make_calls.py. */
function formula(shape: readonly number[], salt: number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
    Math.fround((((i + 1) * (7817 + 96 * salt)) % 1009) / 504.5 - 1),
  );
}
function inputOf(name: string, shape: readonly number[], at: number): Float32Array {
  if (!name.startsWith('tokens')) return formula(shape, at).map((value) => value * 2);
  const [, steps = 1] = shape;
  return formula(shape, 3).map((value, i) => {
    const [row, step] = [Math.floor(i / steps), i % steps];
    return row === 2 || (row === 1 && step >= Math.floor(steps / 2))
      ? 0
      : Math.abs(Math.round(value * 4)) + 1;
  });
}

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

describe.each(BACKENDS)('on %s', (backend) => {
  it.each(goldens.cases)('$case', async (one) => {
    const { tf } = await loadBackend(backend);
    const outcome = await finishModel(
      {
        format: 'keras',
        file: 'it.keras',
        keras3: true,
        architecture: one.model,
        weights: one.weights.map(([layer, name, shape], salt) => ({
          ...{ name, shape, layer: [layer] },
          read: () => formula(shape, salt + 20).map((value) => value * 0.75),
        })),
      },
      { ...bench.context, tf },
    );
    const model = await bench.revive(outcome);
    const program = new Program(tf, graphOfLayers(tf, model, maskTraitsOf(outcome.manifest)));
    const names = outcome.manifest.outputs.map(({ name }) => name);
    const given = new Map<string, Tensor>(
      one.inputs.map(([name, shape], at) => [name, tf.tensor(inputOf(name, shape, at), shape)]),
    );
    const inputs = (name: string) => given.get(name) ?? tf.zeros([1]);
    const made = tf.tidy(() => program.run(inputs, names));
    try {
      for (const [at, wanted] of one.outputs.entries()) {
        expect(made[at]?.shape, `output ${at}`).toEqual(wanted.shape);
        expect(distance(made[at], wanted.data), `output ${at}`).toBeLessThan(1e-5);
      }
      if (one.gradient) expect(slope(one, one.gradient)).toBeLessThan(1e-4);
    } finally {
      tf.dispose([...given.values(), ...made]);
      disposeModel(model);
    }

    function slope(golden: Case, { input, data }: NonNullable<Case['gradient']>): number {
      const [varied = ''] = golden.inputs[input] ?? [];
      const gradient = gradientOf(
        tf,
        (x) => {
          const parts = program.run((name) => (name === varied ? x : inputs(name)), names);
          return parts
            .map((y) => tf.sum(tf.mul(y, tf.tensor(formula(y.shape, 5), y.shape))))
            .reduce((a, b) => tf.add(a, b));
        },
        inputs(varied),
      );
      const worst = distance(gradient, data);
      gradient.dispose();
      return worst;
    }
  });
});

/** Largest difference, relative where numbers are above 1. */
function distance(made: Tensor | undefined, wanted: readonly (number | null)[]): number {
  const own = made?.dataSync() ?? [];
  if (own.length !== wanted.length) return Number.POSITIVE_INFINITY;
  return Math.max(
    ...wanted.map((value, i) => {
      const found = own[i] ?? Number.NaN;
      // NaN, where nothing counts.
      if (value === null) return Number.isNaN(found) ? 0 : Number.POSITIVE_INFINITY;
      return Math.abs(found - value) / Math.max(1, Math.abs(value));
    }),
  );
}
