/** What queries may look at, as what is added to their scores. */
import type { Tensor } from '@tensorflow/tfjs';
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
