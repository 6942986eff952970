/** What an operator is: a row that says what each vocabulary calls it, and a function of tensors. */
import type { Tensor } from '@tensorflow/tfjs';
import type {
  ElementType,
  OperatorAttribute,
  OperatorConstant,
  OperatorGraph,
} from '../../../core/artifacts/operators.ts';
import type { Tf } from '../tf.ts';

/** What stands under a name in a run: a tensor, a sequence of them, or nothing (an input that is left out). */
export type Operand = Tensor | readonly Tensor[] | null;

/** One use of an operator. */
export interface OperatorCall {
  readonly tf: Tf;
  /** The node, for messages. */
  readonly name: string;
  /** Version of the operator set that the file was written for. */
  readonly opset: number;
  readonly attributes: Attributes;
  /** As the file means them: TensorFlow.js holds any integer as int32 and any float as float32. Null: left out, or not known. */
  readonly inputTypes: readonly (ElementType | null)[];
  readonly outputTypes: readonly (ElementType | null)[];
  /** What is made of input `at` alone: once, where that is a weight. */
  prepared(at: number, make: () => Tensor): Tensor;
  /** How many outputs the node names. */
  readonly outputs: number;
  /** Runs a subgraph of the node on these inputs, with the names around it at hand. */
  run(graph: OperatorGraph, inputs: readonly Operand[]): readonly Operand[];
}

/** Attributes of a node, read by kind; the fallback stands in for one that is not there. Throws UserError('invalid') for another kind. */
export interface Attributes {
  has(name: string): boolean;
  number(name: string, fallback?: number): number;
  text(name: string, fallback?: string): string;
  numbers(name: string, fallback?: readonly number[]): readonly number[];
  texts(name: string, fallback?: readonly string[]): readonly string[];
  tensor(name: string): OperatorConstant;
  graph(name: string): OperatorGraph;
  /** All, as the file has them. */
  readonly all: Readonly<Record<string, OperatorAttribute>>;
}

/**
 * Where the units (channels, neurons) of an output lie: `last`; `second` where it has places (rank 3 and more), as
 * convolutions of ONNX have it; or wherever those of its inputs do (`kept`).
 */
export type UnitAxis = 'last' | 'second' | 'kept';

/** An input that is usually learnt. */
export interface WeightRole {
  readonly name: string;
  /** One for each axis (`unit`, `input`, `y`, `x`, ...); null for a shape that it usually has not. */
  axes(rank: number, attributes: Attributes): readonly string[] | null;
}

/** Shapes of the first input and of the output; null where a size is open. */
export interface MovedUnits {
  readonly axis: number;
  readonly from: readonly (number | null)[];
  readonly to: readonly (number | null)[];
}

/**
 * Whose names operators have. In a node, the domain says it: TensorFlow's are of `tensorflow`, PyTorch's of `torch`, all
 * others are domains of ONNX.
 */
export const VOCABULARIES = ['onnx', 'tensorflow', 'torch'] as const;
export type Vocabulary = (typeof VOCABULARIES)[number];

/** What vocabularies call it, one of them at least: of ONNX `Conv`, or with its domain, `com.microsoft.Gelu`. */
export interface Operator extends Readonly<Partial<Record<Vocabulary, string>>> {
  /** The first version of the operator set with another meaning than this row's comes after it. Absent: all are known. */
  readonly since?: number;
  readonly units: UnitAxis;
  /** By place among the inputs. */
  readonly weights?: Readonly<Record<number, WeightRole>>;
  /** Where units that lie along `axis` of its first input are in the output; null where they are lost. Of what moves axes. */
  movesUnits?(moved: MovedUnits, attributes: Attributes): number | null;
  /** Number types of the outputs. Absent: each is of the first input's type. */
  types?(
    call: Pick<OperatorCall, 'attributes' | 'inputTypes' | 'outputs' | 'opset'>,
  ): readonly (ElementType | null)[];
  /**
   * Its outputs, in order (at least `call.outputs` that are wanted; fewer only where the rest are optional). Runs in a
   * tidy, is differentiable by its float inputs wherever the operator has a gradient, and gives what it was given only as
   * itself or a clone. Throws UserError('unsupported') by name for what it does not compute.
   */
  apply(inputs: readonly Operand[], call: OperatorCall): readonly Operand[];
}
