/**
 * How a mask gets from a layer's inputs to its outputs. A mask says which steps of a sequence count: True for those that
 * do. The rules are Keras' own: those of Keras 3.15, and of Keras 2 for what that wrote, where the two differ. Which
 * layers change their numbers for a mask stands in values.ts.
 */
import type { layers } from '@tensorflow/tfjs';

type Layer = layers.Layer;

/** What of a layer decides about masks. */
export interface MaskedLayer {
  /** The class in the file: what acts in training only is run as another one. */
  readonly type: string;
  /** An operator on tensors (`x + y`), which knows of no masks. */
  readonly operator: boolean;
  /** A recurrent layer says 0 at masked steps instead of repeating itself. */
  readonly zeroOutput: boolean;
  readonly maskValue: number;
  readonly maskZero: boolean;
  readonly axis: number;
  readonly returnSequences: boolean;
  /** The two directions are two outputs. */
  readonly apart: boolean;
  /** What TimeDistributed applies. */
  readonly inner: MaskedLayer | null;
}
export interface MaskTraits {
  /** Keras 2 merged masks otherwise. */
  readonly keras3: boolean;
  of(layer: Layer): MaskedLayer;
}

/** Of a model that was made here, without a file. */
export const PLAIN_TRAITS: MaskTraits = { keras3: true, of: maskedLayer };

/** What a built layer itself tells. */
export function maskedLayer(layer: Layer): MaskedLayer {
  const { maskValue, maskZero, axis, mergeMode } = layer.getConfig();
  const inner = innerOf(layer);
  return {
    type: layer.getClassName(),
    operator: false,
    zeroOutput: false,
    maskValue: Number(maskValue ?? 0),
    maskZero: maskZero === true,
    axis: Number(axis ?? -1),
    returnSequences: 'returnSequences' in layer && layer.returnSequences === true,
    apart: mergeMode === null,
    inner: inner && maskedLayer(inner),
  };
}

/** What masks are made of, so that the same rules run on tensors and on names. `M`: a mask. */
export interface MaskAlgebra<M> {
  /** Where a number of the first input is not `value`; of its last axis, any number where `any`. */
  differs(value: number, any: boolean): M;
  either(a: M, b: M): M;
  both(a: M, b: M): M;
  /** One after another along the inputs' axis, unmasked where null; then over the last axis every number, or any. */
  joined(masks: readonly (M | null)[], axis: number, every: boolean): M;
  /** Whether anything of a step counts: the mask's first two axes. */
  steps(mask: M): M;
}

/** Whether there is a mask at all, before any numbers are there. */
export const PRESENCE: MaskAlgebra<true> = {
  differs: () => true,
  either: () => true,
  both: () => true,
  joined: () => true,
  steps: () => true,
};
/** These hand the mask of their first input on. */
const PASSING = new Set([
  ...['Activation', 'ELU', 'LeakyReLU', 'PReLU', 'ReLU', 'Softmax', 'ThresholdedReLU'],
  ...['ActivityRegularization', 'AlphaDropout', 'Dropout', 'GaussianDropout', 'GaussianNoise'],
  ...['SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D'],
  ...['BatchNormalization', 'GroupNormalization', 'LayerNormalization', 'UnitNormalization'],
  'Dense',
]);
/** In Keras 3 these do as well. */
const PASSING_SINCE_3 = new Set(['Identity', 'Normalization', 'Rescaling']);
const MERGING = new Set(['Add', 'Average', 'Maximum', 'Minimum', 'Multiply', 'Subtract']);
/** These look at the masks of query, value and key, and hand that of the query on. */
export const ATTENDING: ReadonlySet<string> = new Set([
  ...['MultiHeadAttention', 'GroupedQueryAttention', 'GroupQueryAttention'],
  ...['Attention', 'AdditiveAttention'],
]);
const RECURRENT = new Set(['ConvLSTM1D', 'ConvLSTM2D', 'ConvLSTM3D', 'GRU', 'LSTM', 'RNN', 'SimpleRNN']);
/** With these a mask ends: what follows sees every step. Other layers, which nobody decided about, do the same. */
const ENDING: ReadonlySet<string> = new Set([
  ...['AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D'],
  ...['MaxPooling1D', 'MaxPooling2D', 'MaxPooling3D'],
  ...['GlobalAveragePooling1D', 'GlobalAveragePooling2D', 'GlobalAveragePooling3D'],
  ...['GlobalMaxPooling1D', 'GlobalMaxPooling2D', 'GlobalMaxPooling3D'],
  ...['Conv1D', 'Conv2D', 'Conv3D', 'Conv1DTranspose', 'Conv2DTranspose', 'Conv3DTranspose'],
  ...['DepthwiseConv1D', 'DepthwiseConv2D', 'SeparableConv1D', 'SeparableConv2D'],
  ...['Cropping1D', 'Cropping2D', 'Cropping3D', 'ZeroPadding1D', 'ZeroPadding2D', 'ZeroPadding3D'],
  ...['UpSampling1D', 'UpSampling2D', 'UpSampling3D'],
  ...['AdaptiveAveragePooling1D', 'AdaptiveAveragePooling2D', 'AdaptiveAveragePooling3D'],
  ...['AdaptiveMaxPooling1D', 'AdaptiveMaxPooling2D', 'AdaptiveMaxPooling3D'],
  // Of keras.applications.
  ...['LayerScale', 'StochasticDepth', 'CustomScaleLayer'],
  ...['Dot', 'Flatten', 'InputLayer', 'Permute', 'RepeatVector', 'Reshape', 'Resizing', 'RMSNormalization'],
]);
const DECIDED = new Set(['Masking', 'Embedding', 'Concatenate', 'Bidirectional', 'TimeDistributed']);

/** Layers that change pictures in training end a mask as well. */
const AUGMENTING = /^(Random|RandAugment$|AugMix$|MixUp$|CutMix$)/;

/** Whether this file says what the class does with a mask. */
export function isDecided(type: string): boolean {
  if (AUGMENTING.test(type)) return true;
  return [PASSING, PASSING_SINCE_3, ATTENDING, MERGING, RECURRENT, ENDING, DECIDED].some((set) =>
    set.has(type),
  );
}

/** Masks of the layer's outputs, from those of its inputs, in order; the list may be shorter than the outputs. */
export function masksAfter<M>(
  layer: MaskedLayer,
  masks: readonly (M | null)[],
  algebra: MaskAlgebra<M>,
  keras3: boolean,
): readonly (M | null)[] {
  const { type } = layer;
  const first: M | null = masks[0] ?? null;
  if (layer.operator) return [];
  if (ATTENDING.has(type)) return [first];
  if (PASSING.has(type) || (keras3 && PASSING_SINCE_3.has(type))) return [first];
  if (type === 'Masking') return [algebra.differs(layer.maskValue, true)];
  if (type === 'Embedding') return [layer.maskZero ? algebra.differs(0, false) : null];
  if (MERGING.has(type)) return [merged(masks, algebra, keras3)];
  if (type === 'Concatenate')
    return masks.every((mask) => mask === null) ? [] : [algebra.joined(masks, layer.axis, !keras3)];
  if (RECURRENT.has(type)) return [layer.returnSequences ? first : null];
  if (type === 'Bidirectional') return layer.returnSequences ? (layer.apart ? [first, first] : [first]) : [];
  if (type === 'TimeDistributed') return [distributed(layer, first, algebra, keras3)];
  return [];
}

/** Keras 3: a step counts where any branch has it, and everywhere once a branch is unmasked. Keras 2: where all have it. */
function merged<M>(masks: readonly (M | null)[], algebra: MaskAlgebra<M>, keras3: boolean): M | null {
  const known: M[] = [];
  for (const mask of masks) if (mask !== null) known.push(mask);
  if (known.length === 0 || (keras3 && known.length < masks.length)) return null;
  return known.reduce((a, b) => (keras3 ? algebra.either(a, b) : algebra.both(a, b)));
}

/** Keras 3 does not look at the inner layer; Keras 2 asks it. */
function distributed<M>(
  { inner }: MaskedLayer,
  mask: M | null,
  algebra: MaskAlgebra<M>,
  keras3: boolean,
): M | null {
  if (keras3 || !inner) return mask;
  const [own] = masksAfter(inner, [mask], algebra, keras3);
  return own ?? (mask === null ? null : algebra.steps(mask));
}

/** The layer that TimeDistributed applies. */
export function innerOf(layer: Layer): Layer | null {
  return 'layer' in layer && isLayer(layer.layer) ? layer.layer : null;
}

function isLayer(value: unknown): value is Layer {
  return typeof value === 'object' && value !== null && 'getClassName' in value && 'call' in value;
}
