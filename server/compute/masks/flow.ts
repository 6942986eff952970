/** Masks on their way through a model: which tensors can bear one, and what it is in a run. */
import type { layers, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.ts';
import { tensorMasks } from './algebra.ts';
import { type MaskedLayer, type MaskTraits, masksAfter, PRESENCE } from './rules.ts';
import { looksAtMasks, maskedOutputs, plainOutputs } from './values.ts';

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
  private readonly facts = new Map<Layer, MaskedLayer>();

  /** `calls` in an order in which each follows what it needs. */
  constructor(
    private readonly tf: Tf,
    calls: readonly Call[],
    private readonly traits: MaskTraits,
  ) {
    for (const { layer, inputs, outputs } of calls) {
      const masks = inputs.map(({ id }) => (this.carriers.has(id) ? true : null));
      masksAfter(this.of(layer), masks, PRESENCE, traits.keras3).forEach((mask, i) => {
        const out = outputs[i];
        if (mask && out) this.carriers.add(out.id);
      });
    }
  }

  /** Whether the tensor bears a mask. */
  carries(id: number): boolean {
    return this.carriers.has(id);
  }

  /** Whether the outputs of a call depend on its inputs' masks. */
  looksAt({ layer, inputs }: Call): boolean {
    return (
      inputs.some(({ id }) => this.carriers.has(id)) &&
      looksAtMasks(layer, this.of(layer), this.traits.keras3)
    );
  }

  /** Whether the masks of its outputs need the values of its inputs. */
  readsValues(layer: Layer): boolean {
    return READING.has(this.of(layer).type);
  }

  /** Masks of the call's outputs. Nothing is differentiated by what counts, so none of it gets on the tape. */
  after(
    { layer }: Call,
    inputs: () => Tensor[],
    masks: readonly (Tensor | null)[],
  ): readonly (Tensor | null)[] {
    const { state } = this.tf.engine();
    state.kernelDepth++;
    try {
      const values = this.readsValues(layer) ? inputs() : [];
      return masksAfter(this.of(layer), masks, tensorMasks(this.tf, layer.name, values), this.traits.keras3);
    } finally {
      state.kernelDepth--;
    }
  }

  outputs(layer: Layer, inputs: Tensor[], masks: readonly (Tensor | null)[]): Tensor[] {
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
