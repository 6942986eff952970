/**
 * Recurrent layers over masked steps, as Keras' backends run them: a masked step leaves the state as it was, and says
 * again what the step before it said (nothing but zeros before the first), or zeros. TensorFlow.js' own multiplies by the
 * mask, which turns an infinity into NaN, and starts from the initial state.
 */
import type { layers, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.ts';

interface Cell {
  call(inputs: Tensor[], kwargs: object): Tensor | Tensor[];
}
export interface Recurrent extends layers.Layer {
  readonly cell: Cell;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly unroll: boolean;
  getInitialState(inputs: Tensor): Tensor[];
}

export function isRecurrent(layer: object): layer is Recurrent {
  return 'cell' in layer && 'getInitialState' in layer && 'returnSequences' in layer;
}

/**
 * `x` (batch, steps, ...), `mask` (batch, steps). Gives what the layer does: its output, then its states where it is to
 * return them.
 */
export function maskedSteps(
  tf: Tf,
  layer: Recurrent,
  x: Tensor,
  mask: Tensor,
  initial: readonly Tensor[] | null,
  zeroOutput: boolean,
): Tensor[] {
  // The tape holds the lists themselves: they stay in order.
  const ordered = (list: Tensor[]) => (layer.goBackwards ? list.toReversed() : list);
  const inputs = ordered(tf.unstack(x, 1));
  const counts = ordered(tf.unstack(mask, 1));
  let states = [...(initial ?? layer.getInitialState(x))];
  let before: Tensor | null = null;
  const said: Tensor[] = [];
  for (const [t, input] of inputs.entries()) {
    const made = layer.cell.call([input, ...states], { training: false });
    const [output, ...next] = Array.isArray(made) ? made : [made];
    const counted = counts[t];
    if (!output || !counted) throw new Error(`${layer.name} said nothing at step ${t}`);
    const where = (yes: Tensor, no: Tensor) => chosen(tf, counted, yes, no);
    before = where(output, !before || (zeroOutput && !layer.unroll) ? tf.zerosLike(output) : before);
    states = next.map((state, i) => where(state, states[i] ?? tf.zerosLike(state)));
    said.push(before);
  }
  if (!before) throw new Error(`${layer.name} was given no steps`);
  // Unrolled, Keras sets zeros at the end: in the last output by its own step, but in all of them, also of a layer that
  // goes backwards, by the mask as it came.
  const ends = zeroOutput && layer.unroll;
  const last = counts.at(-1);
  const output = layer.returnSequences
    ? ended(tf, tf.stack(said, 1), ends ? mask : null)
    : ended(tf, before, ends && last ? last : null);
  return layer.returnState ? [output, ...states] : [output];
}

/** `yes` (batch, ...) where the step counts, `counted` (batch) or (batch, steps), else `no`. */
function chosen(tf: Tf, counted: Tensor, yes: Tensor, no: Tensor): Tensor {
  const beside = [...counted.shape, ...yes.shape.slice(counted.rank).map(() => 1)];
  return tf.where(tf.reshape(counted, beside), yes, no);
}

function ended(tf: Tf, output: Tensor, counted: Tensor | null): Tensor {
  return counted ? chosen(tf, counted, output, tf.zerosLike(output)) : output;
}
