/** Products of whole numbers by float kernels, exactly: no partial sum is larger than a float holds. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';

const EXACT = 2 ** 24;
/** Of numbers of 8 bits less a zero point. */
const LARGEST = 255;
const PART = 16;

/**
 * int32 a and b, each within -255 and 255; `product` adds up `length` products of floats for each number, and is linear in
 * both. -> int32. A number is 16 times its upper part, and its lower part.
 */
export function exactly(
  tf: Tf,
  node: string,
  a: Tensor,
  b: Tensor,
  length: number,
  product: (a: Tensor, b: Tensor) => Tensor,
): Tensor {
  if (length * LARGEST * LARGEST >= 2 ** 31)
    throw new UserError(
      'too_large',
      `the node ${node} adds up ${length} products, which integers of 32 bits do not hold; expected no more than ${Math.floor(2 ** 31 / LARGEST ** 2)}`,
    );
  if (length * LARGEST * LARGEST <= EXACT)
    return tf.cast(product(tf.cast(a, 'float32'), tf.cast(b, 'float32')), 'int32');
  const parts = (x: Tensor) => {
    const float = tf.cast(x, 'float32');
    const upper = tf.floor(tf.div(float, PART));
    return [upper, tf.sub(float, tf.mul(upper, PART))] as const;
  };
  const [high, low] = parts(a);
  const joined = (upper: Tensor, lower: Tensor) => tf.add(tf.mul(upper, tf.scalar(PART, 'int32')), lower);
  const whole = (x: Tensor, y: Tensor) => tf.cast(product(x, y), 'int32');
  if (length * PART * LARGEST <= EXACT) {
    const float = tf.cast(b, 'float32');
    return joined(whole(high, float), whole(low, float));
  }
  const [upper, lower] = parts(b);
  // (16 h + l) (16 u + v) = 16 (16 h u + h v + l u) + l v.
  const mixed = tf.add(whole(high, lower), whole(low, upper));
  return joined(joined(whole(high, upper), mixed), whole(low, lower));
}
