/** Stretches of a tensor. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import { take } from './selection.ts';

/** Neighbouring places along an axis. */
export function slicedAlong(tf: Tf, x: Tensor, start: number, size: number, axis: number): Tensor {
  if (start === 0 && size === x.shape[axis]) return x;
  if (x.dtype === 'string' || x.rank > 6 || x.size === 0 || size === 0)
    return take(
      tf,
      x,
      Int32Array.from({ length: size }, (_, at) => start + at),
      axis,
    );
  return tf.slice(
    x,
    x.shape.map((_, at) => (at === axis ? start : 0)),
    x.shape.map((own, at) => (at === axis ? size : own)),
  );
}
