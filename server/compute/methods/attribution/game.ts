/**
 * What an attribution method plays with: a target of a model as a function of the features at one place (the input, or a
 * layer's output), for a batch of examples. Methods know nothing of models; game-of.ts makes games of them, tests of
 * closed forms.
 */
import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import type { ComputedMethod, ParameterValue } from '../../../../core/algebra/index.ts';
import type { Tf } from '../../tf.ts';

export interface Game {
  readonly tf: Tf;
  /** Examples. */
  readonly n: number;
  /** Shape of one example's features. */
  readonly shape: readonly number[];
  /** (n, ...shape): the examples; outside the window of `where` already at the baseline. */
  readonly features: Tensor;
  /** (n, ...shape): what absent features are. */
  readonly baseline: Tensor;
  /** At the input of a model of several: where each lies among the features. */
  readonly parts?: readonly {
    readonly offset: number;
    readonly width: number;
    readonly shape: readonly number[];
  }[];
  /** Flat indices into `shape` of the features that take part: all, or those within the window of `where`. */
  readonly players: Int32Array;
  /** Points that fit in memory at once. */
  readonly batch: number;
  /** True at a layer: its last axis are units, features of their own; false at the input: channels of one picture. */
  readonly unitsApart?: boolean;
  /**
   * Target at m points (m, ...shape) -> (m). `owner[i]`: which example point i belongs to; it fixes the class of its
   * target, its label, and what the rest of the network is given where the place does not cut it. Differentiable.
   */
  value(points: Tensor, owner: Int32Array): Tensor1D;
  /** Gradient of the target by the points, (m, ...shape). `guided`: through rectifiers passes positive gradient only. */
  gradient(points: Tensor, owner: Int32Array, options?: { readonly guided?: boolean }): Tensor;
}

export interface Attribution {
  /** (n, ...shape); features that take no part are 0. */
  readonly values: Float32Array;
  /** Of a sampled method: standard error of each value. */
  readonly standardError?: Float32Array;
}

/** What a file of methods/ exports: its name is the file's. */
export interface AttributionMethod {
  /** Part of the result's id: raise it whenever the same question would get other numbers. */
  readonly version: string;
  /** How to read the picture, and what it does not say, in one or two sentences. */
  readonly reading: string;
  /** Whether the values of one example sum to target(features) - target(baseline). */
  readonly complete: boolean;
  /** Whether the values compare the example with the baseline. */
  readonly compares: boolean;
  /** What is said of examples whose features are all the same; `many` tells of how many, or nothing. */
  ofConstant?(many: string): string;
  /** Points at which the target, or its gradient, is asked per example: for cost and progress. */
  evaluations(params: Readonly<Record<string, ParameterValue>>, players: number): number;
  /** Makes and disposes its own tensors; calls `pace.step` between batches (throws `cancelled`). */
  attribute(
    game: Game,
    params: Readonly<Record<string, ParameterValue>>,
    pace: AttributionPace,
  ): Promise<Attribution>;
}
export interface NamedAttribution extends AttributionMethod {
  readonly name: ComputedMethod<'attribution'>;
}
export interface AttributionPace {
  /** Hears cancellation and tells progress: `done` of the evaluations of all examples. */
  step(done: number): Promise<void>;
}
