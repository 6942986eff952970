/** Masks as tensors of bool: (batch, steps), or one axis less than what they belong to. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../core/errors/index.ts';
import type { Tf } from '../tf.ts';
import type { MaskAlgebra } from './rules.ts';

/** For one call of the layer `name` on `inputs`. */
export function tensorMasks(tf: Tf, name: string, inputs: readonly Tensor[]): MaskAlgebra<Tensor> {
  const [first] = inputs;
  return {
    differs: (value, any) => {
      if (!first) throw new Error(`${name} was given nothing`);
      const different = tf.notEqual(first, value);
      return any ? tf.any(different, -1) : different;
    },
    either: (a, b) => tf.logicalOr(a, ofLikeRank(name, a, b)),
    both: (a, b) => tf.logicalAnd(a, ofLikeRank(name, a, b)),
    joined: (masks, axis, every) => {
      const whole = inputs.map((input, i) => {
        const mask = masks[i] ?? null;
        if (mask === null) return tf.onesLike(input).cast('bool');
        return mask.rank < input.rank ? spread(tf, name, mask, input) : mask;
      });
      const all = tf.concat(whole, axis);
      return every ? tf.all(all, -1) : tf.any(all, -1);
    },
    steps: (mask) =>
      mask.rank <= 2
        ? mask
        : tf.any(
            mask,
            Array.from({ length: mask.rank - 2 }, (_, i) => i + 2),
          ),
  };
}

/** The mask of steps beside each of their numbers, in the shape of `input`. */
export function spread(tf: Tf, name: string, mask: Tensor, input: Tensor): Tensor {
  if (mask.rank !== input.rank - 1 || mask.shape.some((size, i) => size !== input.shape[i]))
    throw misfit(name, mask, input);
  return tf.broadcastTo(tf.expandDims(mask, -1), input.shape);
}

/** Keras broadcasts as NumPy does and fails, or aligns axes that mean different things. */
export function misfit(
  name: string,
  mask: Tensor,
  input: Tensor,
  expected = 'the sizes of the input without its last axis',
): UserError {
  return new UserError(
    'unsupported',
    `the layer ${name} gets a mask of shape [${mask.shape.join(', ')}] for an input of shape [${input.shape.join(', ')}]; expected ${expected}; end the mask before this layer, for example with a Reshape`,
  );
}

/** Branches of different rank: their masks speak of different axes. */
function ofLikeRank(name: string, a: Tensor, b: Tensor): Tensor {
  if (a.rank !== b.rank) throw misfit(name, a, b);
  return b;
}
