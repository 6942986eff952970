/**
 * A model as a graph of operators on named tensors, as ONNX writes it: what its manifest keeps in place of a topology of
 * layers. Weights are named here and lie in the checkpoint.
 */
import { z } from 'zod';

/** Number types as files mean them; TensorFlow.js computes with float32, int32 and bool. */
export const ELEMENT_TYPES = [
  ...[
    'float32',
    'float64',
    'float16',
    'bfloat16',
    'float8e4m3fn',
    'float8e4m3fnuz',
    'float8e5m2',
    'float8e5m2fnuz',
  ],
  ...['int8', 'int16', 'int32', 'int64', 'int4', 'uint8', 'uint16', 'uint32', 'uint64', 'uint4'],
  ...['bool', 'string'],
] as const;
export const elementTypeSchema = z.enum(ELEMENT_TYPES);
export type ElementType = z.infer<typeof elementTypeSchema>;

/** A size that is known, one that is named (`batch`, `sequence`), or one that is not known. */
const sizeSchema = z.union([z.number().int(), z.string(), z.null()]);
export const operatorPortSchema = z.object({
  name: z.string(),
  type: elementTypeSchema,
  /** Null where not even the rank is known. */
  shape: z.array(sizeSchema).nullable(),
});
export type OperatorPort = z.infer<typeof operatorPortSchema>;

/** Row-major values; of texts, the texts. NaN and infinities as 'NaN', 'Infinity' and '-Infinity'. */
export const operatorConstantSchema = z.object({
  type: elementTypeSchema,
  shape: z.array(z.number().int()),
  values: z.array(z.union([z.number(), z.string()])),
});
export type OperatorConstant = z.infer<typeof operatorConstantSchema>;

export interface OperatorNode {
  /** Unique within the whole model. */
  readonly name: string;
  /** Groups that it lies in, outermost first. */
  readonly scope: readonly string[];
  /** '' for ONNX' own operators, 'com.microsoft', ... */
  readonly domain: string;
  readonly operation: string;
  readonly attributes: Readonly<Record<string, OperatorAttribute>>;
  /** Names of tensors; '' for an input that is left out. */
  readonly inputs: readonly string[];
  /** '' for an output that nobody wants. */
  readonly outputs: readonly string[];
}
export type OperatorAttribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly tensor: OperatorConstant }
  | { readonly graph: OperatorGraph };

/** In a subgraph (of If, Loop, Scan) names of the graph around it are known too. */
export interface OperatorGraph {
  /** Version of the operator set by domain: `{'': 17}`. Subgraphs have that of the whole. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Each after what it needs. */
  readonly nodes: readonly OperatorNode[];
  readonly inputs: readonly OperatorPort[];
  readonly outputs: readonly OperatorPort[];
  /** Tensors that are no weights: shapes, axes, small tables of whole numbers. */
  readonly constants: Readonly<Record<string, OperatorConstant>>;
  /** In the order of the checkpoint's tensors. */
  readonly weights: readonly {
    readonly name: string;
    readonly type: ElementType;
    readonly shape: readonly number[];
  }[];
}

export const operatorAttributeSchema: z.ZodType<OperatorAttribute> = z.lazy(() =>
  z.union([
    z.number(),
    z.string(),
    z.array(z.number()),
    z.array(z.string()),
    z.object({ tensor: operatorConstantSchema }),
    z.object({ graph: operatorGraphSchema }),
  ]),
);
export const operatorGraphSchema: z.ZodType<OperatorGraph> = z.lazy(() =>
  z.object({
    opsets: z.record(z.string(), z.number().int()),
    nodes: z.array(
      z.object({
        name: z.string(),
        scope: z.array(z.string()),
        domain: z.string(),
        operation: z.string(),
        attributes: z.record(z.string(), operatorAttributeSchema),
        inputs: z.array(z.string()),
        outputs: z.array(z.string()),
      }),
    ),
    inputs: z.array(operatorPortSchema),
    outputs: z.array(operatorPortSchema),
    constants: z.record(z.string(), operatorConstantSchema),
    weights: z.array(
      z.object({ name: z.string(), type: elementTypeSchema, shape: z.array(z.number().int()) }),
    ),
  }),
);

/** A graph with what was found out by running it once. */
export const operatorProgramSchema = z.object({
  graph: operatorGraphSchema,
  /** Of each tensor, as nodes hand it on; null where a size depends on the input's. */
  shapes: z.record(z.string(), z.array(z.number().int().nullable())),
  /** How many examples it takes at once; null: any number, and each is answered for itself. */
  batch: z.number().int().positive().nullable(),
});
export type OperatorProgram = z.infer<typeof operatorProgramSchema>;
