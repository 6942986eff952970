/** A GraphDef as TensorFlow.js writes it in JSON: nodes, with attributes as operators' rows read them. */
import { z } from 'zod';
import type { ElementType, OperatorAttribute } from '../../../../core/artifacts/operators.ts';
import { invalid, unsupported } from '../files/context.ts';

const TYPES: Readonly<Record<string, ElementType>> = {
  ...{ DT_FLOAT: 'float32', DT_DOUBLE: 'float64', DT_HALF: 'float16', DT_BFLOAT16: 'bfloat16' },
  ...{ DT_INT8: 'int8', DT_INT16: 'int16', DT_INT32: 'int32', DT_INT64: 'int64', DT_UINT8: 'uint8' },
  ...{ DT_UINT16: 'uint16', DT_UINT32: 'uint32', DT_UINT64: 'uint64', DT_BOOL: 'bool', DT_STRING: 'string' },
};
/** By their numbers, as some converters write them. */
const NUMBERED: Readonly<Record<number, string>> = {
  ...{ 1: 'DT_FLOAT', 2: 'DT_DOUBLE', 3: 'DT_INT32', 4: 'DT_UINT8', 5: 'DT_INT16', 6: 'DT_INT8' },
  ...{ 7: 'DT_STRING', 9: 'DT_INT64', 10: 'DT_BOOL', 14: 'DT_BFLOAT16', 17: 'DT_UINT16', 19: 'DT_HALF' },
  ...{ 22: 'DT_UINT32', 23: 'DT_UINT64' },
};

const typeSchema = z.union([z.string(), z.number()]);
const wholeSchema = z.union([z.string(), z.number()]).transform(Number);
const shapeSchema = z.object({
  dim: z.array(z.object({ size: wholeSchema.optional() })).nullish(),
  unknownRank: z.boolean().nullish(),
});
const attributeSchema = z.object({
  s: z.string().optional(),
  i: wholeSchema.optional(),
  // Numbers that JSON has not come as texts.
  f: z.union([z.number(), z.string().transform(Number)]).optional(),
  b: z.boolean().optional(),
  type: typeSchema.optional(),
  shape: shapeSchema.optional(),
  list: z
    .object({
      s: z.array(z.string()).nullish(),
      i: z.array(wholeSchema).nullish(),
      f: z.array(z.number()).nullish(),
      b: z.array(z.boolean()).nullish(),
      type: z.array(typeSchema).nullish(),
    })
    .optional(),
});
const nodeSchema = z.object({
  name: z.string(),
  op: z.string(),
  input: z.array(z.string()).nullish(),
  attr: z.record(z.string(), attributeSchema).nullish(),
});
const graphSchema = z.object({
  node: z.array(nodeSchema),
  versions: z.object({ producer: wholeSchema.optional() }).nullish(),
});
const portSchema = z.object({ name: z.string(), tensorShape: shapeSchema.optional() });
export const signatureSchema = z.object({
  inputs: z.record(z.string(), portSchema).nullish(),
  outputs: z.record(z.string(), portSchema).nullish(),
});
export type Signature = z.infer<typeof signatureSchema>;
export type GraphDef = z.infer<typeof graphSchema>;
export type NodeDef = GraphDef['node'][number];
type AttributeDef = z.infer<typeof attributeSchema>;
type ShapeDef = z.infer<typeof shapeSchema>;

/** Throws UserError. */
export function graphDefOf(topology: unknown, file: string): GraphDef {
  const parsed = graphSchema.safeParse(topology);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(file, `not a valid graph: modelTopology.${issue?.path.join('.')}: ${issue?.message}`);
}

/** Sizes, null where one is open; null where not even the rank is known. */
export function shapeOf(shape: ShapeDef | undefined): (number | null)[] | null {
  if (!shape || shape.unknownRank) return null;
  return (shape.dim ?? []).map(({ size = 0 }) => (size < 0 ? null : size));
}

function typeName(type: string | number): string {
  return typeof type === 'number' ? (NUMBERED[type] ?? String(type)) : type;
}

/** Throws UserError('unsupported') for one that is not computed. */
export function elementType(type: string | number | undefined, node: string, file: string): ElementType {
  const name = typeName(type ?? 'DT_FLOAT');
  const found = TYPES[name];
  if (found) return found;
  throw unsupported(file, `${node} is of the number type ${name}, which is not computed here`);
}

const textOf = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

/** As rows read them; null for kinds that no row asks for. */
export function attributeOf(value: AttributeDef): OperatorAttribute | null {
  if (value.s !== undefined) return textOf(value.s);
  if (value.i !== undefined) return value.i;
  if (value.f !== undefined) return value.f;
  if (value.b !== undefined) return value.b ? 1 : 0;
  if (value.type !== undefined) return TYPES[typeName(value.type)] ?? typeName(value.type);
  const { list } = value;
  if (!list) return null;
  if (list.s) return list.s.map(textOf);
  if (list.i) return list.i;
  if (list.f) return list.f;
  if (list.b) return list.b.map((one) => (one ? 1 : 0));
  return list.type ? list.type.map((type) => TYPES[typeName(type)] ?? typeName(type)) : [];
}
