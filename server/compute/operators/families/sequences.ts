/** Sequences of tensors, and values that may be missing. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Operand, Operator } from '../contract.ts';
import { given, isSequence, numbersOf, optional } from '../operands.ts';
import { placeOf } from '../tensors/places.ts';

function sequence(operand: Operand | undefined, node: string): readonly Tensor[] {
  if (isSequence(operand)) return operand;
  throw new UserError(
    'invalid',
    `the node ${node} takes a sequence, found ${operand ? 'a tensor' : 'nothing'}`,
  );
}

/** Of a scalar that may be left out; `size`: how many places there are. */
function position(operand: Operand | undefined, size: number, fallback: number, node: string): number {
  const told = optional(operand, node);
  return placeOf(told ? (numbersOf(told)[0] ?? 0) : fallback, size, node);
}

export const operators: readonly Operator[] = [
  {
    onnx: 'SequenceConstruct',
    units: 'kept',
    apply: (inputs, { name }) => [inputs.map((operand) => given(operand, name))],
  },
  { onnx: 'SequenceEmpty', units: 'kept', types: () => [null], apply: () => [[]] },
  {
    onnx: 'SequenceAt',
    units: 'kept',
    apply: ([operand, at], { name }) => {
      const all = sequence(operand, name);
      return [all[position(at, all.length, 0, name)] ?? null];
    },
  },
  {
    onnx: 'SequenceErase',
    units: 'kept',
    apply: ([operand, at], { name }) => {
      const all = sequence(operand, name);
      const gone = position(at, all.length, -1, name);
      return [all.filter((_, place) => place !== gone)];
    },
  },
  {
    onnx: 'SequenceInsert',
    units: 'kept',
    types: ({ inputTypes }) => [inputTypes[0] ?? inputTypes[1] ?? null],
    apply: ([operand, tensor, at], { name }) => {
      const all = sequence(operand, name);
      const told = optional(at, name);
      // Behind the last is a place too, and where it goes by itself.
      const place = told ? (numbersOf(told)[0] ?? 0) : all.length;
      const before = place === all.length ? place : position(at, all.length, 0, name);
      return [[...all.slice(0, before), given(tensor, name), ...all.slice(before)]];
    },
  },
  {
    onnx: 'SequenceLength',
    units: 'last',
    types: () => ['int64'],
    apply: ([operand], { tf, name }) => [tf.scalar(sequence(operand, name).length, 'int32')],
  },
  { onnx: 'Optional', units: 'kept', apply: ([operand]) => [operand ?? null] },
  {
    onnx: 'OptionalHasElement',
    units: 'last',
    types: () => ['bool'],
    apply: ([operand], { tf }) => [tf.scalar(operand != null, 'bool')],
  },
  {
    onnx: 'OptionalGetElement',
    units: 'kept',
    apply: ([operand], { name }) => {
      if (operand != null) return [operand];
      throw new UserError('invalid', `the node ${name} takes the value of an optional that has none`);
    },
  },
];
