/** What has a value and no gradient that would mean anything. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../core/errors/index.ts';
import type { Tf } from '../tf.ts';

/**
 * `value` of x; whoever asks for a gradient that passes here gets UserError('unsupported'): the node, and `why` there is none.
 */
export function withoutGradient(
  tf: Tf,
  node: string,
  x: Tensor,
  why: string,
  value: (x: Tensor) => Tensor,
): Tensor {
  const made = tf.customGrad((...args) => {
    const [own] = args;
    if (!(own instanceof tf.Tensor)) throw new Error('a tensor was expected');
    return {
      value: tf.tidy(() => value(own)),
      gradFunc: (): Tensor => {
        throw new UserError(
          'unsupported',
          `the node ${node} ${why}, which has no gradient; use occlusion or shapley, which need none, or ask about a later layer`,
        );
      },
    };
  });
  return made(x);
}
