/** One step of each recurrent operator, from the input's part of the gates and the state before. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import type { Activation } from './activations.ts';

/** h (b, units); of an LSTM also c. */
export type State = readonly Tensor[];

/** Weights of one direction. */
export interface Weights {
  /** (units, gates * units). */
  readonly recurrent: Tensor;
  /** Of the recurrent part, (gates * units); null where there is none. */
  readonly bias: Tensor | null;
  /** Of an LSTM, for its gates i, o and f, (units) each. */
  readonly peepholes: readonly Tensor[] | null;
}

export interface CellSettings {
  readonly units: number;
  readonly activations: readonly Activation[];
  /** Gates' inputs are kept within -clip and clip. */
  readonly clip: number | null;
  readonly linearBeforeReset: boolean;
  /** The forget gate of an LSTM is what the input gate leaves. */
  readonly coupled: boolean;
}

/** `input` (b, gates * units): x W + the bias of W. */
export type Cell = (tf: Tf, input: Tensor, state: State, weights: Weights, settings: CellSettings) => State;

const clipped = (tf: Tf, x: Tensor, { clip }: CellSettings) =>
  clip === null ? x : tf.clipByValue(x, -clip, clip);

function product(tf: Tf, h: Tensor, weights: Tensor, bias: Tensor | null): Tensor {
  const made = tf.matMul(h, weights);
  return bias ? tf.add(made, bias) : made;
}

/** Columns of gate `at`. */
function gate(tf: Tf, all: Tensor, at: number, units: number, count = 1): Tensor {
  return tf.slice(all, [0, at * units], [all.shape[0] ?? 1, count * units]);
}

export const simple: Cell = (tf, input, [h], { recurrent, bias }, settings) => {
  const [f] = settings.activations;
  if (!h || !f) return [];
  return [f(clipped(tf, tf.add(input, product(tf, h, recurrent, bias)), settings))];
};

/** Gates z, r, h. */
export const gru: Cell = (tf, input, [h], { recurrent, bias }, settings) => {
  const [f, g] = settings.activations;
  if (!h || !f || !g) return [];
  const { units } = settings;
  const within = (at: number, count: number) =>
    [gate(tf, recurrent, at, units, count), bias ? tf.slice(bias, at * units, count * units) : null] as const;
  const open = f(
    clipped(tf, tf.add(gate(tf, input, 0, units, 2), product(tf, h, ...within(0, 2))), settings),
  );
  const [z, r] = [gate(tf, open, 0, units), gate(tf, open, 1, units)];
  const past = settings.linearBeforeReset
    ? tf.mul(r, product(tf, h, ...within(2, 1)))
    : product(tf, tf.mul(r, h), ...within(2, 1));
  const fresh = g(clipped(tf, tf.add(gate(tf, input, 2, units), past), settings));
  return [tf.add(tf.mul(tf.sub(1, z), fresh), tf.mul(z, h))];
};

/** Gates i, o, f, c. */
export const lstm: Cell = (tf, input, [h, c], { recurrent, bias, peepholes }, settings) => {
  const [f, g, last] = settings.activations;
  if (!h || !c || !f || !g || !last) return [];
  const { units } = settings;
  const all = tf.add(input, product(tf, h, recurrent, bias));
  const opened = (at: number, seen: Tensor, peephole: number) => {
    const own = gate(tf, all, at, units);
    const looking = peepholes?.[peephole];
    return f(clipped(tf, looking ? tf.add(own, tf.mul(looking, seen)) : own, settings));
  };
  const i = opened(0, c, 0);
  const forget = settings.coupled ? tf.sub(1, i) : opened(2, c, 2);
  const fresh = g(clipped(tf, gate(tf, all, 3, units), settings));
  const next = tf.add(tf.mul(forget, c), tf.mul(i, fresh));
  return [tf.mul(opened(1, next, 1), last(next)), next];
};
