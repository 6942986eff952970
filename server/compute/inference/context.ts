/** What a computation is given: the question, its model and examples, and whoever waits for it. */
import type { QueryPlan } from '../contract.ts';
import type { Examples, Split } from '../data/examples.ts';
import type { LoadedModel } from '../network/model.ts';
import type { Tf } from '../tf.ts';

export interface MethodContext {
  readonly tf: Tf;
  readonly plan: QueryPlan;
  /** The plan's model with its weights, warm where possible; changed as `with` says. */
  model(): Promise<LoadedModel>;
  /** The examples that the query's input names: filtered, ordered and limited by the unchanged model, then changed as `with` says. */
  examples(): Promise<Examples>;
  /** A split of the plan's data, unchanged: for baselines, neighbours and ranges. */
  split(name: string): Promise<Split>;
  /** The right side of a join with its own plan, model and examples, loaded when asked for; null where there is none. */
  right(): MethodContext | null;
  /** Model `i` of `plan.checkpoints`, unchanged and warm where possible; not to be disposed by the method. Ask for one at a time: an earlier one may be gone once the next is loaded. */
  checkpoint(i: number): Promise<LoadedModel>;
  readonly signal: AbortSignal;
  progress(done: number, note: string): void;
}
