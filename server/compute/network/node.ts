/**
 * What a program is made of: nodes that take tensors and put tensors out, whichever vocabulary they come from (layers of
 * Keras, operators of ONNX). Nothing above knows more of a model than this.
 */
import type { DataType, Tensor } from '@tensorflow/tfjs';

/** What stands between nodes in a run: a tensor, or a sequence of them. */
export type Held = Tensor | readonly Tensor[];

/** One output of one call. */
export interface Value {
  /** Unique within the model. */
  readonly id: number;
  readonly name: string;
  /** As it is looked at: batch axis first, units last; null where a size is open. */
  readonly shape: readonly (number | null)[];
  readonly dtype: DataType;
  readonly call: Call;
  /** Whether it is maps of features over places. */
  readonly maps: boolean;
  /** Whether a mask goes with it, of steps that count. */
  readonly masked: boolean;
  /** From how nodes hand it on to how it is looked at, given and edited: units are the last axis there. */
  shown(held: Held): Tensor;
  /** The other way round. */
  held(shown: Tensor): Tensor;
}

/** A number that is learnt. */
export interface NodeWeight {
  /** As the file has it, with the node's name before it or not: `conv2d_1/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Not the asker's to dispose. */
  read(): Tensor;
  /** Takes the tensor's numbers over. */
  write(values: Tensor): void;
}

/** A layer, or an operator. */
export interface ProgramNode {
  readonly name: string;
  /** Its class, or the operator. */
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: readonly NodeWeight[];
  /** It stands for an input of the model and computes nothing. */
  readonly isInput: boolean;
  /** Looks something up by its input: a number that is a name has no slope. */
  readonly looksUp: boolean;
}

export interface CallOptions {
  /** Someone takes a gradient through it. */
  readonly differentiated: boolean;
  /** Backwards through rectifiers only positive gradient passes (Springenberg et al. 2014). */
  readonly guided?: boolean;
}
type Masks = readonly (Tensor | null)[];

/** One use of a node. */
export interface Call {
  readonly node: ProgramNode;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** It is the use that stands for the node where that is looked at or given. */
  readonly first: boolean;
  /** Outputs in order, for inputs and their masks in order. Belongs into a tidy. */
  run(inputs: readonly Held[], masks: Masks, options: CallOptions): readonly Held[];
  /** The first output as it is before the node's own activation. */
  unactivated(inputs: readonly Held[], options: CallOptions): Tensor;
  /** Whether the outputs depend on the inputs' masks. */
  readonly looksAtMasks: boolean;
  /** Whether the masks of its outputs depend on what its inputs are. */
  readonly masksReadValues: boolean;
  /** Masks of the outputs, in order; the list may be shorter. Nothing of it is differentiated. */
  masksAfter(inputs: () => readonly Held[], masks: Masks): Masks;
}

export interface ProgramGraph {
  readonly name: string;
  readonly inputs: readonly Value[];
  /** All that leads to the outputs, each after what it needs. */
  readonly calls: readonly Call[];
  /** At least one. */
  readonly outputs: readonly Value[];
  /** How many examples it takes at once; null: any number. */
  readonly batch: number | null;
}
