/** Which layer Grad-CAM looks at when the input is asked about, and how its map becomes as large as the picture. */
import { PASS_THROUGH } from '../../../../core/algebra/project/cam-layer.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { TargetRule } from '../../inference/target.ts';
import type { LoadedModel } from '../../network/model.ts';
import type { Tf } from '../../tf.ts';

/**
 * The last layer of feature maps on the way from the input to the target that is more than pooling or the like: the
 * paper's "last convolutional layer", with what normalises or rectifies it. Throws UserError('unsupported').
 */
export function camLayer({ program }: LoadedModel, { tap }: Pick<TargetRule, 'tap'>): string {
  const maps = (program.between(null, tap) ?? []).filter(
    ({ maps, call }) => maps && !PASS_THROUGH.test(call.node.type),
  );
  const last = maps.at(-1);
  if (last) return last.call.node.name;
  throw new UserError(
    'unsupported',
    `gradcam needs a convolutional layer before the target; ${program.name} has none there. Use ig or gradient.`,
  );
}

/** Maps (n, height, width) upsampled bilinearly, places being the centres of their squares, to (n, height, width). */
export function upsample(
  tf: Tf,
  maps: Float32Array,
  from: readonly [height: number, width: number],
  to: readonly [height: number, width: number],
): Float32Array {
  const n = maps.length / (from[0] * from[1]);
  return tf.tidy(() => {
    const small = tf.tensor4d(maps, [n, from[0], from[1], 1]);
    return Float32Array.from(tf.image.resizeBilinear(small, [to[0], to[1]], false, true).dataSync());
  });
}

/** The positive part of the sum over units: (n, places, units) -> (n, places), flat. */
export function camOf(parts: Float32Array, units: number): Float32Array {
  const out = new Float32Array(parts.length / units);
  for (let place = 0; place < out.length; place++) {
    let sum = 0;
    for (let unit = 0; unit < units; unit++) sum += parts[place * units + unit]!;
    out[place] = Math.max(0, sum);
  }
  return out;
}
