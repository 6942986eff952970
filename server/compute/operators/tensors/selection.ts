/**
 * Elements taken from their places, and added up at places. Each is the other's gradient, of any order and on every
 * backend: TensorFlow.js' own for gather needs kernels that WebAssembly has not, and takes one pass for each place.
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import { aroundAxis, sizeOf } from './axes.ts';
import { isTensor } from './broadcasting.ts';

/** Slices at these places along an axis. Places lie within the axis. */
export function take(tf: Tf, x: Tensor, places: Int32Array, axis: number): Tensor {
  const made = x.shape.map((size, at) => (at === axis ? places.length : size));
  if (x.dtype !== 'float32') return onHost(tf, x, made, places, axis);
  if (sizeOf(made) === 0) return tf.reshape(tf.zeros([0]), made);
  const size = x.shape[axis] ?? 1;
  const taking = tf.customGrad((...args) => {
    const own = first(args);
    return {
      value: tf.gather(own, tf.tensor1d(places, 'int32'), axis),
      gradFunc: (dy: Tensor) => accumulate(tf, dy, places, axis, size),
    };
  });
  return taking(x);
}

/** Zeros of `size` along the axis, and each slice added at its place. Of float32. */
export function accumulate(tf: Tf, x: Tensor, places: Int32Array, axis: number, size: number): Tensor {
  const made = x.shape.map((own, at) => (at === axis ? size : own));
  const adding = tf.customGrad((...args) => {
    const own = first(args);
    const values = own.dataSync();
    const sums = new Float32Array(sizeOf(made));
    const [outer, count, inner] = aroundAxis(own.shape, axis);
    for (let before = 0; before < outer; before++)
      for (let at = 0; at < count; at++) {
        const from = (before * count + at) * inner;
        const to = (before * size + (places[at] ?? 0)) * inner;
        for (let i = 0; i < inner; i++) sums[to + i]! += values[from + i] ?? 0;
      }
    return {
      value: tf.tensor(sums, made, 'float32'),
      gradFunc: (dy: Tensor) => take(tf, dy, places, axis),
    };
  });
  return adding(x);
}

/** Single elements, by their places in row-major order, in a new shape. */
export function pick(tf: Tf, x: Tensor, places: Int32Array, shape: readonly number[]): Tensor {
  return tf.reshape(take(tf, tf.reshape(x, [-1]), places, 0), [...shape]);
}

/** What has no gradient is computed outside of the backend: exact for any type, texts among them. */
function onHost(tf: Tf, x: Tensor, shape: readonly number[], places: Int32Array, axis: number): Tensor {
  const from = origins(x.shape, places, axis);
  if (x.dtype === 'string') {
    const texts = x.dataSync<'string'>();
    return tf.tensor(
      Array.from(from, (at) => texts[at] ?? ''),
      [...shape],
      'string',
    );
  }
  const values = x.dataSync();
  const made = x.dtype === 'bool' ? new Uint8Array(from.length) : new Int32Array(from.length);
  for (let i = 0; i < made.length; i++) made[i] = values[from[i] ?? 0] ?? 0;
  return tf.tensor(made, [...shape], x.dtype);
}

/** For each element that is taken, its place in row-major order. */
function origins(shape: readonly number[], places: Int32Array, axis: number): Int32Array {
  const [outer, size, inner] = aroundAxis(shape, axis);
  const found = new Int32Array(outer * places.length * inner);
  let at = 0;
  for (let before = 0; before < outer; before++)
    for (const place of places)
      for (let i = 0; i < inner; i++) found[at++] = (before * size + place) * inner + i;
  return found;
}

function first(args: readonly unknown[]): Tensor {
  const [own] = args;
  if (!isTensor(own)) throw new Error('one tensor was expected');
  return own;
}
