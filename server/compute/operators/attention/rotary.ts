/** Pairs of numbers turned by angles that depend on the place of a token. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import { apart, together } from './heads.ts';

export interface RotaryKind {
  /** Of an input whose heads lie together; of no meaning where they are apart. */
  readonly heads: number;
  /** How many numbers of each head are turned; 0: all. */
  readonly size: number;
  /** Neighbours are a pair; otherwise the first half's and the second half's. */
  readonly interleaved: boolean;
}

/** x (b, s, heads * d) or (b, heads, s, d); cosines and sines (b, s, size / 2), or without b. */
export function rotated(tf: Tf, node: string, x: Tensor, cos: Tensor, sin: Tensor, kind: RotaryKind): Tensor {
  const flat = x.rank === 3;
  const angles = cos.shape.at(-1) ?? 1;
  // Without a number of heads the angles tell how wide they are.
  const heads = kind.heads || Math.max(1, Math.floor((x.shape[2] ?? 1) / (2 * angles)));
  const split = flat ? apart(tf, node, x, heads) : x;
  const [b = 1, h = 1, s = 1, d = 1] = split.shape;
  const size = kind.size || d;
  if (angles * 2 !== size || sin.shape.at(-1) !== angles)
    throw new UserError(
      'invalid',
      `the node ${node} turns ${size} numbers of each head by ${angles} angles; expected half as many angles`,
    );
  const turned = size === d ? split : tf.slice(split, [0, 0, 0, 0], [b, h, s, size]);
  const [first, second] = kind.interleaved ? neighbours(tf, turned) : tf.split(turned, 2, -1);
  if (!first || !second) return x;
  const [c, i] = [cos, sin].map((one) => (one.rank === 3 ? tf.expandDims(one, 1) : one));
  if (!c || !i) return x;
  const real = tf.sub(tf.mul(first, c), tf.mul(second, i));
  const imaginary = tf.add(tf.mul(first, i), tf.mul(second, c));
  const made = kind.interleaved
    ? tf.reshape(tf.stack([real, imaginary], -1), [b, h, s, size])
    : tf.concat([real, imaginary], -1);
  const rest =
    size === d ? made : tf.concat([made, tf.slice(split, [0, 0, 0, size], [b, h, s, d - size])], -1);
  return flat ? together(tf, rest) : rest;
}

/** The first and the second of each pair of neighbours. */
function neighbours(tf: Tf, x: Tensor): Tensor[] {
  const [b = 1, h = 1, s = 1, d = 1] = x.shape;
  const pairs = tf.reshape(x, [b * h * s, d / 2, 2]);
  return [0, 1].map((at) => tf.reshape(tf.slice(pairs, [0, 0, at], [b * h * s, d / 2, 1]), [b, h, s, d / 2]));
}
