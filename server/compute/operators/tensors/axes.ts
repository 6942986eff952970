/** Axes and sizes that operators are told. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Operand, OperatorCall } from '../contract.ts';
import { numbersOf, optional } from '../operands.ts';

/** Elements that one tensor may have; a few bytes of a hostile file may ask for more than there is. */
export const LARGEST = 2 ** 28;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((all, size) => all * size, 1);

/** From 0 on. Throws UserError('invalid') for one outside of the rank. */
export function axisOf(axis: number, rank: number, node: string): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw new UserError(
    'invalid',
    `the node ${node} names the axis ${axis} of a tensor of rank ${rank}; expected ${rank === 0 ? 'none' : `one from ${-rank} to ${rank - 1}`}`,
  );
}

/** Axes as attribute `axes`, or as input `at` since a later version. Null where neither is given. Ascending, from 0 on. */
export function axesOf(
  inputs: readonly Operand[],
  at: number,
  call: Pick<OperatorCall, 'attributes' | 'name'>,
  rank: number,
): number[] | null {
  const told = optional(inputs[at], call.name);
  if (!told && !call.attributes.has('axes')) return null;
  const axes = (told ? numbersOf(told) : call.attributes.numbers('axes')).map((axis) =>
    axisOf(axis, rank, call.name),
  );
  const own = [...new Set(axes)].sort((a, b) => a - b);
  if (own.length === axes.length) return own;
  throw new UserError('invalid', `the node ${call.name} names an axis twice: ${axes.join(', ')}`);
}

/** The shape itself. Throws UserError('too_large') above what one tensor may have, UserError('invalid') for a negative size. */
export function bounded(shape: readonly number[], node: string): number[] {
  if (shape.some((size) => !(Number.isInteger(size) && size >= 0)))
    throw new UserError(
      'invalid',
      `the node ${node} makes a tensor of shape [${shape.join(', ')}]; expected sizes of 0 and more`,
    );
  const size = sizeOf(shape);
  if (size <= LARGEST) return [...shape];
  throw new UserError(
    'too_large',
    `the node ${node} makes a tensor of ${size} elements, shape [${shape.join(', ')}]; at most ${LARGEST} are computed here`,
  );
}

/** Elements between neighbours along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  return strides;
}

/** How many places lie before an axis, along it, and after it. */
export function aroundAxis(shape: readonly number[], axis: number): [number, number, number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis] ?? 1, sizeOf(shape.slice(axis + 1))];
}

/** `[0, 1, ..., count - 1]`. */
export const counted = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Throws UserError('invalid') unless the rank is as expected. */
export function ofRank<T extends Tensor>(tensor: T, rank: number, what: string, node: string): T {
  if (tensor.rank === rank) return tensor;
  throw new UserError(
    'invalid',
    `the node ${node} takes ${what} of rank ${rank}, found the shape [${tensor.shape}]`,
  );
}
