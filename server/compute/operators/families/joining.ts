/** Tensors put together and taken apart along an axis. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operator, OperatorCall } from '../contract.ts';
import { given, isSequence, numbersOf, optional } from '../operands.ts';
import { aroundAxis, axisOf, bounded } from '../tensors/axes.ts';
import { slicedAlong } from '../tensors/slices.ts';

/** Throws UserError('invalid') where other sizes than along the axis differ. */
export function concatenated(tf: Tf, tensors: readonly Tensor[], axis: number, node: string): Tensor {
  const [first] = tensors;
  if (!first) throw new UserError('invalid', `the node ${node} puts no tensors together`);
  const around = (x: Tensor) => x.shape.map((size, at) => (at === axis ? '*' : size)).join();
  const other = tensors.find((x) => around(x) !== around(first));
  if (other)
    throw new UserError(
      'invalid',
      `the node ${node} puts tensors of shapes [${first.shape}] and [${other.shape}] together along the axis ${axis}; expected equal sizes along all others`,
    );
  const shape = first.shape.map((size, at) =>
    at === axis ? tensors.reduce((sum, x) => sum + (x.shape[axis] ?? 0), 0) : size,
  );
  bounded(shape, node);
  if (first.dtype === 'float32') return tf.concat([...tensors], axis);
  return joinedOnHost(tf, tensors, axis, shape);
}

/** Of integers, booleans and texts. */
function joinedOnHost(tf: Tf, tensors: readonly Tensor[], axis: number, shape: number[]): Tensor {
  const dtype = tensors[0]?.dtype ?? 'int32';
  const parts = tensors.map((x) => {
    const [, size, inner] = aroundAxis(x.shape, axis);
    const values: ArrayLike<number | string> = dtype === 'string' ? x.dataSync<'string'>() : x.dataSync();
    return { values, width: size * inner };
  });
  const made: (number | string)[] = [];
  const [outer] = aroundAxis(shape, axis);
  for (let before = 0; before < outer; before++)
    for (const { values, width } of parts)
      for (let i = 0; i < width; i++) made.push(values[before * width + i] ?? 0);
  if (dtype === 'string') return tf.tensor(made.map(String), shape, 'string');
  const numbers = dtype === 'bool' ? Uint8Array.from(made, Number) : Int32Array.from(made, Number);
  return tf.tensor(numbers, shape, dtype);
}

/** Sizes of the parts: as told, or as even as they go, the last smaller. */
function partSizes(inputs: Parameters<Operator['apply']>[0], size: number, call: OperatorCall): number[] {
  const { name, attributes, outputs } = call;
  const told = optional(inputs[1], name);
  const sizes = told ? numbersOf(told) : attributes.has('split') ? attributes.numbers('split') : null;
  if (sizes) {
    if (sizes.some((one) => one < 0) || sizes.reduce((a, b) => a + b, 0) !== size)
      throw new UserError(
        'invalid',
        `the node ${name} splits ${size} places into parts of ${sizes.join(', ')}; expected sizes that add up to it`,
      );
    return [...sizes];
  }
  const count = attributes.number('num_outputs', outputs);
  const each = Math.ceil(size / count);
  return Array.from({ length: count }, (_, at) => Math.max(0, Math.min(each, size - at * each)));
}

function parts(tf: Tf, x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return slicedAlong(tf, x, start - size, size, axis);
  });
}

export const operators: readonly Operator[] = [
  {
    onnx: 'Concat',
    units: 'kept',
    apply: (inputs, { tf, name, attributes, opset }) => {
      const all = inputs.map((operand) => given(operand, name));
      const told = opset < 4 ? attributes.number('axis', 1) : attributes.number('axis');
      return [concatenated(tf, all, axisOf(told, all[0]?.rank ?? 0, name), name)];
    },
  },
  {
    onnx: 'Split',
    units: 'kept',
    types: ({ inputTypes, outputs }) => Array.from({ length: outputs }, () => inputTypes[0] ?? null),
    apply: (inputs, call) => {
      const x = given(inputs[0], call.name);
      const axis = axisOf(call.attributes.number('axis', 0), x.rank, call.name);
      return parts(call.tf, x, partSizes(inputs, x.shape[axis] ?? 0, call), axis);
    },
  },
  {
    onnx: 'SplitToSequence',
    units: 'kept',
    apply: (inputs, { tf, name, attributes }) => {
      const x = given(inputs[0], name);
      const axis = axisOf(attributes.number('axis', 0), x.rank, name);
      const size = x.shape[axis] ?? 0;
      const told = optional(inputs[1], name);
      const each = told ? (numbersOf(told)[0] ?? 0) : 1;
      if (told?.rank === 0 && !(each > 0))
        throw new UserError('invalid', `the node ${name} splits into parts of ${each}; expected 1 and more`);
      const count = Math.ceil(size / Math.max(each, 1));
      const sizes =
        told && told.rank > 0
          ? numbersOf(told)
          : Array.from({ length: count }, (_, at) => Math.min(each, size - at * each));
      if (sizes.reduce((a, b) => a + b, 0) !== size)
        throw new UserError(
          'invalid',
          `the node ${name} splits ${size} places into parts of ${sizes.join(', ')}; expected sizes that add up to it`,
        );
      const made = parts(tf, x, sizes, axis);
      if (told || attributes.number('keepdims', 1) !== 0) return [made];
      const shape = x.shape.filter((_, at) => at !== axis);
      return [made.map((part) => tf.reshape(part, shape))];
    },
  },
  {
    onnx: 'ConcatFromSequence',
    units: 'kept',
    apply: ([sequence], { tf, name, attributes }) => {
      if (!isSequence(sequence))
        throw new UserError('invalid', `the node ${name} puts a sequence together, found a tensor`);
      const fresh = attributes.number('new_axis', 0) !== 0;
      const rank = (sequence[0]?.rank ?? 0) + (fresh ? 1 : 0);
      const axis = axisOf(attributes.number('axis'), rank, name);
      const all = fresh
        ? sequence.map((x) => tf.reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]))
        : sequence;
      return [concatenated(tf, all, axis, name)];
    },
  },
];
