/** Tensors of different shapes side by side, as NumPy puts them; with gradients of any rank. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import { bounded, sizeOf, stridesOf } from './axes.ts';

/** Throws UserError('invalid') where sizes differ and neither is 1. */
export function broadcastShape(shapes: readonly (readonly number[])[], node: string): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const whole = Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[shape.length - rank + axis] ?? 1);
    const size = sizes.find((one) => one !== 1) ?? 1;
    if (sizes.every((one) => one === 1 || one === size)) return size;
    throw new UserError(
      'invalid',
      `the node ${node} puts tensors of shapes ${shapes.map((shape) => `[${shape}]`).join(' and ')} together; expected sizes that are equal or 1`,
    );
  });
  return bounded(whole, node);
}

/** The same in a larger shape. Its gradient is summed, at any rank. */
export function expand(tf: Tf, x: Tensor, shape: readonly number[]): Tensor {
  if (x.shape.join() === shape.join()) return x;
  const from = x.shape;
  const widen = tf.customGrad((...args) => {
    const [own] = args;
    if (!isTensor(own)) throw new Error('one tensor was expected');
    return {
      value: tf.broadcastTo(own, [...shape]),
      gradFunc: (dy: Tensor) => reduceTo(tf, dy, from),
    };
  });
  return widen(x);
}

/** Sums over what was broadcast. */
export function reduceTo(tf: Tf, whole: Tensor, shape: readonly number[]): Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], whole.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(whole, axes) : whole, [...shape]);
}

export const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'dataId' in value;

/** For each element of the larger shape, where in the smaller one it comes from. */
export function broadcastIndices(shape: readonly number[], whole: readonly number[]): Int32Array {
  const offset = whole.length - shape.length;
  const own = stridesOf(shape);
  const steps = whole.map((_, axis) => ((shape[axis - offset] ?? 1) === 1 ? 0 : (own[axis - offset] ?? 0)));
  return gridIndices(whole, steps);
}

/** `start + sum of place * step` over all places of a grid, in order. */
export function gridIndices(shape: readonly number[], steps: readonly number[], start = 0): Int32Array {
  const found = new Int32Array(sizeOf(shape));
  if (found.length === 0) return found;
  found[0] = start;
  let filled = 1;
  // The last axes first: each repeats what is filled so far.
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const [size, step] = [shape[axis] ?? 1, steps[axis] ?? 0];
    const block = filled;
    for (let place = 1; place < size; place++) {
      const shift = place * step;
      for (let i = 0; i < block; i++) found[filled + i] = (found[i] ?? 0) + shift;
      filled += block;
    }
  }
  return found;
}
