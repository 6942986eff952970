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

/** Who a weight belongs to, by its name: the first node that reads it. */
export function weightOwners(graph: OperatorGraph): ReadonlyMap<string, Owned> {
  const ranks = new Map(graph.weights.map(({ name, shape }) => [name, shape.length]));
  const owners = new Map<string, Owned>();
  for (const node of graph.nodes) {
    const roles = operatorOf(node).weights ?? {};
    const attributes = attributesOf(node.name, node.attributes);
    const used = new Set<string>();
    for (const name of freeNames(node)) {
      const at = node.inputs.indexOf(name);
      const rank = ranks.get(name);
      if (rank === undefined || owners.has(name)) continue;
      const role = roles[at];
      const written = role?.name ?? name.split(/[./:]/).at(-1) ?? '';
      const short =
        /^[A-Za-z][A-Za-z_]*$/.test(written) && !used.has(written) ? written : `weight_${used.size}`;
      used.add(short);
      owners.set(name, { node: node.name, name: short, axes: role?.axes(rank, attributes) ?? null });
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
  const old = (graph.opsets[''] ?? 1) < 13;
  const written = attributesOf(node.name, node.attributes).number('axis', old ? 1 : -1);
  const axis = written < 0 ? written + rank : written;
  const place = (at: number): number => (at === units ? rank - 1 : at > units ? at - 1 : at);
  if (!old) return place(axis);
  return Array.from({ length: rank - axis }, (_, i) => place(axis + i));
}
