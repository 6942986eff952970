/** Guided backpropagation at one rectifier (Springenberg et al. 2014, "Striving for simplicity"). */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.ts';

/** The value itself, through which only positive gradient goes back; the rectifier before it has the rest of the rule. */
export function guided(tf: Tf, y: Tensor): Tensor {
  const op = tf.customGrad((...args) => {
    const [value] = args;
    if (!(value instanceof tf.Tensor)) throw new Error('one tensor was expected');
    return { value: value.clone(), gradFunc: (dy: Tensor) => tf.relu(dy) };
  });
  return op(y);
}
