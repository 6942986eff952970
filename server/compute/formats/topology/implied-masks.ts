/**
 * Keras 3 writes the masks that flow through a graph into it: as operators on tensors (`not_equal`, `any`, ...) whose
 * result is handed on by the keyword `mask`. Where such a mask is the one that flows there anyway, it is left out here and
 * found again in each run; any other is left in, to be refused.
 */
import { z } from 'zod';
import { type MaskAlgebra, type MaskedLayer, masksAfter, PRESENCE } from '../../masks/rules.ts';
import type { LayerSpec, Network, Operand, TensorRef } from './network.ts';

/** Operators that masks are made of. */
export const MASK_OPERATORS: ReadonlySet<string> = new Set([
  ...[
    'Any',
    'Concatenate',
    'ConvertToTensor',
    'ExpandDims',
    'LogicalOr',
    'NotEqual',
    'OnesLike',
    'ZerosLike',
  ],
]);
const MOST_STEPS = 1000;

/** A mask as a number that stands for how it is made: equal numbers, equal masks. */
type Made = number;

/**
 * The network without masks that flow anyway, and the layers that get another one by keyword. `inside`: it is part of a
 * model, whose inputs may bear masks or not.
 */
export function withoutImpliedMasks(
  network: Network,
  inside: boolean,
): { network: Network; explicit: readonly string[] } {
  if (!network.layers.some(({ masks }) => masks?.some((mask) => mask !== null)))
    return { network, explicit: [] };
  const names = new Names();
  const flows = (inside ? [false, true] : [false]).map((masked) => namedFlow(network, names, masked));
  const written = new WrittenMasks(network, names);
  const explicit = network.layers.filter(({ calls, masks = [] }) =>
    masks.some((mask, call) => {
      if (mask === null) return false;
      const given = (Array.isArray(mask) ? mask : [mask]).map((own) => written.mask(own));
      const refs = calls[call] ?? [];
      // Where none is given, the one that flows is taken.
      const other = (ref: TensorRef, i: number) =>
        given[i] !== null && flows.some((flow) => flow(ref) !== given[i]);
      return given.length !== refs.length || refs.some(other);
    }),
  );
  if (explicit.length > 0) return { network, explicit: explicit.map(({ name }) => name) };
  const used = usedBeside(network, written.operators);
  const layers = network.layers.filter(({ name }) => !written.operators.has(name) || used.has(name));
  return { network: { ...network, layers }, explicit: [] };
}

/** Which of these operators something else than a mask needs. */
function usedBeside(network: Network, operators: ReadonlySet<string>): ReadonlySet<string> {
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]));
  const used = new Set<string>();
  const open = [
    ...network.outputs,
    ...network.layers.filter(({ name }) => !operators.has(name)).flatMap(({ calls }) => calls.flat()),
  ];
  for (let ref = open.pop(); ref; ref = open.pop()) {
    if (!operators.has(ref.layer) || used.has(ref.layer)) continue;
    used.add(ref.layer);
    open.push(...(byName.get(ref.layer)?.calls.flat() ?? []));
  }
  return used;
}

/** Numbers for descriptions, the same for the same. */
class Names {
  private readonly ids = new Map<string, Made>();

  id(...words: (string | number)[]): Made {
    const text = words.join(' ');
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    this.ids.set(text, this.ids.size);
    return this.ids.size - 1;
  }
}

type Presence = Map<Network, Map<string, readonly boolean[]>>;

/** The masks that flow with the network's tensors, named by how they are made. */
function namedFlow(network: Network, names: Names, masked: boolean): (ref: TensorRef) => Made | null {
  return flowThrough<Made>(
    network,
    network.inputs.map((_, i) => (masked ? names.id('input', i) : null)),
    (inputs) => ({
      differs: (value, any) => {
        const different = names.id('not_equal', nameOf(inputs[0]), value);
        return any ? names.id('any', different) : different;
      },
      either: (a, b) => names.id('or', a, b),
      both: (a, b) => names.id('and', a, b),
      joined: (masks, axis) => {
        const whole = inputs.map((input, i) => {
          const mask = masks[i] ?? null;
          if (mask === null) return names.id('ones', nameOf(input));
          return names.id('or', names.id('expand', mask), names.id('zeros', nameOf(input)));
        });
        return names.id('any', names.id('concat', axis, ...whole));
      },
      steps: (mask) => mask,
    }),
    // Keras forgets here what flows out of a model, and finds it again in each run, as we do: nobody writes it down.
    (ref) => names.id('out of', nameOf(ref)),
    new Map(),
  );
}

/**
 * The masks of a network's tensors, from those of its inputs. By hand, not by recursion: models are deep, and a broken
 * file may go in circles.
 */
function flowThrough<M>(
  network: Network,
  given: readonly (M | null)[],
  algebra: (inputs: readonly TensorRef[]) => MaskAlgebra<M>,
  outOfModel: (ref: TensorRef) => M,
  presence: Presence,
): (ref: TensorRef) => M | null {
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]));
  const known = new Map<string, M | null>(network.inputs.map((ref, i) => [nameOf(ref), given[i] ?? null]));
  const entered = new Set<string>();
  const after = (ref: TensorRef, inputs: readonly TensorRef[]): M | null => {
    const layer = byName.get(ref.layer);
    if (!layer) return null;
    const masks = inputs.map((input) => known.get(nameOf(input)) ?? null);
    if (!layer.inner) return masksAfter(factsOf(layer), masks, algebra(inputs), true)[ref.tensor] ?? null;
    const masked = masks.map((mask) => mask !== null);
    return outOf(layer.inner, masked, presence)[ref.tensor] ? outOfModel(ref) : null;
  };
  return (wanted) => {
    const open = [wanted];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const key = nameOf(top);
      const inputs = byName.get(top.layer)?.calls[top.call] ?? [];
      const waiting = known.has(key) ? [] : inputs.filter((input) => !known.has(nameOf(input)));
      if (waiting.length > 0 && !entered.has(key)) {
        entered.add(key);
        open.push(...waiting);
        continue;
      }
      open.pop();
      if (!known.has(key)) known.set(key, after(top, inputs));
    }
    return known.get(nameOf(wanted)) ?? null;
  };
}

/** Which outputs of a model bear a mask, by which of its inputs do. */
function outOf(model: Network, masked: readonly boolean[], presence: Presence): readonly boolean[] {
  const known = presence.get(model) ?? new Map<string, readonly boolean[]>();
  presence.set(model, known);
  const key = masked.map(Number).join('');
  const found = known.get(key);
  if (found) return found;
  const flow = flowThrough<true>(
    model,
    masked.map((is) => is || null),
    () => PRESENCE,
    () => true,
    presence,
  );
  const made = model.outputs.map((ref) => flow(ref) !== null);
  known.set(key, made);
  return made;
}

/** Masks as operators write them. */
class WrittenMasks {
  /** Those that masks are made of. */
  readonly operators = new Set<string>();
  private readonly byName: ReadonlyMap<string, LayerSpec>;
  private readonly known = new Map<string, Made>();

  constructor(
    network: Network,
    private readonly names: Names,
  ) {
    this.byName = new Map(network.layers.map((layer) => [layer.name, layer]));
  }

  /** Null where there is none; NaN, which equals nothing, where it is no such mask. */
  mask(operand: Operand | null): Made | null {
    return operand === null ? null : this.made(operand, 0);
  }

  private made(operand: Operand, depth: number): Made {
    if (!isRef(operand) || depth > MOST_STEPS) return Number.NaN;
    const layer = this.byName.get(operand.layer);
    const [operands] = layer?.operands ?? [];
    if (!layer || !operands || operand.call !== 0) return Number.NaN;
    this.operators.add(layer.name);
    const made = this.known.get(layer.name) ?? this.madeBy(layer, operands, depth);
    this.known.set(layer.name, made);
    return made;
  }

  private madeBy(layer: LayerSpec, operands: readonly Operand[], depth: number): Made {
    const { axis, keepdims, dtype } = layer.config;
    const last = String(axis) === '-1' && keepdims !== true;
    const [a, b] = operands;
    /** NaN spreads, as in sums. */
    const of = (word: string, ...parts: (Operand | undefined)[]): Made => {
      const masks = parts.map((part) => (part === undefined ? Number.NaN : this.made(part, depth + 1)));
      return masks.length === 0 || masks.some(Number.isNaN) ? Number.NaN : this.names.id(word, ...masks);
    };
    switch (layer.className) {
      case 'NotEqual':
        return isRef(a) && typeof b === 'number' ? this.names.id('not_equal', nameOf(a), b) : Number.NaN;
      case 'OnesLike':
      case 'ZerosLike':
        if (!isRef(a) || dtype !== 'bool') return Number.NaN;
        return this.names.id(layer.className === 'OnesLike' ? 'ones' : 'zeros', nameOf(a));
      case 'Any':
        return last ? of('any', a) : Number.NaN;
      // As Attention hands its mask on.
      case 'ConvertToTensor':
        return a === undefined ? Number.NaN : this.made(a, depth + 1);
      case 'ExpandDims':
        return last ? of('expand', a) : Number.NaN;
      case 'LogicalOr':
        return of('or', a, b);
      case 'Concatenate':
        return Array.isArray(a) ? of(`concat ${String(axis ?? -1)}`, ...a) : Number.NaN;
      default:
        return Number.NaN;
    }
  }
}

const wrapperSchema = z.object({
  layer: z.object({ class_name: z.string(), config: z.record(z.string(), z.unknown()) }),
});

/** What a layer's config says about masks; NaN where it says something that is no number. */
function factsOf({ className, config }: Pick<LayerSpec, 'className' | 'config'>): MaskedLayer {
  const wrapped = wrapperSchema.safeParse(config);
  const inner = wrapped.success ? wrapped.data.layer : null;
  const { axis = -1, mask_value: value = 0 } = config;
  return {
    type: className,
    operator: config.operator === true,
    zeroOutput: false,
    maskValue: typeof value === 'number' ? value : Number.NaN,
    maskZero: config.mask_zero === true,
    axis: typeof axis === 'number' ? axis : Number.NaN,
    returnSequences:
      (inner && className === 'Bidirectional' ? inner.config : config).return_sequences === true,
    apart: config.merge_mode === null,
    inner: null,
  };
}

function nameOf(ref: TensorRef | undefined): string {
  return JSON.stringify(ref ? [ref.layer, ref.call, ref.tensor] : null);
}

function isRef(value: unknown): value is TensorRef {
  return typeof value === 'object' && value !== null && 'layer' in value && 'tensor' in value;
}
