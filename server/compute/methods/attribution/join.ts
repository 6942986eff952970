/** Compares two attributions feature by feature (i-Algebra's join and anti-join). */
import type { Join } from '../../../../core/algebra/index.ts';

/**
 * `join`: evidence that both sides share: the smaller of the two where they agree in sign, else nothing.
 * `left join`: what speaks for the left side more than for the right: the difference.
 */
export function joined(kind: Join['kind'], left: Float32Array, right: Float32Array): Float32Array {
  return left.map((a, i) => {
    const b = right[i]!;
    if (kind === 'left join' || Number.isNaN(a - b)) return a - b;
    return a * b > 0 ? Math.sign(a) * Math.min(Math.abs(a), Math.abs(b)) : 0;
  });
}

/** L1 norm of the difference over the sum of the norms, of finite values: 0 where equal, 1 where nothing is shared. */
export function distance(left: Float32Array, right: Float32Array): number {
  let [apart, all] = [0, 0];
  for (let i = 0; i < left.length; i++) {
    if (!Number.isFinite(left[i]! - right[i]!)) continue;
    apart += Math.abs(left[i]! - right[i]!);
    all += Math.abs(left[i]!) + Math.abs(right[i]!);
  }
  return all > 0 ? apart / all : 0;
}
