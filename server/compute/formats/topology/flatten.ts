/**
 * Models within models are dissolved: their layers join the outer graph, so that every layer has one name and one output
 * that can be looked at. A model that is called twice shares its layers, which are then called twice.
 */

import { invalid } from '../files/context.ts';
import type { CallForm } from '../layers/call-forms.ts';
import type { LayerConfig, LayerSpec, Network, TensorRef } from './architecture.ts';

export interface FlatLayer {
  readonly className: string;
  /** Unique in the model. */
  readonly name: string;
  readonly config: LayerConfig;
  readonly calls: readonly (readonly TensorRef[])[];
  readonly form?: CallForm;
  /** As of LayerSpec. */
  readonly within?: string;
  /** Names from the outermost model's layer inward; its last is the layer's own name. */
  readonly path: readonly string[];
}
export interface FlatNetwork {
  readonly name: string;
  readonly layers: readonly FlatLayer[];
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorRef[];
  /** Layers that feed no output, and were left out. */
  readonly idle: readonly string[];
}

const MAX_CALLS = 100_000;
const MAX_HOPS = 1000;

/** Layers come in an order in which each one's first call follows what it needs. Throws UserError for cycles. */
export function flattenNetwork(network: Network, file: string): FlatNetwork {
  const whole = new Dissolver(file).dissolve(network, []);
  checkRefs(whole, file);
  const flat = prune(whole, file);
  // TensorFlow.js numbers a layer's calls by the order in which they become possible, whatever order they are written
  // in; and sorting the layers changes that order: hence twice.
  const sorted = simulate(flat, file).layers;
  return renumber({ ...flat, layers: sorted }, simulate({ ...flat, layers: sorted }, file).numbers);
}

interface Child {
  readonly spec: LayerSpec;
  readonly flat: FlatNetwork;
  /** Position among the child's inputs, by its (vanishing) input layer. */
  readonly inputAt: ReadonlyMap<string, number>;
  /** Calls of each layer within one call of the child. */
  readonly counts: ReadonlyMap<string, number>;
}

class Dissolver {
  private readonly names = new Set<string>();
  private calls = 0;
  constructor(private readonly file: string) {}

  dissolve(network: Network, path: readonly string[]): FlatNetwork {
    const own = new Map<string, string>();
    const children = new Map<string, Child>();
    for (const spec of network.layers) if (!spec.inner) own.set(spec.name, this.nameFor(spec, path));
    for (const spec of network.layers)
      if (spec.inner) {
        const flat = this.dissolve(spec.inner, [...path, spec.name]);
        children.set(spec.name, {
          spec,
          flat,
          inputAt: new Map(flat.inputs.map((ref, at) => [ref.layer, at])),
          counts: new Map(flat.layers.map((layer) => [layer.name, layer.calls.length])),
        });
      }
    const resolve = (ref: TensorRef, hops = 0): TensorRef => {
      const name = own.get(ref.layer);
      if (name !== undefined) return { ...ref, layer: name };
      const child = children.get(ref.layer);
      if (!child)
        throw invalid(this.file, `${network.name} refers to the layer ${ref.layer}, which does not exist`);
      if (hops > MAX_HOPS)
        throw invalid(this.file, `the inner models of ${network.name} feed each other in a circle`);
      const output = child.flat.outputs[ref.tensor];
      if (!output || ref.call >= child.spec.calls.length)
        throw invalid(
          this.file,
          `output ${ref.tensor} of call ${ref.call} of the model ${ref.layer} does not exist`,
        );
      return within(child, output, ref.call, hops + 1);
    };
    const within = (child: Child, ref: TensorRef, call: number, hops = 0): TensorRef => {
      const at = child.inputAt.get(ref.layer);
      if (at === undefined) return { ...ref, call: call * (child.counts.get(ref.layer) ?? 1) + ref.call };
      const outer = child.spec.calls[call]?.[at];
      if (!outer)
        throw invalid(
          this.file,
          `the model ${child.spec.name} takes ${child.flat.inputs.length} inputs and is given fewer`,
        );
      return resolve(outer, hops);
    };
    const layers = network.layers.flatMap((spec): FlatLayer[] => {
      const child = children.get(spec.name);
      if (child)
        return child.flat.layers
          .filter((layer) => !child.inputAt.has(layer.name))
          .map((layer) => {
            this.count(spec.calls.length * layer.calls.length);
            return {
              ...layer,
              calls: spec.calls.flatMap((_, call) =>
                layer.calls.map((refs) => refs.map((ref) => within(child, ref, call))),
              ),
            };
          });
      this.count(spec.calls.length);
      return [
        {
          className: spec.className,
          name: own.get(spec.name) ?? spec.name,
          config: spec.config,
          ...(spec.form ? { form: spec.form } : {}),
          ...(spec.within === undefined ? {} : { within: spec.within }),
          path: [...path, spec.name],
          calls: spec.calls.map((refs) => refs.map((ref) => resolve(ref))),
        },
      ];
    });
    return {
      name: network.name,
      layers,
      inputs: network.inputs.map((ref) => resolve(ref)),
      outputs: network.outputs.map((ref) => resolve(ref)),
      idle: [],
    };
  }

  /** Input layers of inner models vanish later and must not take a name from others. */
  private nameFor(spec: LayerSpec, path: readonly string[]): string {
    if (path.length > 0 && spec.className === 'InputLayer') return `\u0000${[...path, spec.name].join('/')}`;
    let name = spec.name;
    for (let up = path.length - 1; this.names.has(name) && up >= 0; up--) name = `${path[up]}_${name}`;
    for (let k = 1; this.names.has(name); k++) name = `${spec.name}_${k}`;
    this.names.add(name);
    return name;
  }

  private count(calls: number): void {
    this.calls += calls;
    if (this.calls > MAX_CALLS)
      throw invalid(this.file, `the layers are called more than ${MAX_CALLS} times in all`);
  }
}

function checkRefs({ layers, inputs, outputs, name }: FlatNetwork, file: string): void {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const check = (ref: TensorRef, by: string) => {
    const layer = byName.get(ref.layer);
    if (!layer || ref.call >= Math.max(1, layer.calls.length))
      throw invalid(
        file,
        `${by} refers to ${layer ? `call ${ref.call} of ` : ''}the layer ${shown(ref.layer)}, which does not exist`,
      );
  };
  for (const layer of layers) {
    if (layer.calls.length === 0 && layer.className !== 'InputLayer')
      throw invalid(file, `the layer ${layer.name} (${layer.className}) is connected to nothing`);
    for (const refs of layer.calls) {
      if (refs.length === 0) throw invalid(file, `a call of the layer ${layer.name} has no inputs`);
      for (const ref of refs) check(ref, `the layer ${layer.name}`);
    }
  }
  for (const ref of inputs) {
    check(ref, `the inputs of ${name}`);
    if (byName.get(ref.layer)?.className !== 'InputLayer')
      throw invalid(file, `the input ${ref.layer} of ${name} is not an input layer`);
  }
  for (const ref of outputs) check(ref, `the outputs of ${name}`);
}

function shown(name: string): string {
  return name.replace('\u0000', '');
}

/** Keeps the calls that lead to an output: TensorFlow.js forgets all others. */
function prune(network: FlatNetwork, file: string): FlatNetwork {
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]));
  const needed = new Map<string, Set<number>>();
  const open: TensorRef[] = [...network.outputs];
  for (let ref = open.pop(); ref; ref = open.pop()) {
    const calls = needed.get(ref.layer) ?? new Set();
    needed.set(ref.layer, calls);
    if (calls.has(ref.call)) continue;
    calls.add(ref.call);
    open.push(...(byName.get(ref.layer)?.calls[ref.call] ?? []));
  }
  for (const { layer } of network.inputs)
    if (!needed.has(layer))
      throw invalid(file, `the input ${layer} feeds no output; leave it out of the model`);
  const numbers = new Map([...needed].map(([name, calls]) => [name, [...calls].sort((a, b) => a - b)]));
  const layers = network.layers.filter(({ name }) => needed.has(name));
  for (const { name, className } of layers)
    if (className === 'InputLayer' && !network.inputs.some(({ layer }) => layer === name))
      throw invalid(file, `the input layer ${name} is not among the inputs of ${network.name}`);
  const idle = network.layers.map(({ name }) => name).filter((name) => !needed.has(name));
  return renumber({ ...network, layers, idle }, numbers);
}

/** Replays how TensorFlow.js makes the calls: pass after pass over the layers, each call as soon as its inputs exist. */
function simulate(
  { layers }: FlatNetwork,
  file: string,
): { layers: FlatLayer[]; numbers: Map<string, number[]> } {
  const numbers = new Map<string, number[]>();
  const order: FlatLayer[] = [];
  const made = new Set<string>();
  for (const layer of layers)
    if (layer.calls.length === 0) {
      order.push(layer);
      made.add(`${layer.name}\u0000${0}`);
    }
  let waiting = layers.flatMap((layer) => layer.calls.map((refs, call) => ({ layer, refs, call })));
  while (waiting.length > 0) {
    const left = waiting.filter(({ layer, refs, call }) => {
      if (!refs.every((ref) => made.has(`${ref.layer}\u0000${ref.call}`))) return true;
      made.add(`${layer.name}\u0000${call}`);
      const own = numbers.get(layer.name) ?? [];
      if (own.length === 0) order.push(layer);
      own.push(call);
      numbers.set(layer.name, own);
      return false;
    });
    if (left.length === waiting.length)
      throw invalid(
        file,
        `the layers ${[...new Set(left.map(({ layer }) => layer.name))].slice(0, 6).join(', ')} wait for each other in a circle; a model must be a graph without cycles`,
      );
    waiting = left;
  }
  return { layers: order, numbers };
}

/** `numbers` lists, per layer, its calls (old numbers) in their new order. */
function renumber(network: FlatNetwork, numbers: ReadonlyMap<string, readonly number[]>): FlatNetwork {
  const fresh = (ref: TensorRef): TensorRef => {
    const at = numbers.get(ref.layer)?.indexOf(ref.call) ?? -1;
    return at < 0 ? ref : { ...ref, call: at };
  };
  return {
    ...network,
    layers: network.layers.map((layer) => ({
      ...layer,
      calls:
        layer.calls.length === 0
          ? []
          : (numbers.get(layer.name) ?? []).map((call) => layer.calls[call]!.map(fresh)),
    })),
    inputs: network.inputs.map(fresh),
    outputs: network.outputs.map(fresh),
  };
}
