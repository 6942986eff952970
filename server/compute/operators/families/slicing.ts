/** Stretches of axes with steps, and sequences turned around. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf, optional } from '../operands.ts';
import { axisOf, counted, ofRank, sizeOf } from '../tensors/axes.ts';
import { take } from '../tensors/selection.ts';
import { slicedAlong } from '../tensors/slices.ts';

interface Stretch {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Attributes before version 10, inputs since. */
function stretchesOf(
  x: Tensor,
  inputs: readonly Operand[],
  { name, attributes, opset }: OperatorCall,
): Stretch[] {
  const read = (at: number, attribute: string): readonly number[] | null => {
    if (opset < 10) return attributes.has(attribute) ? attributes.numbers(attribute) : null;
    const told = optional(inputs[at], name);
    return told ? numbersOf(told) : null;
  };
  const [starts, ends] = [read(1, 'starts') ?? [], read(2, 'ends') ?? []];
  const axes = read(3, 'axes') ?? counted(starts.length);
  const steps = (opset < 10 ? null : read(4, 'steps')) ?? starts.map(() => 1);
  if (starts.length !== ends.length || starts.length !== axes.length || starts.length !== steps.length)
    throw new UserError(
      'invalid',
      `the node ${name} has ${starts.length} starts, ${ends.length} ends, ${axes.length} axes and ${steps.length} steps; expected as many of each`,
    );
  return axes.map((axis, at) => ({
    axis: axisOf(axis, x.rank, name),
    start: starts[at] ?? 0,
    end: ends[at] ?? 0,
    step: steps[at] ?? 1,
  }));
}

function stretch(tf: Tf, x: Tensor, { axis, start, end, step }: Stretch, node: string): Tensor {
  const size = x.shape[axis] ?? 0;
  if (step === 0)
    throw new UserError('invalid', `the node ${node} slices in steps of 0; expected another step`);
  const within = (place: number) => (place < 0 ? place + size : place);
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (place: number) => Math.min(Math.max(place, least), most);
  const from = clamp(within(start));
  // The end of all counts from the end only where it lies there.
  const to = end < -size ? least : clamp(within(end));
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (step === 1) return slicedAlong(tf, x, count === 0 ? 0 : from, count, axis);
  return take(
    tf,
    x,
    Int32Array.from({ length: count }, (_, at) => from + at * step),
    axis,
  );
}

function reversedSequences(
  x: Tensor,
  lengths: readonly number[],
  { tf, name, attributes }: OperatorCall,
): Tensor {
  const [batch, time] = [attributes.number('batch_axis', 1), attributes.number('time_axis', 0)];
  if (x.rank < 2 || !((batch === 0 && time === 1) || (batch === 1 && time === 0)))
    throw new UserError(
      'invalid',
      `the node ${name} reverses the axis ${time} by the axis ${batch} of the shape [${x.shape}]; expected the axes 0 and 1`,
    );
  const [rows = 1, columns = 1] = x.shape;
  const [count, steps] = batch === 0 ? [rows, columns] : [columns, rows];
  if (lengths.length !== count || lengths.some((length) => !(length >= 0 && length <= steps)))
    throw new UserError(
      'invalid',
      `the node ${name} reverses sequences of lengths ${lengths.join(', ')}; expected ${count}, from 0 to ${steps}`,
    );
  const places = Int32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const [one, step] = batch === 0 ? [row, column] : [column, row];
    const length = lengths[one] ?? 0;
    const from = step < length ? length - 1 - step : step;
    return batch === 0 ? one * columns + from : from * columns + one;
  });
  const flat = tf.reshape(x, [rows * columns, sizeOf(x.shape.slice(2))]);
  return tf.reshape(take(tf, flat, places, 0), x.shape);
}

export const operators: readonly Operator[] = [
  {
    onnx: 'Slice',
    units: 'kept',
    apply: (inputs, call) => {
      const x = given(inputs[0], call.name);
      return [stretchesOf(x, inputs, call).reduce((made, one) => stretch(call.tf, made, one, call.name), x)];
    },
  },
  {
    onnx: 'ReverseSequence',
    units: 'kept',
    apply: ([operand, lengths], call) => [
      reversedSequences(
        given(operand, call.name),
        numbersOf(ofRank(given(lengths, call.name), 1, 'lengths', call.name)),
        call,
      ),
    ],
  },
];
