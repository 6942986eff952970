/** Scaled dot products of queries and keys, and the mean of values by them. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';

export interface Asked {
  readonly scale: number;
  /** Scores are kept softly within -softcap and softcap; 0: they are not. */
  readonly softcap: number;
  /** Added to the scores; broadcasts to (b, heads, q, k). -Infinity where nothing is to be looked at. */
  readonly bias: Tensor | null;
}
export interface Attended {
  /** (b, heads, q, d). */
  readonly y: Tensor;
  /** (b, heads, q, k) each: products, within the cap, with what is added, and their softmax. */
  readonly stages: readonly [Tensor, Tensor, Tensor, Tensor];
}

/**
 * q (b, heads, q, d), k (b, groups, k, d), v (b, groups, k, e): as many heads look at each group of keys. A query that may
 * look at nothing gives zeros.
 */
export function attend(tf: Tf, node: string, q: Tensor, k: Tensor, v: Tensor, asked: Asked): Attended {
  const [b = 1, heads = 1, queries = 1, d = 1] = q.shape;
  const [, groups = 1, keys = 1] = k.shape;
  if (q.rank !== 4 || k.rank !== 4 || v.rank !== 4 || heads % groups !== 0 || k.shape[3] !== d)
    throw new UserError(
      'invalid',
      `the node ${node} has queries of shape [${q.shape}] for keys of shape [${k.shape}]; expected (batch, heads, sequence, size) with heads that divide and sizes that agree`,
    );
  const each = heads / groups;
  const root = Math.sqrt(asked.scale);
  const folded = tf.reshape(tf.mul(q, root), [b, groups, each * queries, d]);
  const scores = tf.reshape(tf.matMul(folded, tf.mul(k, root), false, true), [b, heads, queries, keys]);
  const { softcap } = asked;
  const capped = softcap > 0 ? tf.mul(tf.tanh(tf.div(scores, softcap)), softcap) : scores;
  const { biased, probabilities } = masked(tf, capped, asked.bias);
  const y = tf.matMul(tf.reshape(probabilities, [b, groups, each * queries, keys]), v);
  return {
    y: tf.reshape(y, [b, heads, queries, v.shape[3] ?? 1]),
    stages: [scores, capped, biased, probabilities],
  };
}

function masked(tf: Tf, scores: Tensor, bias: Tensor | null): { biased: Tensor; probabilities: Tensor } {
  if (!bias) return { biased: scores, probabilities: tf.softmax(scores) };
  const biased = tf.add(scores, bias);
  // The softmax of nothing but -Infinity would be NaN, on the way back too.
  const blind = tf.equal(tf.max(bias, -1, true), Number.NEGATIVE_INFINITY);
  if (tf.max(tf.cast(blind, 'int32')).dataSync()[0] === 0)
    return { biased, probabilities: tf.softmax(biased) };
  const rows = tf.logicalAnd(blind, tf.onesLike(tf.cast(biased, 'bool')));
  const safe = tf.where(rows, tf.zerosLike(biased), biased);
  return { biased, probabilities: tf.where(rows, tf.zerosLike(biased), tf.softmax(safe)) };
}
