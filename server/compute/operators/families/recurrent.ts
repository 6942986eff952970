/** RNN, GRU and LSTM, step by step in one or both directions. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operand, Operator, OperatorCall, WeightRole } from '../contract.ts';
import { given, numbersOf, optional } from '../operands.ts';
import { activationsOf } from '../recurrence/activations.ts';
import { type Cell, gru, lstm, type State, simple } from '../recurrence/cells.ts';

interface Kind {
  readonly onnx: string;
  readonly gates: number;
  /** h, or h and c. */
  readonly states: number;
  readonly activations: readonly string[];
  readonly cell: Cell;
}

const DIRECTIONS: Readonly<Record<string, readonly boolean[]>> = {
  forward: [false],
  reverse: [true],
  bidirectional: [false, true],
};

/**
 * Inputs X (s, b, i), W (d, gates * h, i), R (d, gates * h, h), B (d, 2 * gates * h), sequence_lens (b), initial_h (d, b, h)
 * and of an LSTM initial_c (d, b, h) and P (d, 3 * h). Outputs Y (s, d, b, h), Y_h (d, b, h) and of an LSTM Y_c. With layout 1
 * the batch is first everywhere.
 */
const recurrent =
  (kind: Kind) =>
  (inputs: readonly Operand[], call: OperatorCall): readonly Operand[] => {
    const { tf, name, attributes } = call;
    const [given0, w, r] = [given(inputs[0], name), given(inputs[1], name), given(inputs[2], name)];
    const named = attributes.text('direction', 'forward');
    const reversed = Object.hasOwn(DIRECTIONS, named) ? DIRECTIONS[named] : undefined;
    if (!reversed)
      throw new UserError(
        'invalid',
        `the node ${name} has direction ${JSON.stringify(named)}; expected one of ${Object.keys(DIRECTIONS).join(', ')}`,
      );
    const batchFirst = attributes.number('layout', 0) === 1;
    const x = batchFirst ? tf.transpose(given0, [1, 0, 2]) : given0;
    const units = r.shape.at(-1) ?? 1;
    const expected = [reversed.length, kind.gates * units];
    if (x.rank !== 3 || [w, r].some(({ shape }) => String(shape.slice(0, 2)) !== String(expected)))
      throw new UserError(
        'invalid',
        `the node ${name} has weights of shapes [${w.shape}] and [${r.shape}] for an input of shape [${given0.shape}]; expected [${expected}, inputs] and [${expected}, units] for a sequence`,
      );
    const [steps = 1, batch = 1] = x.shape;
    const lengths = optional(inputs[4], name);
    const masks = lengths ? stepMasks(tf, numbersOf(lengths), steps) : null;
    const activations = activationsOf(tf, name, attributes, reversed.length, kind.activations);
    const initial = Array.from({ length: kind.states }, (_, at) => optional(inputs[5 + at], name));
    const peepholes = kind.states === 2 ? optional(inputs[7], name) : null;
    const bias = optional(inputs[3], name);

    const runs = reversed.map((backwards, d) => {
      const own = (tensor: Tensor) => tf.squeeze(tf.slice(tensor, d, 1), [0]);
      const both = bias ? tf.split(own(bias), 2) : null;
      const flat = tf.matMul(tf.reshape(x, [steps * batch, x.shape[2] ?? 1]), tf.transpose(own(w)));
      const gates = tf.reshape(both?.[0] ? tf.add(flat, both[0]) : flat, [steps, batch, kind.gates * units]);
      const start = initial.map((state) =>
        state
          ? tf.reshape(own(batchFirst ? tf.transpose(state, [1, 0, 2]) : state), [batch, units])
          : tf.zeros([batch, units]),
      );
      return unrolled(tf, kind.cell, gates, start, masks, backwards, {
        weights: {
          recurrent: tf.transpose(own(r)),
          bias: both?.[1] ?? null,
          peepholes: peepholes ? tf.split(own(peepholes), 3) : null,
        },
        settings: {
          units,
          activations: activations[d] ?? [],
          clip: attributes.has('clip') ? attributes.number('clip') : null,
          linearBeforeReset: attributes.number('linear_before_reset', 0) === 1,
          coupled: attributes.number('input_forget', 0) === 1,
        },
      });
    });
    const y = tf.stack(
      runs.map(({ outputs }) => outputs),
      1,
    );
    const last = Array.from({ length: kind.states }, (_, at) => {
      const states = runs.map(({ state }) => state[at]).filter((one): one is Tensor => one !== undefined);
      return tf.stack(states, batchFirst ? 1 : 0);
    });
    return [batchFirst ? tf.transpose(y, [2, 0, 1, 3]) : y, ...last];
  };

/** For each step (b, 1): 1 where the sequence is not over. */
function stepMasks(tf: Tf, lengths: readonly number[], steps: number): Tensor[] {
  return Array.from({ length: steps }, (_, step) =>
    tf.tensor2d(
      lengths.map((length) => (step < length ? 1 : 0)),
      [lengths.length, 1],
    ),
  );
}

/** Outputs (s, b, h) in the order of the input, and the last state; what is over keeps its state and gives nothing. */
function unrolled(
  tf: Tf,
  cell: Cell,
  gates: Tensor,
  start: State,
  masks: readonly Tensor[] | null,
  backwards: boolean,
  { weights, settings }: { weights: Parameters<Cell>[3]; settings: Parameters<Cell>[4] },
): { readonly outputs: Tensor; readonly state: State } {
  const inputs = tf.unstack(gates);
  const order = inputs.map((_, step) => (backwards ? inputs.length - 1 - step : step));
  const outputs: Tensor[] = [];
  let state = start;
  for (const step of order) {
    const input = inputs[step];
    if (!input) continue;
    const next = cell(tf, input, state, weights, settings);
    const mask = masks?.[step];
    const kept = mask ? tf.sub(1, mask) : null;
    const before = state;
    state =
      mask && kept
        ? next.map((value, at) => tf.add(tf.mul(value, mask), tf.mul(before[at] ?? value, kept)))
        : next;
    const [h] = next;
    if (h) outputs[step] = mask ? tf.mul(h, mask) : h;
  }
  return { outputs: tf.stack(outputs), state };
}

/** By gate and direction, in ONNX' order: its axes are told by number. */
const named = (name: string): WeightRole => ({ name, axes: () => null });

const KINDS: readonly Kind[] = [
  { onnx: 'RNN', gates: 1, states: 1, activations: ['Tanh'], cell: simple },
  { onnx: 'GRU', gates: 3, states: 1, activations: ['Sigmoid', 'Tanh'], cell: gru },
  { onnx: 'LSTM', gates: 4, states: 2, activations: ['Sigmoid', 'Tanh', 'Tanh'], cell: lstm },
];

export const operators: readonly Operator[] = KINDS.map((kind) => ({
  onnx: kind.onnx,
  units: 'last',
  weights: { 1: named('kernel'), 2: named('recurrent_kernel'), 3: named('bias') },
  types: ({ inputTypes, outputs }) => Array.from({ length: outputs }, () => inputTypes[0] ?? null),
  apply: recurrent(kind),
}));
