/** Groups of layers: models within a model, modules of PyTorch, scopes of TensorFlow. */
import type { GraphRecord } from '../../result/types.ts';
import { type CatalogLayer, type CatalogModel, layerNamed } from './catalog.ts';

export interface Group {
  /** Path of the groups that it lies in and its own name: `encoder/layer_0/attention`. */
  readonly name: string;
  /** The group around it; null for an outermost one. */
  readonly parent: string | null;
  /** All layers in it, those of inner groups too, in the order of the model. */
  readonly layers: readonly string[];
  /** Layers outside that it reads, in the order of the model. */
  readonly inputs: readonly string[];
  /** Layers in it that are read outside, or that are outputs of the model, in the order of the model. */
  readonly outputs: readonly string[];
  /** Of all its layers together. */
  readonly params: number;
  /** False where a path leaves it and comes back, as of a module that is used twice: it is not one step of the model. */
  readonly whole: boolean;
}
interface Found extends Group {
  readonly layers: string[];
  readonly inputs: string[];
  readonly outputs: string[];
  params: number;
  whole: boolean;
}

const known = new WeakMap<GraphRecord, ReadonlyMap<string, Group>>();

/** By name, outer ones before inner ones. A group that bears the name of a layer is not among them: the layer is meant. */
export function groupsOf(graph: GraphRecord): ReadonlyMap<string, Group> {
  const found = known.get(graph) ?? find(graph);
  known.set(graph, found);
  return found;
}

/** The layer of this name, or the one whose output is that of the group of this name; undefined where it is neither. */
export function layerMeant(model: Pick<CatalogModel, 'graph'>, name: string): CatalogLayer | undefined {
  const layer = layerNamed(model, name);
  if (layer !== undefined) return layer;
  const [output, ...more] = groupsOf(model.graph).get(name)?.outputs ?? [];
  return output !== undefined && more.length === 0 ? layerNamed(model, output) : undefined;
}

/** The groups that a layer lies in, outermost first. */
export function groupsAround(layer: GraphRecord['layers'][number]): readonly string[] {
  const { container } = layer.config;
  if (typeof container !== 'string' || container === '') return [];
  const parts = container.split('/');
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

function find({ layers, edges, outputs }: GraphRecord): ReadonlyMap<string, Group> {
  const groups = new Map<string, Found>();
  const around = new Map<string, ReadonlySet<string>>();
  for (const layer of layers) {
    const names = groupsAround(layer);
    around.set(layer.name, new Set(names));
    for (const [at, name] of names.entries()) {
      const group = groups.get(name) ?? {
        ...{
          name,
          parent: names[at - 1] ?? null,
          layers: [],
          inputs: [],
          outputs: [],
          params: 0,
          whole: true,
        },
      };
      groups.set(name, group);
      group.layers.push(layer.name);
      group.params += layer.params;
    }
  }
  if (groups.size === 0) return groups;
  const note = (list: string[], name: string) => {
    if (list.at(-1) !== name && !list.includes(name)) list.push(name);
  };
  const nowhere: ReadonlySet<string> = new Set();
  for (const { from, to } of edges) {
    const [left, right] = [around.get(from) ?? nowhere, around.get(to) ?? nowhere];
    for (const name of left) if (!right.has(name)) note(groups.get(name)?.outputs ?? [], from);
    for (const name of right) if (!left.has(name)) note(groups.get(name)?.inputs ?? [], from);
  }
  for (const output of outputs)
    for (const name of around.get(output) ?? nowhere) note(groups.get(name)?.outputs ?? [], output);
  const order = new Map(layers.map(({ name }, at) => [name, at]));
  const inOrder = (a: string, b: string) => (order.get(a) ?? 0) - (order.get(b) ?? 0);
  for (const group of groups.values()) {
    group.inputs.sort(inOrder);
    group.outputs.sort(inOrder);
  }
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  for (const group of groups.values()) group.whole = !comesBack(group, next, order);
  const taken = new Set(order.keys());
  return new Map([...groups].filter(([name]) => !taken.has(name)));
}

/** Whether a path from its outputs leads through layers outside back into it. Edges lead on in the order of the layers. */
function comesBack(
  { layers, outputs }: Group,
  next: ReadonlyMap<string, readonly string[]>,
  order: ReadonlyMap<string, number>,
): boolean {
  const own = new Set(layers);
  const last = order.get(layers.at(-1) ?? '') ?? 0;
  const seen = new Set<string>();
  const open = outputs.flatMap((name) => next.get(name) ?? []).filter((name) => !own.has(name));
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name) || (order.get(name) ?? 0) > last) continue;
    seen.add(name);
    for (const follower of next.get(name) ?? []) {
      if (own.has(follower)) return true;
      open.push(follower);
    }
  }
  return false;
}
