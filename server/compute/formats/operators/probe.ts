/** A graph of operators run on numbers made up, so that the sizes of all its tensors are known, and that it runs. */
import { setImmediate } from 'node:timers/promises';
import type { Tensor } from '@tensorflow/tfjs';
import type { OperatorGraph } from '../../../../core/artifacts/operators.ts';
import type { Operand } from '../../operators/contract.ts';
import { evaluateNode, type Run } from '../../operators/evaluate.ts';
import { freeNames } from '../../operators/names.ts';
import { storedAs } from '../../operators/values.ts';
import type { ImportContext } from '../files/context.ts';

export interface ProbeSource {
  readonly run: Run;
  readonly graph: OperatorGraph;
  /** Weights and constants, by name. */
  readonly held: ReadonlyMap<string, Tensor>;
  readonly context: ImportContext;
}

export interface Probed {
  /** Of every tensor; a sequence has none. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** By name; of sequences nothing. */
  readonly outputs: ReadonlyMap<string, ArrayLike<number>>;
}

/** One batch for each input, by name: shape and values. */
export type ProbeInputs = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly values: Float32Array }
>;

/** Throws what an operator throws: UserError, or TensorFlow.js' own. What nothing needs any more makes room. */
export async function probe(
  { run, graph, held, context }: ProbeSource,
  inputs: ProbeInputs,
): Promise<Probed> {
  const { tf } = run;
  const values = new Map<string, Operand>();
  const shapes = new Map<string, readonly number[]>();
  for (const { name, type } of graph.inputs) {
    const given = inputs.get(name);
    if (!given) throw new Error(`no values for ${name}`);
    values.set(
      name,
      tf.tidy(() => tf.tensor(given.values, [...given.shape]).cast(storedAs(type))),
    );
    shapes.set(name, given.shape);
  }
  const last = lastReads(graph);
  const outputs = new Map<string, ArrayLike<number>>();
  try {
    for (const [at, node] of graph.nodes.entries()) {
      // Whoever cancels is heard.
      if (at % 16 === 0) await setImmediate();
      context.signal?.throwIfAborted();
      const lookup = (name: string) => values.get(name) ?? held.get(name);
      const taken = new Set(freeNames(node).flatMap((name) => lookup(name) ?? []));
      const made: [string, Operand][] = [];
      tf.tidy(() => {
        const apart = (tensor: Tensor) => (taken.has(tensor) ? tensor.clone() : tensor);
        evaluateNode(run, node, lookup).forEach((value, i) => {
          const name = node.outputs[i];
          if (name && value !== null) made.push([name, 'dataId' in value ? apart(value) : value.map(apart)]);
        });
        return made.flatMap(([, value]) => value ?? []);
      });
      for (const [name, value] of made) {
        values.set(name, value);
        if (value && 'dataId' in value) shapes.set(name, value.shape);
      }
      for (const name of last.get(at) ?? []) {
        free(values.get(name));
        values.delete(name);
      }
    }
    for (const { name } of graph.outputs) {
      const value = values.get(name);
      if (value && 'dataId' in value && value.dtype !== 'string') outputs.set(name, await value.data());
    }
    return { shapes, outputs };
  } finally {
    for (const value of values.values()) free(value);
  }
}

function free(value: Operand | undefined): void {
  for (const tensor of [value ?? []].flat()) tensor.dispose();
}

/** After which node nobody reads a tensor any more; outputs of the graph are kept. */
function lastReads(graph: OperatorGraph): ReadonlyMap<number, readonly string[]> {
  const kept = new Set(graph.outputs.map(({ name }) => name));
  const last = new Map<string, number>();
  graph.nodes.forEach((node, at) => {
    for (const name of node.outputs) if (name !== '') last.set(name, at);
    for (const name of freeNames(node)) last.set(name, at);
  });
  const held = new Set([...graph.weights.map(({ name }) => name), ...Object.keys(graph.constants)]);
  const freed = new Map<number, string[]>();
  for (const [name, at] of last)
    if (!kept.has(name) && !held.has(name)) freed.set(at, [...(freed.get(at) ?? []), name]);
  return freed;
}
