/** What a file says of how its model was trained: the loss of each output, which tells logits from numbers. */
import { z } from 'zod';
import type { GraphRecord } from '../../../../core/result/index.ts';
import { snake } from './activations.ts';

type Losses = NonNullable<GraphRecord['losses']>;

const writtenSchema = z.object({
  class_name: z.string(),
  module: z.string().nullish(),
  registered_name: z.string().nullish(),
  config: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
});
const byOutputSchema = z.record(z.string(), z.unknown());
const trainingSchema = z.object({ loss: z.unknown() });

/**
 * Of each output, `outputs` being their names; undefined where nothing is told. `training` is Keras' compile_config or
 * training_config: a loss for all outputs, a list of them, or one by name. Losses of people's own tell nothing.
 */
export function lossesOf(training: unknown, outputs: readonly string[]): Losses | undefined {
  const parsed = trainingSchema.safeParse(training);
  if (!parsed.success) return undefined;
  const { loss } = parsed.data;
  const one = lossOf(loss);
  const named = byOutputSchema.safeParse(loss);
  const each = outputs.map((name, at) => {
    if (one) return one;
    if (Array.isArray(loss)) return lossOf(loss[at]);
    return named.success ? lossOf(named.data[name]) : null;
  });
  return each.some((found) => found !== null) ? each : undefined;
}

function lossOf(written: unknown): Losses[number] {
  // TensorFlow.js writes sparseCategoricalCrossentropy.
  if (typeof written === 'string') return { name: snake(written), fromLogits: false };
  const parsed = writtenSchema.safeParse(written);
  if (!parsed.success) return null;
  const { class_name, module, registered_name, config } = parsed.data;
  if (typeof config === 'string') return { name: snake(config), fromLogits: false };
  const own = module && !/^keras(\.|$)/.test(module);
  if (own || class_name.includes('>') || (registered_name && registered_name !== class_name)) return null;
  return { name: snake(class_name), fromLogits: config?.from_logits === true };
}
