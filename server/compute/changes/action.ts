/** What a change of `with` does: to a unit's output, to a weight, or to the input. A file of kinds/ for each. */
import type { Tensor } from '@tensorflow/tfjs';
import type { ActsOf, ChangeName, ChangeOf } from '../../../core/algebra/index.ts';
import type { QueryPlan } from '../contract.ts';
import type { Examples } from '../data/examples.ts';
import type { Pace } from '../inference/forward.ts';
import type { LoadedModel } from '../network/model.ts';
import type { Tf } from '../tf.ts';

export interface UnitChange<Name extends ChangeName> {
  /**
   * What the unit puts out instead of these numbers, which earlier changes have made: a tensor of the same shape. It is made
   * of the numbers by operations of TensorFlow, so that gradients pass through it.
   */
  output(tf: Tf, values: Tensor, change: ChangeOf<Name>): Tensor;
}

export interface WeightChange<Name extends ChangeName> {
  /** Writes into the weights of a copy of the model. Throws UserError('invalid') for a weight that the layer does not have. */
  write(tf: Tf, copy: LoadedModel, change: ChangeOf<Name>): void;
}

export interface ChangedInputs {
  /** (n, ...shape) flat. */
  readonly values: Float32Array;
  /** What is to be said of how the examples were changed. */
  readonly warnings: readonly string[];
}
/** The question, and its model as the changes before this one leave it. */
export interface InputSource extends Pace {
  readonly plan: QueryPlan;
  model(): Promise<LoadedModel>;
}
export interface InputChange<Name extends ChangeName> {
  inputs(source: InputSource, examples: Examples, change: ChangeOf<Name>): Promise<ChangedInputs>;
}

interface Actions<Name extends ChangeName> {
  readonly unit: UnitChange<Name>;
  readonly weight: WeightChange<Name>;
  readonly input: InputChange<Name>;
}
/** For each change of the language what its row says that it acts on. */
export type ChangeActions = {
  readonly [Name in ChangeName]: Actions<Name>[ActsOf<Name>];
};
