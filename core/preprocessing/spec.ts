/**
 * What happens to a data set's stored values before a model is given them. A spec belongs to a pair of a model and a data
 * set: the same bytes are divided by 255 for one model and given as they are to another that scales them itself.
 */
import { z } from 'zod';

const MAX_AXES = 8;
const MAX_LIST = 4096;
const MAX_NAME = 1000;
const number = z.number().refine(Number.isFinite, 'a finite number');
const divisor = number.refine((value) => value !== 0, 'a number other than zero');

/** A value becomes (value - subtract) / divide; a list holds one number for each channel, or each feature of a row. */
export const scaleSchema = z.object({
  subtract: z.union([number, z.array(number).min(1).max(MAX_LIST)]).default(0),
  divide: z.union([divisor, z.array(divisor).min(1).max(MAX_LIST)]).default(1),
});
export type Scale = z.infer<typeof scaleSchema>;

/** Axes are those of one example, without the examples' own. */
export const layoutSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stored') }),
  /** As numpy.transpose: axis k of what the model gets is axis `axes[k]` of what is stored. */
  z.object({
    kind: z.literal('transpose'),
    axes: z.array(z.number().int().nonnegative()).min(1).max(MAX_AXES),
  }),
  /** As numpy.reshape: the same numbers in the same order. */
  z.object({ kind: z.literal('reshape'), shape: z.array(z.number().int().positive()).min(1).max(MAX_AXES) }),
]);
export type Layout = z.infer<typeof layoutSchema>;

/**
 * Which class each output of the model stands for: the data set's own order; its names sorted plainly, by code point
 * (frameworks: class_10 before class_2), or naturally, numbers by value; or the names in the order of the outputs.
 */
export const classOrderSchema = z.union([
  z.enum(['stored', 'plain', 'natural']),
  z.array(z.string()).min(1).max(100_000),
]);
export type ClassOrder = z.infer<typeof classOrderSchema>;

export const preprocessingSpecSchema = z.object({
  scale: scaleSchema,
  layout: layoutSchema,
  classOrder: classOrderSchema,
});
export type PreprocessingSpec = z.infer<typeof preprocessingSpecSchema>;

/**
 * What an input of a model is given: an array of the data set, columns of it side by side, the same number everywhere, or
 * the places of a sequence counted from 0.
 */
export const sourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('array'), name: z.string().min(1).max(MAX_NAME) }),
  z.object({
    kind: z.literal('columns'),
    names: z.array(z.string().min(1).max(MAX_NAME)).min(1).max(MAX_LIST),
  }),
  z.object({ kind: z.literal('constant'), value: number }),
  z.object({ kind: z.literal('positions') }),
]);
export type Source = z.infer<typeof sourceSchema>;

/** What somebody chose for one input of a model. */
export const inputChoiceSchema = z
  .object({ source: sourceSchema, scale: scaleSchema, layout: layoutSchema })
  .partial();
export type InputChoice = z.infer<typeof inputChoiceSchema>;

/**
 * What somebody chose for a pair; parts that are left out are as proposed. `scale` and `layout` are those of the input
 * that answers show; those of the others stand under `inputs`, by the input's name.
 */
export const preprocessingChoiceSchema = preprocessingSpecSchema.partial().extend({
  inputs: z.record(z.string().max(MAX_NAME), inputChoiceSchema).optional(),
  /** Which output of a model of several the labels belong to. */
  output: z.string().max(MAX_NAME).optional(),
});
export type PreprocessingChoice = z.infer<typeof preprocessingChoiceSchema>;

export const AS_STORED: PreprocessingSpec = {
  scale: { subtract: 0, divide: 1 },
  layout: { kind: 'stored' },
  classOrder: 'stored',
};

/** Proposed by the program from evidence, or chosen by a person. */
export const originSchema = z.enum(['proposed', 'chosen']);

const shape = z.array(z.number().int().positive());

const shapesSchema = z.object({
  stored: shape,
  shown: shape,
  given: shape,
  /** Axis of the shown shape that lists of numbers in `scale` run along. */
  channels: z.number().int().nonnegative(),
  /** The model takes whole numbers: fractions are cut off. */
  whole: z.boolean(),
});
const inputRecordSchema = z.object({
  name: z.string(),
  source: sourceSchema,
  scale: scaleSchema,
  layout: layoutSchema,
  shapes: shapesSchema,
});
export type InputRecord = z.infer<typeof inputRecordSchema>;

/** What an answer says of how its data were given to its model. */
export const preprocessingRecordSchema = z.object({
  model: z.string(),
  dataset: z.string(),
  spec: preprocessingSpecSchema,
  origin: originSchema,
  /** Sentences: why the spec is what it is, and what was done to shapes. */
  evidence: z.array(z.string()),
  /** Shape of one example: as stored, as answers about it are laid out, and as the model is given it. */
  shapes: shapesSchema,
  /** Which input `spec` and `shapes` are about, and what it is given; absent for the only input and the only array. */
  input: z.object({ name: z.string(), source: sourceSchema }).optional(),
  /** The model's other inputs. */
  beside: z.array(inputRecordSchema).min(1).optional(),
  /** The output that the labels belong to, where it is not the model's first. */
  output: z.string().optional(),
});
export type PreprocessingRecord = z.infer<typeof preprocessingRecordSchema>;

/** What came of giving a model labelled examples scaled in several ways. */
export const trialSchema = z.union([
  z.object({
    split: z.string(),
    /** Labelled examples that were tried. */
    n: z.number().int().positive(),
    /** Share of the commonest class among them. */
    majority: z.number(),
    /** Mean cross-entropy of answering each with the shares of the classes. */
    constantLoss: z.number(),
    /** Of each way, the first as stored; `loss` is the mean cross-entropy, null where it is not finite. */
    ways: z.array(z.object({ scale: scaleSchema, accuracy: z.number(), loss: z.number().nullable() })).min(1),
  }),
  /** Nothing could be tried: a sentence that says why. */
  z.object({ untried: z.string() }),
]);
export type Trial = z.infer<typeof trialSchema>;
