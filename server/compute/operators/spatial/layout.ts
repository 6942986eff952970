/**
 * ONNX has channels first (n, c, ...places), TensorFlow.js convolves and pools with channels last (n, ...places, c). What
 * computes on places takes the latter, and whoever calls it turns the tensors.
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';

/** (n, c, ...places) -> (n, ...places, c). */
export function channelsLast(tf: Tf, x: Tensor): Tensor {
  // One place or one channel: the numbers lie the same either way.
  const [n = 1, c = 1, ...places] = x.shape;
  if (c === 1 || places.every((size) => size === 1)) return tf.reshape(x, [n, ...places, c]);
  return tf.transpose(x, [0, ...places.map((_, axis) => axis + 2), 1]);
}

/** (n, ...places, c) -> (n, c, ...places). */
export function channelsFirst(tf: Tf, x: Tensor): Tensor {
  const [n = 1, ...rest] = x.shape;
  const [c = 1, places] = [rest.at(-1), rest.slice(0, -1)];
  if (c === 1 || places.every((size) => size === 1)) return tf.reshape(x, [n, c, ...places]);
  return tf.transpose(x, [0, x.rank - 1, ...places.map((_, axis) => axis + 1)]);
}
