/** Masks on their way through a model: which tensors can bear one, and what it is in a run. */
import type { layers, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.ts';
import { tensorMasks } from './algebra.ts';
import { type MaskedLayer, type MaskTraits, masksAfter, PRESENCE } from './rules.ts';
import { findsWhatIsLeft, looksAtMasks, maskedOutputs, plainOutputs } from './values.ts';

type Layer = layers.Layer;
interface Call {
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
}

/** Their masks follow from what their inputs are, not only from their masks. */
const READING = new Set(['Masking', 'Embedding', 'Concatenate', 'TimeDistributed']);

export class MaskFlow {
  /** Ids of tensors that bear a mask. */
  private readonly carriers = new Set<number>();
  /** Of those, what bears its mask still while Keras runs the model. */
  private readonly left = new Set<number>();
  /** By call, the inputs whose masks it finds gone. */
  private readonly taken: ReadonlyMap<Call, ReadonlySet<number>>;
  private readonly facts = new Map<Layer, MaskedLayer>();

  /** `calls` in an order in which each follows what it needs. */
  constructor(
    private readonly tf: Tf,
    calls: readonly Call[],
    private readonly traits: MaskTraits,
  ) {
    this.taken = masksTaken(calls, (layer) => this.of(layer).type === 'MultiHeadAttention');
    for (const { layer, inputs, outputs } of calls)
      this.spread(layer, outputs, inputs, (id) => this.carriers.has(id), this.carriers);
    for (const call of calls) {
      const gone = this.taken.get(call);
      const left = (id: number) => this.left.has(id) && !gone?.has(id);
      this.spread(call.layer, call.outputs, call.inputs, left, this.left);
    }
  }

  private spread(
    layer: Layer,
    outputs: readonly SymbolicTensor[],
    inputs: readonly SymbolicTensor[],
    masked: (id: number) => boolean,
    into: Set<number>,
  ): void {
    const masks = inputs.map(({ id }) => masked(id) || null);
    masksAfter(this.of(layer), masks, PRESENCE, this.traits.keras3).forEach((mask, i) => {
      const out = outputs[i];
      if (mask && out) into.add(out.id);
    });
  }

  /**
   * Of the masks of a call's inputs those that its layer finds. Keras writes the masks of most layers into the file; a
   * merge or an attention finds what is left on its inputs while the model runs.
   */
  private found<M>(call: Call, masks: readonly (M | null)[]): readonly (M | null)[] {
    if (!findsWhatIsLeft(this.of(call.layer).type)) return masks;
    const gone = this.taken.get(call);
    return masks.map((mask, at) => {
      const id = call.inputs[at]?.id ?? -1;
      return this.left.has(id) && !gone?.has(id) ? mask : null;
    });
  }

  /** Whether the tensor bears a mask. */
  carries(id: number): boolean {
    return this.carriers.has(id);
  }

  /** Whether the outputs of a call depend on its inputs' masks. */
  looksAt(call: Call): boolean {
    const { layer, inputs } = call;
    const masked = inputs.map(({ id }) => this.carriers.has(id) || null);
    return this.found(call, masked).includes(true) && looksAtMasks(layer, this.of(layer), this.traits.keras3);
  }

  /** Whether the masks of its outputs need the values of its inputs. */
  readsValues(layer: Layer): boolean {
    return READING.has(this.of(layer).type);
  }

  /** Masks of the call's outputs. Nothing is differentiated by what counts, so none of it gets on the tape. */
  after(call: Call, inputs: () => Tensor[], given: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
    const { layer } = call;
    const masks = this.found(call, given);
    const { state } = this.tf.engine();
    state.kernelDepth++;
    try {
      const values = this.readsValues(layer) ? inputs() : [];
      return masksAfter(this.of(layer), masks, tensorMasks(this.tf, layer.name, values), this.traits.keras3);
    } finally {
      state.kernelDepth--;
    }
  }

  outputs(call: Call, inputs: Tensor[], given: readonly (Tensor | null)[]): Tensor[] {
    const { layer } = call;
    const masks = this.found(call, given);
    return masks.some((mask) => mask !== null) && looksAtMasks(layer, this.of(layer), this.traits.keras3)
      ? maskedOutputs(this.tf, layer, inputs, masks, this.of(layer))
      : plainOutputs(layer, inputs);
  }

  private of(layer: Layer): MaskedLayer {
    const known = this.facts.get(layer);
    if (known) return known;
    const made = this.traits.of(layer);
    this.facts.set(layer, made);
    return made;
  }
}

/**
 * MultiHeadAttention of Keras takes the masks off its inputs: what is called after it finds them unmasked. Keras calls in
 * the order of how far a call is from the outputs, the farthest first.
 */
function masksTaken(
  calls: readonly Call[],
  takes: (layer: Layer) => boolean,
): ReadonlyMap<Call, ReadonlySet<number>> {
  const taken = new Map<Call, Set<number>>();
  if (!calls.some(({ layer }) => takes(layer))) return taken;
  const depths = new Map<Call, number>();
  const makers = new Map(calls.flatMap((call) => call.outputs.map(({ id }) => [id, call] as const)));
  for (const call of calls.toReversed()) {
    const own = depths.get(call) ?? 0;
    depths.set(call, own);
    for (const { id } of call.inputs) {
      const maker = makers.get(id);
      if (maker) depths.set(maker, Math.max(depths.get(maker) ?? 0, own + 1));
    }
  }
  const gone = new Set<number>();
  for (const call of calls.toSorted((a, b) => (depths.get(b) ?? 0) - (depths.get(a) ?? 0))) {
    taken.set(call, new Set(call.inputs.flatMap(({ id }) => (gone.has(id) ? [id] : []))));
    if (takes(call.layer)) for (const { id } of call.inputs) gone.add(id);
  }
  return taken;
}
