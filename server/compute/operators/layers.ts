/** Nodes of operators as what people call layers: whose weights are whose, and what is told of a node. */
import type { OperatorGraph, OperatorNode } from '../../../core/artifacts/operators.ts';
import { operatorOf } from './index.ts';
import { freeNames } from './names.ts';

interface Owned {
  readonly node: string;
  /** Unique within the node: `weight`. */
  readonly name: string;
}

/** Who a weight belongs to, by its name: the first node that reads it. */
export function weightNames(graph: OperatorGraph): ReadonlyMap<string, Owned> {
  const weights = new Set(graph.weights.map(({ name }) => name));
  const owners = new Map<string, Owned>();
  for (const node of graph.nodes) {
    const used = new Set<string>();
    for (const [at, name] of freeNames(node).entries()) {
      if (!weights.has(name) || owners.has(name)) continue;
      const written = name.split(/[./:]/).at(-1) ?? '';
      const short = /^[A-Za-z][A-Za-z_]*$/.test(written) && !used.has(written) ? written : `weight_${at}`;
      used.add(short);
      owners.set(name, { node: node.name, name: short });
    }
  }
  return owners;
}

/** Plain attributes, where it lies, and how its axes are laid out; with the axis of a softmax written out. */
export function nodeConfig(node: OperatorNode, graph: OperatorGraph): Record<string, unknown> {
  const plain = Object.entries(node.attributes).filter(
    ([, value]) => typeof value !== 'object' || Array.isArray(value),
  );
  const softmax = /^(Log)?Softmax$/.test(node.operation) && !('axis' in node.attributes);
  return {
    ...Object.fromEntries(plain),
    ...(softmax ? { axis: (graph.opsets[''] ?? 1) < 13 ? 1 : -1 } : {}),
    ...(operatorOf(node).units === 'second' ? { data_format: 'channels_first' } : {}),
    ...(node.scope.length > 0 ? { container: node.scope.join('/') } : {}),
  };
}
