/**
 * Addresses: the one way to name a unit of analysis, in text and in links.
 *
 *   digits-cnn                       a model (its last checkpoint)
 *   digits-cnn@12  @best  @last      a checkpoint
 *   digits-cnn@12/conv2d_1           a layer
 *   digits-cnn@12/conv2d_1#7         a unit (channel or neuron) of the layer's output
 *   digits-cnn@12/dense_1.kernel[3,7]  a weight (the tensor without the indices)
 *   digits.test[42]                  an example (0-based stable index within the split)
 *   digits.test[label = 7 and predicted != label]  a slice
 *   digits.test                      a split
 *   digits.*                         a data set; just `digits` where only data can stand
 *
 * A name with other characters than letters, digits, - and _ (a layer `tf.nn.relu`) stands in double quotes.
 */
import { z } from 'zod';

const whole = z.number().int().nonnegative();
const stepSchema = z.union([z.number(), z.enum(['best', 'last'])]);
/** Undefined: not written, which means the last one. */
const checkpoint = { model: z.string(), step: stepSchema.optional() };

export const modelSchema = z.strictObject({ kind: z.literal('model'), ...checkpoint });
const layerSchema = z.strictObject({ kind: z.literal('layer'), ...checkpoint, layer: z.string() });
const unitSchema = z.strictObject({
  kind: z.literal('unit'),
  ...checkpoint,
  layer: z.string(),
  /** Index in the last axis of the layer's output. */
  unit: whole,
});
const weightSchema = z.strictObject({
  kind: z.literal('weight'),
  ...checkpoint,
  layer: z.string(),
  /** Name of the tensor within its layer: kernel, bias, gamma, ... */
  tensor: z.string(),
  index: z.array(whole).optional(),
});
export const datasetSchema = z.strictObject({
  kind: z.literal('dataset'),
  dataset: z.string(),
  split: z.string().optional(),
});
export const exampleSchema = z.strictObject({
  kind: z.literal('example'),
  dataset: z.string(),
  split: z.string(),
  index: whole,
});

/** The board's examples, until bind() puts an address in their place. */
const boundExampleSchema = z.strictObject({ kind: z.literal('name'), name: z.enum(['x', "x'"]) });

const operandSchema = z.discriminatedUnion('kind', [
  /** `stored`: of the data set, where the name alone means a column that every data set has; written `column.index`. */
  z.strictObject({ kind: z.literal('column'), name: z.string(), stored: z.literal(true).optional() }),
  z.strictObject({ kind: z.literal('number'), value: z.number() }),
  z.strictObject({ kind: z.literal('string'), value: z.string() }),
  /** Activation of a unit on the example: `conv2d_1#7`. */
  z.strictObject({ kind: z.literal('activation'), layer: z.string(), unit: whole }),
  /** Euclidean distance of the layer's outputs to those for another example: `distance(dense_1, digits.test[3])`. */
  z.strictObject({
    kind: z.literal('distance'),
    layer: z.string(),
    to: z.discriminatedUnion('kind', [exampleSchema, boundExampleSchema]),
  }),
  /** Share of the k nearest others of the split, by the layer's outputs, with the same label: `agreement(dense_1, 10)`. */
  z.strictObject({ kind: z.literal('agreement'), layer: z.string(), k: whole }),
]);

/** A condition on an example. Columns: label, predicted, confidence, loss, index, or a column of the data set. */
export const predicateSchema = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.enum(['and', 'or']),
    get left() {
      return predicateSchema;
    },
    get right() {
      return predicateSchema;
    },
  }),
  z.strictObject({
    op: z.literal('not'),
    get of() {
      return predicateSchema;
    },
  }),
  z.strictObject({
    op: z.enum(['=', '!=', '<', '<=', '>', '>=']),
    left: operandSchema,
    right: operandSchema,
  }),
  /** `index in [3, 17]`, `label in [1, 'seven']`; in the canonical form classes are numbers. */
  z.strictObject({
    op: z.literal('in'),
    left: operandSchema,
    values: z.array(z.union([z.number(), z.string()])),
  }),
]);
export const sliceSchema = z.strictObject({
  kind: z.literal('slice'),
  dataset: z.string(),
  split: z.string(),
  where: predicateSchema,
});

/** What a schema describes, as the tree of a text, which nobody changes. */
export type Tree<T> = T extends object ? { readonly [Key in keyof T]: Tree<T[Key]> } : T;

export type Step = z.infer<typeof stepSchema>;
export type ModelAddress = Tree<z.infer<typeof modelSchema>>;
export type LayerAddress = Tree<z.infer<typeof layerSchema>>;
export type UnitAddress = Tree<z.infer<typeof unitSchema>>;
export type WeightAddress = Tree<z.infer<typeof weightSchema>>;
export type DatasetAddress = Tree<z.infer<typeof datasetSchema>>;
export type ExampleAddress = Tree<z.infer<typeof exampleSchema>>;
export type SliceAddress = Tree<z.infer<typeof sliceSchema>>;
export type Address =
  | ModelAddress
  | LayerAddress
  | UnitAddress
  | WeightAddress
  | DatasetAddress
  | ExampleAddress
  | SliceAddress;

export type BoundExample = Tree<z.infer<typeof boundExampleSchema>>;
export type Operand = Tree<z.infer<typeof operandSchema>>;
export type Predicate = Tree<z.infer<typeof predicateSchema>>;
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
