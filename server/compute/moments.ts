/** Moments of many values, batch by batch, for every unit: made in TensorFlow, merged in float64. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from './tf.ts';

/**
 * Count, mean and central sums of powers 2 and 3 per unit, over finite values. Merging is Pebay's one-pass update
 * ("Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments",
 * 2008, eqs. 2.1 and 3.1): no cancellation, however far the mean is from zero.
 */
export class Moments {
  readonly count: Float64Array;
  readonly mean: Float64Array;
  readonly m2: Float64Array;
  readonly m3: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly zeros: Float64Array;
  /** NaN and infinite values, all units together. */
  nonFinite = 0;

  constructor(readonly units: number) {
    this.count = new Float64Array(units);
    this.mean = new Float64Array(units);
    this.m2 = new Float64Array(units);
    this.m3 = new Float64Array(units);
    this.min = new Float64Array(units).fill(Number.POSITIVE_INFINITY);
    this.max = new Float64Array(units).fill(Number.NEGATIVE_INFINITY);
    this.zeros = new Float64Array(units);
  }

  /** `values` (n, units); makes tensors that the caller's tidy disposes of. */
  add(tf: Tf, values: Tensor): void {
    const finite = tf.isFinite(values);
    const mask = tf.cast(finite, 'float32');
    const clean = tf.where(finite, values, tf.zerosLike(values));
    const count = tf.sum(mask, 0);
    const mean = tf.div(tf.sum(clean, 0), tf.maximum(count, 1));
    const d = tf.mul(tf.sub(clean, mean), mask);
    const d2 = tf.square(d);
    const counts = count.dataSync();
    const part = {
      mean: mean.dataSync(),
      m2: tf.sum(d2, 0).dataSync(),
      m3: tf.sum(tf.mul(d2, d), 0).dataSync(),
      // The mean in float32 is a little off the batch's true one: this is by how much, summed.
      rest: tf.sum(d, 0).dataSync(),
      min: tf.min(tf.where(finite, values, tf.fill(values.shape, Number.POSITIVE_INFINITY)), 0).dataSync(),
      max: tf.max(tf.where(finite, values, tf.fill(values.shape, Number.NEGATIVE_INFINITY)), 0).dataSync(),
      zeros: tf.sum(tf.cast(tf.equal(values, 0), 'float32'), 0).dataSync(),
    };
    const rows = values.shape[0] ?? 0;
    for (let u = 0; u < this.units; u++) {
      const n = counts[u]!;
      this.nonFinite += rows - n;
      this.zeros[u]! += part.zeros[u]!;
      if (n === 0) continue;
      this.min[u] = Math.min(this.min[u]!, part.min[u]!);
      this.max[u] = Math.max(this.max[u]!, part.max[u]!);
      const shift = part.rest[u]! / n;
      const m2 = Math.max(0, part.m2[u]! - n * shift * shift);
      const m3 = part.m3[u]! - 3 * shift * part.m2[u]! + 2 * n * shift ** 3;
      this.merge(u, n, part.mean[u]! + shift, m2, m3);
    }
  }

  private merge(u: number, n: number, mean: number, m2: number, m3: number): void {
    const before = this.count[u]!;
    const total = before + n;
    const delta = mean - this.mean[u]!;
    this.m3[u]! +=
      m3 +
      (delta ** 3 * before * n * (before - n)) / total ** 2 +
      (3 * delta * (before * m2 - n * this.m2[u]!)) / total;
    this.m2[u]! += m2 + (delta ** 2 * before * n) / total;
    this.mean[u]! += (delta * n) / total;
    this.count[u] = total;
  }

  /** All units together. */
  pooled(): Moments {
    const all = new Moments(1);
    for (let u = 0; u < this.units; u++) {
      if (this.count[u]! > 0) all.merge(0, this.count[u]!, this.mean[u]!, this.m2[u]!, this.m3[u]!);
      all.min[0] = Math.min(all.min[0]!, this.min[u]!);
      all.max[0] = Math.max(all.max[0]!, this.max[u]!);
      all.zeros[0]! += this.zeros[u]!;
    }
    all.nonFinite = this.nonFinite;
    return all;
  }

  /** Population standard deviation; NaN without values. */
  sd(u: number): number {
    return Math.sqrt(this.m2[u]! / this.count[u]!);
  }

  /** Population skewness, m3 / m2^1.5 of the means; 0 where nothing varies. */
  skew(u: number): number {
    const n = this.count[u]!;
    const variance = this.m2[u]! / n;
    return variance > 0 ? this.m3[u]! / n / variance ** 1.5 : 0;
  }

  /** Every value was exactly zero (and there was one). */
  dead(u: number): boolean {
    return this.count[u]! > 0 && this.min[u] === 0 && this.max[u] === 0;
  }
}
