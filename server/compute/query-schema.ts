/** The shape of a query where it crosses the process border: core's types, parsed. */
import { z } from 'zod';
import type { Operand, Predicate } from '../../core/address/types.ts';
import { FUNCTION_NAMES, METHOD_NAMES, type Query } from '../../core/algebra/syntax/tree.ts';

const index = z.number().int().nonnegative();
const step = z.union([z.number(), z.literal('best'), z.literal('last')]);
const layer = z.object({ kind: z.literal('layer'), layer: z.string(), unit: index.optional() });

const example = z.object({
  kind: z.literal('example'),
  dataset: z.string(),
  split: z.string(),
  index: z.number().int(),
});

const operand: z.ZodType<Operand> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('column'), name: z.string(), stored: z.literal(true).optional() }),
  z.object({ kind: z.literal('number'), value: z.number() }),
  z.object({ kind: z.literal('string'), value: z.string() }),
  z.object({ kind: z.literal('activation'), layer: z.string(), unit: index }),
  z.object({ kind: z.literal('distance'), layer: z.string(), to: example }),
  z.object({ kind: z.literal('agreement'), layer: z.string(), k: index }),
]);
const predicate: z.ZodType<Predicate> = z.lazy(() =>
  z.discriminatedUnion('op', [
    z.object({ op: z.enum(['and', 'or']), left: predicate, right: predicate }),
    z.object({ op: z.literal('not'), of: predicate }),
    z.object({ op: z.enum(['=', '!=', '<', '<=', '>', '>=']), left: operand, right: operand }),
    z.object({ op: z.literal('in'), left: operand, values: z.array(z.number()) }),
  ]),
);

const coordinate = z.union([z.number(), z.string()]);
const region = z.tuple([coordinate, coordinate, coordinate, coordinate]);
const change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ablate'), layer: z.string(), unit: index }),
  z.object({ kind: z.enum(['clamp', 'scale']), layer: z.string(), unit: index, value: z.number() }),
  z.object({
    kind: z.literal('set'),
    layer: z.string(),
    tensor: z.string(),
    index: z.array(index),
    value: z.number(),
  }),
  z.object({ kind: z.literal('noise'), sd: z.number(), seed: z.number() }),
  z.object({ kind: z.literal('fgsm'), epsilon: z.number() }),
  z.object({ kind: z.literal('pgd'), epsilon: z.number(), steps: z.number() }),
  z.object({ kind: z.literal('patch'), region, value: z.number() }),
]);

export const querySchema: z.ZodType<Query> = z.lazy(() =>
  z.object({
    kind: z.literal('select'),
    what: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('identity') }),
      layer,
      z.object({
        kind: z.literal('call'),
        name: z.enum(FUNCTION_NAMES),
        args: z.array(
          z.discriminatedUnion('kind', [layer, z.object({ kind: z.literal('number'), value: z.number() })]),
        ),
      }),
    ]),
    model: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('model'), model: z.string(), step: step.optional() }),
      z.object({ kind: z.literal('name'), name: z.literal('f') }),
    ]),
    input: z
      .union([
        z.object({ kind: z.literal('dataset'), dataset: z.string(), split: z.string().optional() }),
        example,
        z.object({ kind: z.literal('slice'), dataset: z.string(), split: z.string(), where: predicate }),
        z.object({ kind: z.literal('name'), name: z.enum(['x', "x'"]) }),
        z.object({ kind: z.literal('name'), name: z.literal('data'), where: predicate.optional() }),
      ])
      .optional(),
    target: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.enum(['class', 'logit']), index }),
        z.object({ kind: z.literal('loss') }),
        z.object({ kind: z.literal('unit'), layer: z.string(), unit: index }),
      ])
      .optional(),
    using: z
      .object({
        method: z.enum(METHOD_NAMES),
        params: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
      })
      .optional(),
    where: region.optional(),
    changes: z.array(change).optional(),
    join: z.object({ kind: z.enum(['join', 'left join']), query: querySchema }).optional(),
    orderBy: z.object({ key: z.string(), desc: z.boolean() }).optional(),
    limit: index.optional(),
  }),
);
