/** Numbers of weights into TensorFlow's own memory. */
import type { DataType, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.ts';

/**
 * tfjs-node hands an array to TensorFlow when an operator first reads the tensor, and holds it until then, so that a model
 * just read would be there twice with its first run. Here its first number is read at once.
 */
export function uploaded(
  tf: Tf,
  values: Float32Array | Int32Array,
  shape: readonly number[],
  dtype: DataType,
): Tensor {
  const tensor = tf.tensor(values, [...shape], dtype);
  if (tensor.size > 0) tf.dispose(tf.tidy(() => tf.slice(tf.reshape(tensor, [-1]), [0], [1])));
  return tensor;
}
