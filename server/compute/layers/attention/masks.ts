/** What queries may look at, as tensors of bool that broadcast to the scores. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';

/** Above nothing that a score is: it has no part in a softmax. A row of these alone is looked at evenly. */
const OUT = -1e9;

export function both(tf: Tf, masks: readonly (Tensor | null)[]): Tensor | null {
  const known = masks.flatMap((mask) => mask ?? []);
  return known.length === 0 ? null : known.reduce((a, b) => tf.logicalAnd(a, b));
}

/** (queries, keys): a query sees its own place and those before it. */
export function causal(tf: Tf, queries: number, keys: number): Tensor {
  return placed(tf, queries, keys, (behind) => behind >= 0);
}

/** (queries, keys): a query sees the places nearer than `width`. */
export function near(tf: Tf, queries: number, keys: number, width: number): Tensor {
  return placed(tf, queries, keys, (behind) => Math.abs(behind) < width);
}

function placed(tf: Tf, queries: number, keys: number, sees: (behind: number) => boolean): Tensor {
  const values = Uint8Array.from({ length: queries * keys }, (_, i) =>
    Number(sees(Math.floor(i / keys) - (i % keys))),
  );
  return tf.tensor(values, [queries, keys], 'bool');
}

/** The scores with those taken out that may not be seen. */
export function hidden(tf: Tf, scores: Tensor, mask: Tensor): Tensor {
  return tf.where(spread(tf, mask, scores), scores, tf.fill(scores.shape, OUT));
}

/** Zero where nothing may be seen. */
export function cleared(tf: Tf, probabilities: Tensor, mask: Tensor): Tensor {
  return tf.where(spread(tf, mask, probabilities), probabilities, tf.zerosLike(probabilities));
}

/** TensorFlow.js' choice wants marks of the same shape. */
function spread(tf: Tf, mask: Tensor, like: Tensor): Tensor {
  return tf.logicalAnd(mask, tf.onesLike(like).cast('bool'));
}
