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
export type Step = number | 'best' | 'last';

export interface ModelAddress {
  readonly kind: 'model';
  readonly model: string;
  /** Undefined: not written, which means the last one. */
  readonly step?: Step;
}
export interface LayerAddress {
  readonly kind: 'layer';
  readonly model: string;
  readonly step?: Step;
  readonly layer: string;
}
export interface UnitAddress {
  readonly kind: 'unit';
  readonly model: string;
  readonly step?: Step;
  readonly layer: string;
  /** Index in the last axis of the layer's output. */
  readonly unit: number;
}
export interface WeightAddress {
  readonly kind: 'weight';
  readonly model: string;
  readonly step?: Step;
  readonly layer: string;
  /** Name of the tensor within its layer: kernel, bias, gamma, ... */
  readonly tensor: string;
  readonly index?: readonly number[];
}
export interface DatasetAddress {
  readonly kind: 'dataset';
  readonly dataset: string;
  readonly split?: string;
}
export interface ExampleAddress {
  readonly kind: 'example';
  readonly dataset: string;
  readonly split: string;
  readonly index: number;
}
export interface SliceAddress {
  readonly kind: 'slice';
  readonly dataset: string;
  readonly split: string;
  readonly where: Predicate;
}
export type Address =
  | ModelAddress
  | LayerAddress
  | UnitAddress
  | WeightAddress
  | DatasetAddress
  | ExampleAddress
  | SliceAddress;

/** A condition on an example. Columns: label, predicted, confidence, loss, index, or a column of the data set. */
export type Predicate =
  | { readonly op: 'and' | 'or'; readonly left: Predicate; readonly right: Predicate }
  | { readonly op: 'not'; readonly of: Predicate }
  | { readonly op: Comparison; readonly left: Operand; readonly right: Operand }
  /** `index in [3, 17]`, `label in [1, 'seven']`; in the canonical form classes are numbers. */
  | { readonly op: 'in'; readonly left: Operand; readonly values: readonly (number | string)[] };
/** The board's examples, until bind() puts an address in their place. */
export interface BoundExample {
  readonly kind: 'name';
  readonly name: 'x' | "x'";
}
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Operand =
  /** `stored`: of the data set, where the name alone means a column that every data set has; written `column.index`. */
  | { readonly kind: 'column'; readonly name: string; readonly stored?: true }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  /** Activation of a unit on the example: `conv2d_1#7`. */
  | { readonly kind: 'activation'; readonly layer: string; readonly unit: number }
  /** Euclidean distance of the layer's outputs to those for another example: `distance(dense_1, digits.test[3])`. */
  | { readonly kind: 'distance'; readonly layer: string; readonly to: ExampleAddress | BoundExample }
  /** Share of the k nearest others of the split, by the layer's outputs, with the same label: `agreement(dense_1, 10)`. */
  | { readonly kind: 'agreement'; readonly layer: string; readonly k: number };
