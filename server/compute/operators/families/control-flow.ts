/** Choices and loops, whose bodies are graphs of their own. Their gradients are those of what was run. */
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementType } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { release, stacked, trip, tripLimit } from '../control/trips.ts';
import { given, isSequence, numbersOf, optional } from '../operands.ts';

function choice(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const [condition] = numbersOf(given(inputs[0], call.name));
  return call.run(call.attributes.graph(condition ? 'then_branch' : 'else_branch'), []);
}

/**
 * Inputs: the most trips, whether to begin, and what is carried from trip to trip. The body takes the number of the trip,
 * the condition and what is carried; it gives the condition, what is carried, and what all trips together give as stacks.
 */
function loop(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name, attributes } = call;
  const body = attributes.graph('body');
  const scalar = (at: number) => {
    const found = optional(inputs[at], name);
    return found ? (numbersOf(found)[0] ?? 0) : null;
  };
  const most = scalar(0) ?? Number.POSITIVE_INFINITY;
  const limit = tripLimit(name);
  const count = body.inputs.length - 2;
  const initial = inputs.slice(2, 2 + count);
  let carried: readonly Operand[] = initial;
  let going = scalar(1) ?? 1;
  const scanned: Operand[][] = body.outputs.slice(1 + count).map(() => []);
  let trips = 0;
  for (; going && trips < most; trips++) {
    limit(trips);
    const [condition, ...made] = trip(tf, () =>
      call.run(body, [tf.scalar(trips, 'int32'), tf.scalar(true, 'bool'), ...carried]),
    );
    going = condition ? (numbersOf(given(condition, name))[0] ?? 0) : 1;
    release(tf, [condition ?? null, ...(trips > 0 ? carried : [])]);
    carried = made.slice(0, count);
    made.slice(count).forEach((value, at) => {
      scanned[at]?.push(value);
    });
  }
  const stacks = scanned.map((values, at) => {
    const whole = stacked(tf, name, values, body.outputs[1 + count + at]);
    release(tf, values);
    return whole;
  });
  return [...(trips > 0 ? carried : initial), ...stacks];
}

/** The axis of each scan input or output, and whether it runs backwards. */
interface Scanned {
  readonly axes: readonly number[];
  readonly backwards: readonly boolean[];
}

function scan(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { attributes, name } = call;
  const body = attributes.graph('body');
  const count = attributes.number('num_scan_inputs');
  const states = body.inputs.length - count;
  const outputs = body.outputs.length - states;
  const read = (axes: string, directions: string, length: number): Scanned => ({
    axes: attributes.numbers(axes, Array<number>(length).fill(0)),
    backwards: attributes.numbers(directions, Array<number>(length).fill(0)).map((one) => one === 1),
  });
  const outward = read('scan_output_axes', 'scan_output_directions', outputs);
  if (call.opset >= 9)
    return scanned(inputs, call, states, read('scan_input_axes', 'scan_input_directions', count), outward);
  // Before version 9 each example of a batch is a scan of its own, of its own length.
  const [lengths, ...rest] = inputs;
  const whole = rest.map((operand) => given(operand, name));
  const batch = whole[0]?.shape[0] ?? 0;
  const counts = lengths ? numbersOf(given(lengths, name)) : null;
  const inward = read('-', 'directions', count);
  const { tf } = call;
  const made = Array.from({ length: batch }, (_, at) =>
    scanned(
      whole.map((x, i) => {
        const one = tf.squeeze(tf.slice(x, at, 1), [0]);
        const length = counts?.[at];
        return i < states || length === undefined ? one : tf.slice(one, 0, length);
      }),
      call,
      states,
      inward,
      outward,
    ).map((operand) => given(operand, name)),
  );
  return body.outputs.map((_, at) => {
    const parts = made.map((row) => row[at]).filter((one): one is Tensor => one !== undefined);
    const longest = Math.max(...parts.map((one) => one.shape[0] ?? 0));
    const even = parts.map((one) => {
      const missing = at < states ? 0 : longest - (one.shape[0] ?? 0);
      return missing === 0
        ? one
        : tf.pad(
            one,
            one.shape.map((_, axis): [number, number] => [0, axis === 0 ? missing : 0]),
          );
    });
    return tf.stack(even);
  });
}

function scanned(
  inputs: readonly Operand[],
  call: OperatorCall,
  states: number,
  inward: Scanned,
  outward: Scanned,
): readonly Operand[] {
  const { tf, name, attributes } = call;
  const body = attributes.graph('body');
  const sequences = inputs.slice(states).map((operand, at) => {
    const x = given(operand, name);
    const axis = inward.axes[at] ?? 0;
    return { x, axis: axis < 0 ? axis + x.rank : axis, backwards: inward.backwards[at] === true };
  });
  const lengths = sequences.map(({ x, axis }) => x.shape[axis] ?? 0);
  const [steps = 0] = lengths;
  if (lengths.some((length) => length !== steps))
    throw new UserError(
      'invalid',
      `the node ${name} scans inputs of the lengths ${lengths.join(', ')}; expected one length`,
    );
  const limit = tripLimit(name);
  const initial = inputs.slice(0, states);
  let carried: readonly Operand[] = initial;
  const found: Operand[][] = body.outputs.slice(states).map(() => []);
  for (let step = 0; step < steps; step++) {
    limit(step);
    const made = trip(tf, () =>
      call.run(body, [
        ...carried,
        ...sequences.map(({ x, axis, backwards }) => {
          const at = backwards ? steps - 1 - step : step;
          const begin = x.shape.map((_, a) => (a === axis ? at : 0));
          return tf.squeeze(
            tf.slice(
              x,
              begin,
              x.shape.map((size, a) => (a === axis ? 1 : size)),
            ),
            [axis],
          );
        }),
      ]),
    );
    if (step > 0) release(tf, carried);
    carried = made.slice(0, states);
    made.slice(states).forEach((value, at) => {
      if (outward.backwards[at]) found[at]?.unshift(value);
      else found[at]?.push(value);
    });
  }
  const stacks = found.map((values, at) => {
    const whole = stacked(tf, name, values, body.outputs[states + at], outward.axes[at]);
    release(tf, values);
    return whole;
  });
  return [...(steps > 0 ? carried : initial), ...stacks];
}

/** Inputs: a sequence, and sequences as long as it or tensors for all; outputs: sequences. */
function sequenceMap(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { name, attributes } = call;
  const [first] = inputs;
  if (!isSequence(first))
    throw new UserError('invalid', `the node ${name} maps a tensor; expected a sequence`);
  const body = attributes.graph('body');
  const rows = first.map((_, at) =>
    call
      .run(
        body,
        inputs.map((operand) => (isSequence(operand) ? (operand[at] ?? null) : operand)),
      )
      .map((operand) => given(operand, name)),
  );
  return body.outputs.map((_, at) =>
    rows.map((row) => row[at]).filter((one): one is Tensor => one !== undefined),
  );
}

type Told = Parameters<NonNullable<Operator['types']>>[0];
/** Outputs of a body from its `from`-th on are the node's. */
const ofBody =
  (body: string, from: number) =>
  ({ attributes }: Told): readonly ElementType[] =>
    attributes
      .graph(body)
      .outputs.slice(from)
      .map(({ type }) => type);

export const operators: readonly Operator[] = [
  { onnx: 'If', units: 'kept', types: ofBody('then_branch', 0), apply: choice },
  { onnx: 'Loop', units: 'kept', types: ofBody('body', 1), apply: loop },
  { onnx: 'Scan', units: 'kept', types: ofBody('body', 0), apply: scan },
  { onnx: 'SequenceMap', units: 'kept', types: ofBody('body', 0), apply: sequenceMap },
];
