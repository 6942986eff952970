/**
 * What a method is: a self-describing way to answer one function of the algebra. Files in this folder import
 * TensorFlow.js as a type only, so that the web process can read the registry without loading it.
 */
import type { FunctionName, Query } from '../../../core/algebra/index.ts';
import type { Axis, NamedTensor, Provenance, ResultType } from '../../../core/result/index.ts';
import type { QueryPlan } from '../contract.ts';
import type { MethodContext } from '../inference/context.ts';

/** What a file of functions/ exports: it answers the function whose name the file bears. */
export interface Method {
  /** Part of the result's id: raise it whenever the same question would get other numbers. */
  readonly version: string;
  /** Where a question names a method of its own (`using ig`): that one's version, which is added to this. */
  versionFor?(query: Query): string;
  /** How to read the picture, in one or two sentences. */
  readonly reading: string;
  /** Peak bytes beyond the model, its split and a batch of activations, where that is more than a little. */
  bytes?(plan: QueryPlan): number;
  /** Throws UserError for what cannot be asked of this model or data, `cancelled` once the signal fires. */
  run(context: MethodContext): Promise<MethodOutput>;
  /** Where all that is asked stands in the plan: whoever holds it answers, and no worker is asked. */
  recorded?(plan: QueryPlan): MethodOutput;
}

/** A method whose answer stands in the plan. */
export const recordedMethod = ({
  recorded,
  ...method
}: Pick<Method, 'version' | 'reading'> & { recorded(plan: QueryPlan): MethodOutput }): Method => ({
  ...method,
  recorded,
  run: async ({ plan }) => recorded(plan),
});

export interface NamedMethod extends Method {
  /** Of the function in the algebra; `attribution` answers `select *` and `select l`. */
  readonly name: FunctionName | 'attribution';
}

/** A tensor with the names of its axes. */
export interface OutputTensor extends NamedTensor {
  readonly axes: readonly string[];
}

export interface MethodOutput {
  readonly type: ResultType;
  readonly title: string;
  readonly axes: readonly Axis[];
  readonly tensors: Readonly<Record<string, OutputTensor>>;
  readonly record?: unknown;
  /** Examples that went in. */
  readonly n?: number;
  readonly warnings: readonly string[];
  /** Where a function has several methods (pca, umap): which one ran, with all its parameters. */
  readonly method?: string;
  readonly parameters?: Provenance['parameters'];
  readonly seed?: number;
  /** In place of the method's own, where that depends on what was asked. */
  readonly reading?: string;
}

export function f32(data: Float32Array, shape: readonly number[], axes: readonly string[]): OutputTensor {
  return { dtype: 'F32', shape, data, axes };
}
export function f64(data: Float64Array, shape: readonly number[], axes: readonly string[]): OutputTensor {
  return { dtype: 'F64', shape, data, axes };
}
export function i32(data: Int32Array, shape: readonly number[], axes: readonly string[]): OutputTensor {
  return { dtype: 'I32', shape, data, axes };
}
export function u8(data: Uint8Array, shape: readonly number[], axes: readonly string[]): OutputTensor {
  return { dtype: 'U8', shape, data, axes };
}
