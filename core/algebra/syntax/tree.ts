/**
 * The abstract syntax of queries (after i-Algebra, Zhang et al. 2021). Plain data: it is sent to workers, compared and
 * printed; where its parts stood in the text is kept beside it (places.ts). One schema says what it is: the types are
 * inferred from it, and what crosses the border of a process is parsed by it, unknown fields being refused.
 *
 *   select WHAT from MODEL(INPUT) [for TARGET] [using METHOD(params)] [where REGION]
 *          [with CHANGE, ...] [join|left join (QUERY)] [order by KEY [desc]] [limit N]
 */
import { z } from 'zod';
import {
  datasetSchema,
  exampleSchema,
  modelSchema,
  predicateSchema,
  sliceSchema,
  type Tree,
} from '../../address/types.ts';
import { changeSchema } from '../dictionary/changes.ts';
import { FUNCTION_NAMES } from '../dictionary/functions.ts';
import { METHOD_NAMES } from '../dictionary/methods.ts';
import { regionSchema } from '../dictionary/values.ts';

const whole = z.number().int().nonnegative();
const layerSchema = z.strictObject({ kind: z.literal('layer'), layer: z.string(), unit: whole.optional() });
const argumentSchema = z.discriminatedUnion('kind', [
  layerSchema,
  z.strictObject({ kind: z.literal('number'), value: z.number() }),
]);

/** `*`, a layer or unit, or a function of them. */
const whatSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('identity') }),
  layerSchema,
  z.strictObject({
    kind: z.literal('call'),
    name: z.enum(FUNCTION_NAMES),
    args: z.array(argumentSchema),
  }),
]);

/** `f` is the board's model. */
const modelReferenceSchema = z.discriminatedUnion('kind', [
  modelSchema,
  z.strictObject({ kind: z.literal('name'), name: z.literal('f') }),
]);

/** `x` and `x'` are the board's examples, `data` its split or slice; `data[label = 7]` narrows it. */
const inputSchema = z.union([
  datasetSchema,
  exampleSchema,
  sliceSchema,
  z.strictObject({ kind: z.literal('name'), name: z.enum(['x', "x'"]) }),
  z.strictObject({ kind: z.literal('name'), name: z.literal('data'), where: predicateSchema.optional() }),
]);

const targetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['class', 'logit']), index: whole }),
  z.strictObject({ kind: z.literal('loss') }),
  z.strictObject({ kind: z.literal('unit'), layer: z.string(), unit: whole }),
]);

const usingSchema = z.strictObject({
  method: z.enum(METHOD_NAMES),
  params: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
});

export const querySchema = z.strictObject({
  kind: z.literal('select'),
  what: whatSchema,
  model: modelReferenceSchema,
  /** Absent for what is asked of a model alone. */
  input: inputSchema.optional(),
  target: targetSchema.optional(),
  using: usingSchema.optional(),
  where: regionSchema.optional(),
  changes: z.array(changeSchema).optional(),
  get join() {
    return joinSchema.optional();
  },
  orderBy: z.strictObject({ key: z.string(), desc: z.boolean() }).optional(),
  limit: whole.optional(),
});

/**
 * join: evidence shared by both sides; left join: what discriminates the left side from the right. The right side
 * takes the left one's method where it names none.
 */
const joinSchema = z.strictObject({
  kind: z.enum(['join', 'left join']),
  get query() {
    return querySchema;
  },
});

export type Query = Tree<z.infer<typeof querySchema>>;
export type What = Tree<z.infer<typeof whatSchema>>;
export type Argument = Tree<z.infer<typeof argumentSchema>>;
export type ModelReference = Tree<z.infer<typeof modelReferenceSchema>>;
export type InputReference = Tree<z.infer<typeof inputSchema>>;
export type Target = Tree<z.infer<typeof targetSchema>>;
export type Using = Tree<z.infer<typeof usingSchema>>;
export type Join = Tree<z.infer<typeof joinSchema>>;
