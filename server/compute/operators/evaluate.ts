/** Runs a graph of operators, node by node. What looks into a model on its way is the program's (network). */
import type { Tensor } from '@tensorflow/tfjs';
import type { OperatorGraph, OperatorNode } from '../../../core/artifacts/operators.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Tf } from '../tf.ts';
import { attributesOf } from './attributes.ts';
import type { Operand } from './contract.ts';
import { operatorOf } from './index.ts';
import { type Types, typesOf } from './types.ts';
import { tensorOf } from './values.ts';

/** Finds what stands under a name outside of a subgraph. */
export type Lookup = (name: string) => Operand | undefined;

export interface Run {
  readonly tf: Tf;
  readonly opsets: OperatorGraph['opsets'];
  /** Number types by names of tensors, of the whole model. */
  readonly types: Types;
  /** What the node makes of the one that it takes under this name, kept where that is a weight. Without it all is made each time. */
  prepared?(node: string, name: string, make: () => Tensor): Tensor;
}

/** Outputs of one node, in order. Throws UserError('unsupported') for an operator that is not known. Belongs into a tidy. */
export function evaluateNode(run: Run, node: OperatorNode, lookup: Lookup): readonly Operand[] {
  const operator = operatorOf(node);
  const inputs = node.inputs.map((name) => found(node, name, lookup));
  const typeOf = (name: string) => (name === '' ? null : (run.types.get(name) ?? null));
  const made = operator.apply(inputs, {
    tf: run.tf,
    name: node.name,
    opset: run.opsets[node.domain] ?? 1,
    attributes: attributesOf(node.name, node.attributes),
    inputTypes: node.inputs.map(typeOf),
    outputTypes: node.outputs.map(typeOf),
    outputs: node.outputs.length,
    prepared: (at, make) => run.prepared?.(node.name, node.inputs[at] ?? '', make) ?? make(),
    run: (graph, given) => evaluateGraph({ ...run, types: typesOf(graph, run.types) }, graph, given, lookup),
  });
  node.outputs.forEach((name, at) => {
    if (name !== '' && made[at] === undefined)
      throw new UserError(
        'unsupported',
        `the node ${node.name} (${node.operation}) has no output ${at}, ${name}`,
      );
  });
  return made;
}

/**
 * Outputs of a graph in order, given its inputs in order; `outer` finds names that it does not make itself, weights among
 * them. Belongs into a tidy.
 */
export function evaluateGraph(
  run: Run,
  graph: OperatorGraph,
  inputs: readonly Operand[],
  outer: Lookup = () => undefined,
): readonly Operand[] {
  const values = new Map<string, Operand>();
  graph.inputs.forEach(({ name }, at) => {
    const value = inputs[at];
    if (value !== undefined) values.set(name, value);
  });
  // At once: made when first asked for, it might belong to the tidy of a loop's trip.
  const constants = new Map(
    Object.entries(graph.constants).map(([name, constant]) => [name, tensorOf(run.tf, constant)]),
  );
  // What is there may be nothing: an optional that is empty.
  const lookup: Lookup = (name) =>
    values.has(name) ? values.get(name) : (constants.get(name) ?? outer(name));
  for (const node of graph.nodes)
    evaluateNode(run, node, lookup).forEach((value, at) => {
      const name = node.outputs[at];
      if (name) values.set(name, value);
    });
  return graph.outputs.map(({ name }) => {
    const value = lookup(name);
    if (value === undefined) throw new UserError('invalid', `nothing makes the output ${name}`);
    return value;
  });
}

function found(node: OperatorNode, name: string, lookup: Lookup): Operand {
  if (name === '') return null;
  const value = lookup(name);
  if (value === undefined)
    throw new UserError(
      'invalid',
      `the node ${node.name} (${node.operation}) takes ${name}, which nothing makes`,
    );
  return value;
}
