/** Models that end in every kind of head, and what Keras says of them in float64 (goldens/make_heads.py). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { encodeSafetensors, type NamedTensor } from '../../../core/result/index.ts';
import { importModel } from '../formats/index.ts';
import type { Workbench } from '../formats/testing/bench.ts';

const rows = z.array(z.array(z.number()));
export const golden = z
  .object({
    x: rows,
    labels: z.array(z.number()),
    models: z.record(
      z.string(),
      z.object({
        kind: z.enum(['softmax', 'log_softmax', 'sigmoid', 'heads', 'other']),
        config: z.unknown(),
        weights: z.record(z.string(), z.object({ shape: z.array(z.number()), data: z.array(z.number()) })),
        outputs: rows,
        logarithms: rows.optional(),
        losses: z.array(z.number()).optional(),
      }),
    ),
    losses: z.record(z.string(), z.unknown()),
  })
  .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, '..', 'goldens', 'heads.json'), 'utf8')));

/** As a model.json with its weights beside it, through the importer. */
export async function imported(bench: Workbench, name: string, training?: unknown) {
  const { config, weights } = golden.models[name]!;
  const tensors: Record<string, NamedTensor> = {};
  for (const [weight, { shape, data }] of Object.entries(weights))
    tensors[weight] = { dtype: 'F32', shape, data: Float32Array.from(data) };
  const json = {
    modelTopology: { keras_version: '3.15.1', model_config: config, training_config: training },
  };
  return importModel(
    [
      bench.upload('model.json', JSON.stringify(json)),
      bench.upload('weights.safetensors', encodeSafetensors(tensors)),
    ],
    bench.context,
  );
}
