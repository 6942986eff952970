/** Contracts of tracked trainings: a script makes a run, logs metrics as it goes, and uploads checkpoints. */
import { z } from 'zod';
import { idSchema, nameSchema, timeSchema } from './base.ts';

const fact = z.union([z.string().max(500), z.number(), z.boolean()]);

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

export const runLogSchema = z.object({
  step: z.number().int().nonnegative(),
  /** By name; null stands for a value that is not a number. */
  metrics: z.record(z.string().min(1).max(120), z.number().nullable()),
  /** Marks this step as the best so far. */
  best: z.boolean().optional(),
  /** Ends the run. */
  ended: z.boolean().optional(),
});
export type RunLog = z.infer<typeof runLogSchema>;
