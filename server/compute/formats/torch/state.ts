/**
 * The state dict in what a file of torch.save holds: alone, within a checkpoint of a training, or as the parameters of
 * modules that were pickled whole.
 */
import {
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleObject,
  PickleTensor,
  type PickleValue,
} from './pickle-values.ts';

export interface State {
  /** Tensors by the names that state_dict() gives them. */
  readonly tensors: ReadonlyMap<string, PickleTensor>;
  /** Classes of the modules by their path (`''`: the model), where they were pickled whole. */
  readonly classes: ReadonlyMap<string, string>;
  /** What of the file holds tensors too and is no part of it. */
  readonly left: readonly string[];
}

/** Where a checkpoint keeps the weights of the model, in the order in which they are looked for. */
const KEPT = [
  ...['state_dict', 'model_state_dict', 'model_state', 'model', 'module', 'net', 'network', 'params'],
  ...['weights', 'ema', 'ema_state_dict'],
];
/** What else a training keeps. */
const TRAINING = /optim|sched|scaler|rng|callback|loop|hyper|history|^args$|^opt$|^cfg$|^config$/i;
/** How deep modules and dictionaries may lie in each other. */
const DEEPEST = 100;
/** How deep the model may lie in what a training keeps. */
const DEEPEST_CHECKPOINT = 4;

export function stateOf(value: PickleValue): State {
  const chosen = choose(value);
  const gathered = new Gathered();
  gathered.take(chosen.value, '', 0);
  return { tensors: gathered.tensors, classes: gathered.classes, left: chosen.left };
}

/** The part with the model in it, and what holds tensors beside it. */
function choose(value: PickleValue, depth = 0): { value: PickleValue; left: string[] } {
  if (!(value instanceof PickleDict) || depth > DEEPEST_CHECKPOINT) return { value, left: [] };
  if (value.entries.some(([, each]) => each instanceof PickleTensor)) return { value, left: [] };
  const named = value.entries.flatMap(([key, each]) => (typeof key === 'string' ? [{ key, each }] : []));
  const holding = named.filter(({ each }) => {
    const gathered = new Gathered();
    gathered.take(each, '', 0);
    return gathered.tensors.size > 0;
  });
  const models = holding.filter(({ key }) => !TRAINING.test(key));
  const kept = KEPT.flatMap((name) => models.find(({ key }) => key === name) ?? []);
  const [main] = kept.length > 0 ? kept : models.length === 1 ? models : [];
  if (!main) {
    const dict = new PickleDict();
    dict.entries.push(...models.map(({ key, each }): [PickleValue, PickleValue] => [key, each]));
    return { value: dict, left: leftOf(holding, models) };
  }
  const within = choose(main.each, depth + 1);
  return { value: within.value, left: [...leftOf(holding, [main]), ...within.left] };
}

const leftOf = (holding: readonly { key: string }[], taken: readonly { key: string }[]): string[] =>
  holding.filter((each) => !taken.includes(each)).map(({ key }) => key);

class Gathered {
  readonly tensors = new Map<string, PickleTensor>();
  readonly classes = new Map<string, string>();
  /** Each is looked into once: pickles can hold themselves. */
  private readonly seen = new Set<PickleDict | PickleObject>();

  take(value: PickleValue, path: string, depth: number): void {
    if (value instanceof PickleTensor) {
      if (path !== '') this.tensors.set(path, value);
      return;
    }
    if (depth > DEEPEST) return;
    if (value instanceof PickleDict) {
      if (this.seen.has(value)) return;
      this.seen.add(value);
      for (const [key, each] of value.entries)
        if (typeof key === 'string') this.take(each, joined(path, key), depth + 1);
      return;
    }
    if (value instanceof PickleObject) this.module(value, path, depth);
  }

  /** A module has its tensors in `_parameters` and `_buffers`, and those within it in `_modules`; in TorchScript all are attributes. */
  private module(value: PickleObject, path: string, depth: number): void {
    const state = value.state instanceof PickleList ? value.state.items[0] : value.state;
    if (!(state instanceof PickleDict) || this.seen.has(value)) return;
    const scripted = value.name.startsWith('__torch__.');
    const parts = scripted ? [state] : ['_parameters', '_buffers', '_modules'].map((key) => state.get(key));
    if (!parts.some((part) => part instanceof PickleDict)) return;
    this.seen.add(value);
    this.classes.set(path, value.name);
    for (const part of parts) if (part !== undefined) this.take(part, path, depth + 1);
  }
}

const joined = (path: string, key: string) => (path === '' ? key : `${path}.${key}`);

/** Names of classes and functions in a pickle, in order. */
export function classesIn(value: PickleValue): string[] {
  const names = new Set<string>();
  const seen = new Set<PickleValue>();
  const waiting: PickleValue[] = [value];
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    if (each === null || typeof each !== 'object' || seen.has(each)) continue;
    seen.add(each);
    if (each instanceof PickleGlobal) names.add(each.name);
    if (each instanceof PickleList) for (const item of each.items) waiting.push(item);
    if (each instanceof PickleDict) for (const [key, item] of each.entries) waiting.push(key, item);
    if (each instanceof PickleObject) {
      names.add(each.name);
      for (const item of each.of) waiting.push(item);
      if (each.state !== undefined) waiting.push(each.state);
    }
  }
  return [...names];
}
