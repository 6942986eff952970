/** Contracts of tracked trainings: a script makes a run, logs metrics as it goes, and uploads checkpoints. */
import { z } from 'zod';
import { idSchema, nameSchema, timeSchema } from './base.ts';

const fact = z.union([z.string().max(500), z.number(), z.boolean()], {
  error: 'a finite number, a text of at most 500 letters, true or false',
});

export const newRunSchema = z.object({
  /** Model of the project whose training this is. */
  model: nameSchema,
  name: z.string().trim().min(1).max(120),
  /** Optimiser, batch size, learning rate, ... */
  metaParameters: z.record(z.string().max(120), fact).default({}),
});
export const runSchema = z.object({
  id: idSchema,
  model: z.string(),
  name: z.string(),
  metaParameters: z.record(z.string(), fact),
  best: z.number().nullable(),
  startedAt: timeSchema,
  endedAt: timeSchema.nullable(),
});
export type Run = z.infer<typeof runSchema>;

const notNumber = z
  .enum(['NaN', 'nan', 'Infinity', '-Infinity', 'inf', '-inf'])
  .transform((): number | null => null);

export const runLogSchema = z.object({
  step: z.number().int().nonnegative(),
  /** By name; null stands for a value that is not a number, and so do NaN and infinities by the names that libraries write. */
  metrics: z.record(
    z.string().min(1).max(120),
    z.union([z.number().nullable(), notNumber], {
      error: 'a number, null, or one of NaN, Infinity and -Infinity',
    }),
  ),
  /** Marks this step as the best so far. */
  best: z.boolean().optional(),
  /** Ends the run. */
  ended: z.boolean().optional(),
});
export type RunLog = z.infer<typeof runLogSchema>;
export const loggedSchema = runSchema.extend({
  /** Metrics that were no number at this step: they are kept as such, and marked on the curve. */
  notNumbers: z.array(z.string()),
});
export type Logged = z.infer<typeof loggedSchema>;
