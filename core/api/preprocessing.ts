/** The preprocessing of a pair of a model and a data set, as the API shows it. */
import { z } from 'zod';
import {
  layoutSchema,
  originSchema,
  preprocessingChoiceSchema,
  preprocessingRecordSchema,
  preprocessingSpecSchema,
  sourceSchema,
} from '../preprocessing/index.ts';

export const preprocessingSchema = z.object({
  model: z.string(),
  dataset: z.string(),
  /** Why the pair does not fit; null where it does. */
  problem: z.string().nullable(),
  /** In force. */
  spec: preprocessingSpecSchema,
  origin: originSchema,
  evidence: z.array(z.string()),
  shapes: preprocessingRecordSchema.shape.shapes.nullable(),
  /** Parts of the spec that were chosen; the others are as proposed. */
  choice: preprocessingChoiceSchema,
  storedShape: z.array(z.number().int().positive()),
  /** By the model's outputs. */
  classes: z.array(z.string()),
  storedClasses: z.array(z.string()),
  warnings: z.array(z.string()),
  /** What the program would do by itself; null where nothing fits without a choice. */
  proposed: z.object({ spec: preprocessingSpecSchema, evidence: z.array(z.string()) }).nullable(),
  /** Of a model of several inputs, or of data of several arrays: what each input is given, and what else it could be. */
  inputs: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.number().nullable()),
      /** Null where nothing fits without a choice. */
      source: sourceSchema.nullable(),
      options: z.array(sourceSchema),
    }),
  ),
  /** Of a model of several outputs: their names, the model's first first. */
  outputs: z.array(z.string()),
  /** The output that the labels belong to. */
  output: z.string().nullable(),
  /** Layouts under which the shapes would fit, where they do not as stored; the likeliest first. */
  offers: z.array(layoutSchema),
});
export type Preprocessing = z.infer<typeof preprocessingSchema>;

/** One line of an import's answer. */
export const pairInShortSchema = z.object({
  model: z.string(),
  dataset: z.string(),
  fits: z.boolean(),
  /** What is done to values, axes and classes; or why the two do not fit. */
  words: z.string(),
  origin: originSchema,
  evidence: z.array(z.string()),
});
export type PairInShort = z.infer<typeof pairInShortSchema>;
