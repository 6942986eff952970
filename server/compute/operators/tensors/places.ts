/** Places along axes that a tensor of integers names. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';

/** From 0 on; negative ones count from the end. Throws UserError('invalid') for one outside of the axis. */
export function placesOf(indices: Tensor, size: number, node: string): Int32Array {
  return Int32Array.from(indices.dataSync(), (value) => placeOf(value, size, node));
}

export function placeOf(value: number, size: number, node: string): number {
  if (value >= -size && value < size) return value < 0 ? value + size : value;
  throw new UserError(
    'invalid',
    `the node ${node} takes the place ${value} of ${size}; expected ${size === 0 ? 'none' : `one from ${-size} to ${size - 1}`}`,
  );
}
