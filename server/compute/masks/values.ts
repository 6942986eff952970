/** What layers compute where their inputs are masked. All others do not look at masks. */
import type { layers, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.ts';
import { misfit, spread } from './algebra.ts';
import { isRecurrent, maskedSteps } from './recurrent.ts';
import { ATTENDING, innerOf, type MaskedLayer } from './rules.ts';

type Layer = layers.Layer;
type Mask = Tensor | null;

/** Added to a masked score, so that its softmax is zero. */
const OUT = -1e9;
const POOLS = /^GlobalAveragePooling1D$/;
/** In Keras 3 a masked number has no part in these. */
const SELECTIVE = new Set(['Maximum', 'Minimum', 'Multiply']);

/** Whether Keras gives the layer no mask by keyword, but lets it find those of its inputs while the model runs. */
export function findsWhatIsLeft(type: string): boolean {
  return SELECTIVE.has(type) || ATTENDING.has(type);
}

/** Whether the layer's numbers depend on its inputs' masks. */
export function looksAtMasks(layer: Layer, { type, operator }: MaskedLayer, keras3: boolean): boolean {
  if (operator) return false;
  if (SELECTIVE.has(type)) return keras3;
  if (ATTENDING.has(type)) return true;
  const inner = type === 'TimeDistributed' ? innerOf(layer) : null;
  if (inner) return looksInside(inner);
  return type === 'Bidirectional' || looksInside(layer);
}

function looksInside(layer: Layer): boolean {
  const type = layer.getClassName();
  return isRecurrent(layer) || POOLS.test(type) || type === 'Softmax';
}

/** Outputs of a layer for which `looksAtMasks`; of `masks` at least one is there. */
export function maskedOutputs(
  tf: Tf,
  layer: Layer,
  inputs: Tensor[],
  masks: readonly Mask[],
  { type, zeroOutput }: MaskedLayer,
): Tensor[] {
  if (SELECTIVE.has(type)) return [selective(tf, layer, type, inputs, masks)];
  if (ATTENDING.has(type)) return plainOutputs(layer, inputs, masks);
  const [x] = inputs;
  const mask = masks[0] ?? null;
  if (!x || mask === null) return plainOutputs(layer, inputs);
  if (type === 'Bidirectional') {
    const parts = ['forwardLayer', 'backwardLayer'].map((key) => Reflect.get(layer, key));
    return calling(parts, callOfSteps(tf, mask, zeroOutput), () => plainOutputs(layer, inputs));
  }
  const inner = type === 'TimeDistributed' ? innerOf(layer) : null;
  if (!inner) return ofOne(tf, layer, inputs, mask, zeroOutput);
  // Steps do not know each other: all of them at once, as examples of their own.
  if (mask.rank < 3) throw misfit(layer.name, mask, x);
  const [batch = 0, steps = 0] = x.shape;
  const [y] = ofOne(
    tf,
    inner,
    [tf.reshape(x, [batch * steps, ...x.shape.slice(2)])],
    tf.reshape(mask, [batch * steps, ...mask.shape.slice(2)]),
    zeroOutput,
  );
  if (!y) throw new Error(`${inner.name} said nothing`);
  return [tf.reshape(y, [batch, steps, ...y.shape.slice(1)])];
}

/** `masks`: of a layer that looks at them by itself. */
export function plainOutputs(layer: Layer, inputs: Tensor[], masks: readonly Mask[] = []): Tensor[] {
  const made = layer.apply(inputs, { training: false, masks });
  const list = Array.isArray(made) ? made : [made];
  return list.filter((item): item is Tensor => !('sourceLayer' in item));
}

/** A recurrent layer, a mean or a softmax. */
function ofOne(tf: Tf, layer: Layer, inputs: Tensor[], mask: Tensor, zeroOutput: boolean): Tensor[] {
  const [x] = inputs;
  if (!x) throw new Error(`${layer.name} was given nothing`);
  if (isRecurrent(layer))
    return calling([layer], callOfSteps(tf, mask, zeroOutput), () => plainOutputs(layer, inputs));
  if (POOLS.test(layer.getClassName())) return [meanOfCounted(tf, layer, x, mask)];
  if (mask.rank !== x.rank || mask.shape.some((size, i) => size !== 1 && size !== x.shape[i]))
    throw misfit(layer.name, mask, x, 'the sizes of the input');
  const scores = tf.where(mask, x, tf.fill(x.shape, OUT));
  return plainOutputs(layer, [scores]).map((y) => tf.where(mask, y, tf.zerosLike(y)));
}

/** Over the steps that count: NaN where none does, as Keras. */
function meanOfCounted(tf: Tf, layer: Layer, x: Tensor, mask: Tensor): Tensor {
  const { dataFormat, keepdims = false } = layer.getConfig();
  // Steps are the last axis where channels come first.
  const axis = dataFormat === 'channelsFirst' ? 2 : 1;
  const [batch = 0, ...sizes] = x.shape;
  const steps = sizes[axis - 1] ?? 0;
  if (mask.rank !== 2 || mask.shape[0] !== batch || mask.shape[1] !== steps)
    throw misfit(layer.name, mask, x, `one mark for each of ${steps} steps`);
  const counts = tf.expandDims(mask, 3 - axis);
  const sum = tf.sum(tf.where(counts, x, tf.zerosLike(x)), axis, keepdims === true);
  return tf.div(sum, tf.sum(tf.cast(counts, 'float32'), axis, keepdims === true));
}

/** Largest, smallest or product of the numbers that count. Where none does, a product is 0. */
function selective(
  tf: Tf,
  layer: Layer,
  type: string,
  inputs: readonly Tensor[],
  masks: readonly Mask[],
): Tensor {
  const rank = Math.max(...inputs.map((input) => input.rank));
  const branches = inputs.map((input, i) => {
    // What gets further axes to fit the others loses its mask.
    const fitting = input.rank === rank;
    const x = fitting
      ? input
      : tf.reshape(input, [
          input.shape[0] ?? 0,
          ...Array.from({ length: rank - input.rank }, () => 1),
          ...input.shape.slice(1),
        ]);
    const mask = masks[i] ?? null;
    return { x, counts: fitting && mask !== null ? spread(tf, layer.name, mask, x) : null };
  });
  return type === 'Multiply' ? product(tf, branches) : extreme(tf, branches, type === 'Maximum');
}

interface Branch {
  readonly x: Tensor;
  readonly counts: Mask;
}

function product(tf: Tf, branches: readonly Branch[]): Tensor {
  const factors = branches.map(({ x, counts }) => (counts ? tf.where(counts, x, tf.onesLike(x)) : x));
  const y = factors.reduce((a, b) => tf.mul(a, b));
  const masks = branches.flatMap(({ counts }) => (counts ? [counts] : []));
  if (masks.length < branches.length) return y;
  return tf.where(
    masks.reduce((a, b) => tf.logicalOr(a, b)),
    y,
    tf.zerosLike(y),
  );
}

function extreme(tf: Tf, branches: readonly Branch[], largest: boolean): Tensor {
  const [head, ...rest] = branches;
  if (!head) throw new Error('a merge of nothing');
  let { x: y, counts } = head;
  for (const { x, counts: own } of rest) {
    const other = own ? tf.where(own, x, y) : x;
    if (counts) y = tf.where(counts, y, other);
    counts = counts && own ? tf.logicalOr(counts, own) : null;
    y = largest ? tf.maximum(y, other) : tf.minimum(y, other);
  }
  return y;
}

type Call = (
  layer: Layer,
) => (inputs: Tensor | Tensor[], kwargs?: { initialState?: Tensor[] }) => Tensor | Tensor[];

function callOfSteps(tf: Tf, mask: Tensor, zeroOutput: boolean): Call {
  return (layer) => (inputs, kwargs) => {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    if (!x || !isRecurrent(layer)) throw new Error(`${layer.name} was given no sequence`);
    if (mask.rank !== 2) throw misfit(layer.name, mask, x);
    const made = maskedSteps(tf, layer, x, mask, kwargs?.initialState ?? null, zeroOutput);
    // One output stands alone, as TensorFlow.js' own wrappers expect.
    return made.length === 1 && made[0] ? made[0] : made;
  };
}

/** Runs `body` while these layers are called so. */
function calling<T>(parts: readonly Layer[], call: Call, body: () => T): T {
  for (const part of parts) Reflect.set(part, 'call', call(part));
  try {
    return body();
  } finally {
    // The class's own is seen again.
    for (const part of parts) Reflect.deleteProperty(part, 'call');
  }
}
