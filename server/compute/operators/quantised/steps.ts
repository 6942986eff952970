/** Numbers as steps of a scale from a zero point, rounded half to even and kept within their type. */
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementType } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import { withoutGradient } from '../refused-gradient.ts';
import { roundedTo } from '../tensors/precision.ts';

const RANGES: Partial<Record<ElementType, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  uint4: [0, 15],
  int4: [-8, 7],
};

/**
 * Scales or zero points to be broadcast over x: one for all, one for each index of `axis`, or one for each block of
 * `block` indices along it. Throws UserError('invalid') for another shape.
 */
export function along(tf: Tf, node: string, own: Tensor, x: Tensor, axis: number, block: number): Tensor {
  if (own.size === 1 && own.rank <= 1) return tf.reshape(own, []);
  const at = axis < 0 ? axis + x.rank : axis;
  const size = x.shape[at] ?? 0;
  if (block === 0 && own.rank === 1 && own.size === size)
    return tf.reshape(
      own,
      x.shape.map((s, a) => (a === at ? s : 1)),
    );
  const blocks = own.shape[at] ?? 0;
  const fits = own.rank === x.rank && own.shape.every((s, a) => a === at || s === x.shape[a]);
  if (block < 1 || !fits || Math.ceil(size / block) !== blocks)
    throw new UserError(
      'invalid',
      `the node ${node} has scales or zero points of shape [${own.shape}] for a tensor of shape [${x.shape}] along axis ${axis}; expected one, one for each index, or one for each block of ${block}`,
    );
  const head = own.shape.slice(0, at).reduce((a, b) => a * b, 1);
  const tail = own.shape.slice(at + 1).reduce((a, b) => a * b, 1);
  const repeated = tf.reshape(tf.tile(tf.reshape(own, [head, blocks, 1, tail]), [1, 1, block, 1]), [
    head,
    blocks * block,
    tail,
  ]);
  return tf.reshape(tf.slice(repeated, [0, 0, 0], [head, size, tail]), x.shape);
}

/** x in steps (a float tensor) from the zero point, as the type has it. Throws UserError('unsupported') on the way to a gradient. */
export function steps(
  tf: Tf,
  node: string,
  x: Tensor,
  zero: Tensor | null,
  type: ElementType,
  saturate = true,
): Tensor {
  return withoutGradient(tf, node, x, `rounds its input to ${type}`, (own) =>
    typed(tf, node, own, zero, type, saturate),
  );
}

function typed(
  tf: Tf,
  node: string,
  x: Tensor,
  zero: Tensor | null,
  type: ElementType,
  saturate: boolean,
): Tensor {
  const range = RANGES[type];
  if (range) {
    const moved = zero ? tf.add(tf.round(x), tf.cast(zero, 'float32')) : tf.round(x);
    return tf.cast(tf.clipByValue(moved, ...range), 'int32');
  }
  if (type.startsWith('float8'))
    return tf.tensor(Float32Array.from(x.dataSync(), roundedTo(type, saturate)), x.shape);
  throw new UserError(
    'unsupported',
    `the node ${node} quantises to ${type}; expected integers of 4, 8 or 16 bits, or floats of 8`,
  );
}
