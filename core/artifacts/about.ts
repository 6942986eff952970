/** What a model's file says of itself: who wrote it, with what, and how it was trained. */
import { z } from 'zod';
import { shownSchema } from '../bidi/index.ts';

const factSchema = z.object({ name: shownSchema, value: shownSchema });

export const modelAboutSchema = z.object({
  /** The program that wrote it, with its version where it is told: `pytorch 2.9.0`. */
  producer: shownSchema.nullable(),
  /** Of formats, operator sets and libraries. */
  versions: z.array(factSchema),
  /** Loss, optimizer, metrics. */
  training: z.array(factSchema),
  /** What its author wrote into it. */
  metadata: z.array(factSchema),
});
export type ModelAbout = z.infer<typeof modelAboutSchema>;
