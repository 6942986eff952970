/**
 * Which of a file's tensors is which weight of the built model. Formats differ in what they tell: a layer's path and the
 * order in it (Keras), or a name only (TensorFlow.js, safetensors). Shapes are always checked, and nothing is guessed
 * where two weights could be meant.
 */
import type { LayersModel } from '@tensorflow/tfjs';
import { invalid } from '../files/context.ts';
import type { FlatNetwork } from './flatten.ts';

export interface SourceWeight {
  /** As in the file. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Path of the layer (or of the model around it) that the file stores it under, where it says so. */
  readonly layer?: readonly string[];
  /** Converted to float32. */
  read(): Float32Array;
}

/** A weight of the built model. */
export interface ModelWeight {
  /** Unique: `conv2d_1/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly layer: string;
  readonly path: readonly string[];
  readonly trainable: boolean;
}

/** In the order of LayersModel.weights. */
export function weightsOfModel(model: LayersModel, network: FlatNetwork): ModelWeight[] {
  const owner = new Map<number, string>();
  const trainable = new Set<number>();
  for (const layer of model.layers) {
    for (const weight of layer.weights) owner.set(weight.id, layer.name);
    for (const weight of layer.trainableWeights) trainable.add(weight.id);
  }
  const paths = new Map(network.layers.map((layer) => [layer.name, layer.path]));
  const counts = new Map<string, number>();
  for (const { originalName } of model.weights) counts.set(originalName, (counts.get(originalName) ?? 0) + 1);
  return model.weights.map((weight) => {
    const layer = owner.get(weight.id) ?? '';
    const own = weight.originalName;
    // Layers are named uniquely, but what a wrapper makes may bear the inner layer's name only.
    const name = counts.get(own) === 1 || own.startsWith(`${layer}/`) ? own : `${layer}/${own}`;
    return {
      name,
      shape: weight.shape.map((size) => size ?? 0),
      layer,
      path: paths.get(layer) ?? [layer],
      trainable: trainable.has(weight.id),
    };
  });
}

export interface Assignment {
  /** One for each target, in order. */
  readonly weights: readonly SourceWeight[];
  /** Names of tensors that no layer wanted. */
  readonly unused: readonly string[];
}

/** Throws UserError naming the first weight that is missing or has another shape. */
export function assignWeights(
  targets: readonly ModelWeight[],
  sources: readonly SourceWeight[],
  file: string,
): Assignment {
  const found = sources.every(({ layer }) => layer !== undefined)
    ? byLayer(targets, sources, file)
    : byName(targets, sources, file);
  const weights = targets.map((target, at) => {
    const source = found[at];
    if (!source) throw missing(target, sources, file);
    checkShape(target, source, file);
    return source;
  });
  const used = new Set(weights);
  return { weights, unused: sources.filter((source) => !used.has(source)).map(({ name }) => name) };
}

function missing(target: ModelWeight, sources: readonly SourceWeight[], file: string) {
  const listed = sources.slice(0, 6).map(({ name }) => name);
  return invalid(
    file,
    `the weight ${target.name} [${target.shape.join(', ')}] of the layer ${target.layer} is missing; found ${sources.length} tensors${listed.length > 0 ? `: ${listed.join(', ')}${sources.length > 6 ? ', ...' : ''}` : ''}`,
  );
}

function checkShape(target: ModelWeight, source: SourceWeight, file: string): void {
  if (target.shape.join() !== source.shape.join())
    throw invalid(
      file,
      `the weight ${source.name} has the shape [${source.shape.join(', ')}]; the layer ${target.layer} needs [${target.shape.join(', ')}] for ${target.name}`,
    );
}

/** Keras files: the tensors of each stored layer, in its order, against the weights of the layers at or below its path. */
function byLayer(
  targets: readonly ModelWeight[],
  sources: readonly SourceWeight[],
  file: string,
): (SourceWeight | undefined)[] {
  const groups = new Map<string, SourceWeight[]>();
  for (const source of sources) {
    const key = (source.layer ?? []).join('\u0000');
    groups.set(key, [...(groups.get(key) ?? []), source]);
  }
  const out = new Array<SourceWeight | undefined>(targets.length).fill(undefined);
  for (const own of groups.values()) {
    const path = own[0]?.layer ?? [];
    const wanted = [...targets.keys()].filter((at) =>
      path.every((name, depth) => targets[at]!.path[depth] === name),
    );
    if (wanted.length === 0) continue;
    const single = wanted.every((at) => targets[at]!.layer === targets[wanted[0]!]!.layer);
    const matched = matchNames(
      wanted.map((at) => targets[at]!),
      own,
    );
    if (matched) {
      for (const [k, at] of wanted.entries()) out[at] = matched[k];
      continue;
    }
    // By position. Keras writes an inner model's trainable weights before the others, layer by layer.
    const order = single
      ? wanted
      : [...wanted].sort((a, b) => Number(targets[b]!.trainable) - Number(targets[a]!.trainable));
    if (own.length < order.length) {
      const first = targets[order[own.length]!]!;
      throw invalid(
        file,
        `${path.join('/')} holds ${own.length} tensors, its layer needs ${order.length}: ${first.name} [${first.shape.join(', ')}] is missing`,
      );
    }
    for (const [k, at] of order.entries()) out[at] = own[k];
  }
  return out;
}

/** By last name (`kernel`), or layer and last name, where that is unique on both sides; null where it is not. */
function matchNames(
  targets: readonly ModelWeight[],
  sources: readonly SourceWeight[],
): SourceWeight[] | null {
  for (const tokens of [1, 2]) {
    const bySource = new Map<string, SourceWeight>();
    for (const source of sources) bySource.set(lastTokens(cleanName(source.name), tokens), source);
    if (bySource.size !== sources.length) continue;
    const keys = targets.map(({ name, path }) =>
      tokens === 1 ? lastTokens(name, 1) : `${path.at(-1) ?? ''}/${lastTokens(name, 1)}`,
    );
    if (new Set(keys).size !== keys.length) continue;
    const matched = keys.flatMap((key) => bySource.get(key) ?? []);
    if (matched.length === targets.length) return matched;
  }
  return null;
}

/** Names only: exact; without the recurrent cell's name; without the models around; last, all by position. */
function byName(
  targets: readonly ModelWeight[],
  sources: readonly SourceWeight[],
  file: string,
): (SourceWeight | undefined)[] {
  const keysOf: ((name: string) => string)[] = [
    (name) => name,
    withoutCell,
    (name) => lastTokens(name, 2),
    (name) => lastTokens(withoutCell(name), 2),
  ];
  const out = new Array<SourceWeight | undefined>(targets.length).fill(undefined);
  const free = new Set(sources);
  for (const keyOf of keysOf) {
    const index = unique([...free], (source) => keyOf(cleanName(source.name)));
    const open = unique(
      [...targets.keys()].filter((at) => !out[at]),
      (at) => keyOf(targets[at]!.name),
    );
    for (const [key, at] of open) {
      const source = index.get(key);
      if (!source) continue;
      out[at] = source;
      free.delete(source);
    }
  }
  if (out.every(Boolean)) return out;
  return byPosition(targets, sources) ?? ambiguous(targets, sources, out, file);
}

/** Only keys that one item alone has. */
function unique<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T> {
  const out = new Map<string, T>();
  const twice = new Set<string>();
  for (const item of items) {
    const key = keyOf(item);
    if (out.has(key)) twice.add(key);
    out.set(key, item);
  }
  for (const key of twice) out.delete(key);
  return out;
}

/** When every shape and last name fits, in the model's order or layer by layer. */
function byPosition(
  targets: readonly ModelWeight[],
  sources: readonly SourceWeight[],
): SourceWeight[] | null {
  if (targets.length !== sources.length) return null;
  const layers = [...new Set(targets.map(({ layer }) => layer))];
  const orders = [
    [...targets.keys()],
    layers.flatMap((layer) => [...targets.keys()].filter((at) => targets[at]!.layer === layer)),
  ];
  for (const order of orders) {
    const fits = order.every((at, k) => {
      const [target, source] = [targets[at]!, sources[k]!];
      return (
        target.shape.join() === source.shape.join() &&
        lastTokens(target.name, 1) === lastTokens(cleanName(source.name), 1)
      );
    });
    if (!fits) continue;
    const out = new Array<SourceWeight>(targets.length);
    for (const [k, at] of order.entries()) out[at] = sources[k]!;
    return out;
  }
  return null;
}

function ambiguous(
  targets: readonly ModelWeight[],
  sources: readonly SourceWeight[],
  out: (SourceWeight | undefined)[],
  file: string,
): never {
  throw missing(targets[out.findIndex((source) => !source)]!, sources, file);
}

/** Without `:0`. */
function cleanName(name: string): string {
  return name.replace(/:\d+$/, '');
}
function lastTokens(name: string, count: number): string {
  return name.split('/').slice(-count).join('/');
}
/** `lstm/lstm_cell/kernel` -> `lstm/kernel`, as Keras writes from 2.2 on and TensorFlow.js does not. */
function withoutCell(name: string): string {
  const tokens = name.split('/');
  return /cell/.test(tokens.at(-2) ?? '') ? [...tokens.slice(0, -2), tokens.at(-1)].join('/') : name;
}
