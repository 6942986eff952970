/** What queries may look at, as what is added to their scores. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';

const HIDDEN = Number.NEGATIVE_INFINITY;

/** Of a mask as files have it: true where a query may look, or numbers that are added; missing keys are hidden. */
export function biasOf(tf: Tf, mask: Tensor, keys: number): Tensor {
  const numbers =
    mask.dtype === 'bool' ? tf.where(mask, tf.zeros(mask.shape), tf.fill(mask.shape, HIDDEN)) : mask;
  const missing = keys - (mask.shape.at(-1) ?? keys);
  if (missing <= 0) return numbers;
  const edges = mask.shape.map((_, axis): [number, number] => [0, axis === mask.rank - 1 ? missing : 0]);
  return tf.pad(numbers, edges, HIDDEN);
}

export interface Window {
  /** How many keys before and after its own place a query sees; null: all. */
  readonly left: number | null;
  readonly right: number | null;
  /** The place of the first query among the keys, for each example, or one for all. */
  readonly offsets: readonly number[];
}

/** (offsets, 1, q, k). */
export function windowBias(tf: Tf, queries: number, keys: number, { left, right, offsets }: Window): Tensor {
  const values = new Float32Array(offsets.length * queries * keys);
  let at = 0;
  for (const offset of offsets)
    for (let i = 0; i < queries; i++)
      for (let j = 0; j < keys; j++) {
        const behind = offset + i - j;
        const seen = (left === null || behind <= left) && (right === null || -behind <= right);
        values[at++] = seen ? 0 : HIDDEN;
      }
  return tf.tensor(values, [offsets.length, 1, queries, keys]);
}

/** (b, 1, 1, k): of each example's keys the first `counts[b]` are there; `hidden` is added to the others. */
export function lengthBias(tf: Tf, counts: readonly number[], keys: number, hidden = HIDDEN): Tensor {
  const values = counts.flatMap((count) => Array.from({ length: keys }, (_, j) => (j < count ? 0 : hidden)));
  return tf.tensor(values, [counts.length, 1, 1, keys]);
}

/**
 * onnxruntime's masks of keys, as what is added: (b) lengths, (2 b) ends and then starts, (b, k) or (b, q, k) with 0 for what
 * is hidden. Throws UserError('unsupported') for others.
 */
export function keyMask(
  tf: Tf,
  node: string,
  mask: Tensor,
  { batch, queries, keys }: { readonly batch: number; readonly queries: number; readonly keys: number },
  hidden: number,
): Tensor {
  const shown = (visible: Tensor) => tf.mul(tf.sub(1, visible), hidden);
  if (mask.rank === 1 && mask.size === batch)
    return lengthBias(tf, Array.from(mask.dataSync()), keys, hidden);
  if (mask.rank === 1 && mask.size === 2 * batch) {
    const numbers = Array.from(mask.dataSync());
    const values = Array.from({ length: batch }, (_, b) =>
      Array.from({ length: keys }, (_, j) =>
        j < (numbers[b] ?? 0) && j >= (numbers[batch + b] ?? 0) ? 0 : hidden,
      ),
    );
    return tf.tensor(values.flat(), [batch, 1, 1, keys]);
  }
  const visible = tf.cast(tf.greater(mask, 0), 'float32');
  if (mask.rank === 2 && mask.shape[1] === keys)
    return shown(tf.reshape(visible, [mask.shape[0] ?? 1, 1, 1, keys]));
  if (mask.rank === 3 && mask.shape[1] === queries && mask.shape[2] === keys)
    return shown(tf.reshape(visible, [mask.shape[0] ?? 1, 1, queries, keys]));
  throw new UserError(
    'unsupported',
    `the node ${node} has a mask of shape [${mask.shape}] for ${keys} keys of ${batch} examples; expected one number, two, or one for each key of each example`,
  );
}
