/** Heads of attention: apart, and together again. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';

/** (b, s, heads * d) -> (b, heads, s, d). Throws UserError('invalid') where the heads do not divide the units. */
export function apart(tf: Tf, node: string, x: Tensor, heads: number): Tensor {
  const [b = 1, s = 1, units = 1] = x.shape;
  if (x.rank !== 3 || heads < 1 || units % heads !== 0)
    throw new UserError(
      'invalid',
      `the node ${node} has ${heads} heads for an input of shape [${x.shape}]; expected (batch, sequence, units) with units that the heads divide`,
    );
  return tf.transpose(tf.reshape(x, [b, s, heads, units / heads]), [0, 2, 1, 3]);
}

/** (b, heads, s, d) -> (b, s, heads * d). */
export function together(tf: Tf, x: Tensor): Tensor {
  const [b = 1, heads = 1, s = 1, d = 1] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [b, s, heads * d]);
}
