/** A model's graph of calls, as a file's architecture is read. */

import type { CallForm } from '../layers/call-forms.ts';

export type LayerConfig = Readonly<Record<string, unknown>>;

/** Output `tensor` of call number `call` of a layer. */
export interface TensorRef {
  readonly layer: string;
  readonly call: number;
  readonly tensor: number;
}
/** What an operator is given: a tensor, a constant, or a list of them. */
export type Operand = TensorRef | number | readonly Operand[];

export interface LayerSpec {
  readonly className: string;
  readonly name: string;
  readonly config: LayerConfig;
  /** Inputs of each call, in order; an input layer has none. */
  readonly calls: readonly (readonly TensorRef[])[];
  /** Masks that the calls get by keyword, one for each (for each input, where there are several). */
  readonly masks?: readonly (Operand | readonly (Operand | null)[] | null)[];
  /** What the calls of an operator that makes masks are given, constants among it. */
  readonly operands?: readonly (readonly Operand[])[];
  /** How it is called, of a layer whose arguments matter one by one. */
  readonly form?: CallForm;
  /** The class that the file names, of a layer that TimeDistributed of a whole model applies step by step. */
  readonly within?: string;
  /** Set where the layer is itself a model, or TimeDistributed of one. */
  readonly inner?: Network;
}
export interface Network {
  readonly name: string;
  readonly layers: readonly LayerSpec[];
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorRef[];
}
