/** Nodes of operators as what people call layers: whose weights are whose, and what is told of a node. */
import type { OperatorGraph, OperatorNode, OperatorProgram } from '../../../core/artifacts/operators.ts';
import { attributesOf } from './attributes.ts';
import { operatorOf } from './index.ts';
import { freeNames } from './names.ts';

interface Owned {
  readonly node: string;
  /** Unique within the node: `weight`. */
  readonly name: string;
  /** Along what its axes lie, where that is known. */
  readonly axes: readonly string[] | null;
}

/**
 * Who a weight belongs to, by its name: the first node that computes something of the inputs with it, be it as it is or
 * after what is done to it alone (transposed, taken from 8 bits).
 */
export function weightOwners(graph: OperatorGraph): ReadonlyMap<string, Owned> {
  const ranks = new Map(graph.weights.map(({ name, shape }) => [name, shape.length]));
  /** Weights that a tensor is made of alone, by its name. */
  const made = new Map(graph.weights.map(({ name }) => [name, [name]]));
  for (const name of Object.keys(graph.constants)) made.set(name, []);
  const owners = new Map<string, Owned>();
  for (const node of graph.nodes) {
    const read = [...new Set(freeNames(node))];
    if (read.every((name) => made.has(name))) {
      const of = [...new Set(read.flatMap((name) => made.get(name) ?? []))];
      for (const name of node.outputs) if (name !== '') made.set(name, of);
      continue;
    }
    const roles = operatorOf(node).weights ?? {};
    const attributes = attributesOf(node.name, node.attributes);
    const used = new Set<string>();
    for (const name of read)
      for (const weight of made.get(name) ?? []) {
        if (owners.has(weight)) continue;
        const role = weight === name ? roles[node.inputs.indexOf(name)] : undefined;
        const written = role?.name ?? weight.split(/[./:]/).at(-1) ?? '';
        const short =
          /^[A-Za-z][A-Za-z_]*$/.test(written) && !used.has(written) ? written : `weight_${used.size}`;
        used.add(short);
        owners.set(weight, {
          ...{ node: node.name, name: short },
          axes: role?.axes(ranks.get(weight) ?? 0, attributes) ?? null,
        });
      }
  }
  return owners;
}

/**
 * Plain attributes, where it lies, and how its axes are laid out; of a softmax the axes that add up to one, as its output is
 * shown: units last. `axes`: of units, by tensor.
 */
export function nodeConfig(
  node: OperatorNode,
  { graph, shapes }: Pick<OperatorProgram, 'graph' | 'shapes'>,
  axes: ReadonlyMap<string, number>,
): Record<string, unknown> {
  const plain = Object.entries(node.attributes).filter(
    ([, value]) => typeof value !== 'object' || Array.isArray(value),
  );
  const [output = ''] = node.outputs;
  const rank = shapes[output]?.length ?? 0;
  const units = axes.get(output) ?? rank - 1;
  return {
    ...Object.fromEntries(plain),
    ...(/^(Log)?Softmax$/.test(node.operation) ? { axis: shownAxes(node, graph, rank, units) } : {}),
    ...(node.scope.length > 0 ? { container: node.scope.join('/') } : {}),
  };
}

/** Before version 13 a softmax runs over all axes from its own on. */
function shownAxes(node: OperatorNode, graph: OperatorGraph, rank: number, units: number): number | number[] {
  // TensorFlow's run over the last axis.
  if (node.domain === 'tensorflow') return rank - 1;
  const old = (graph.opsets[''] ?? 1) < 13;
  const written = attributesOf(node.name, node.attributes).number('axis', old ? 1 : -1);
  const axis = written < 0 ? written + rank : written;
  const place = (at: number): number => (at === units ? rank - 1 : at > units ? at - 1 : at);
  if (!old) return place(axis);
  return Array.from({ length: rank - axis }, (_, i) => place(axis + i));
}
