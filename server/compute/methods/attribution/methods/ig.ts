import { meanGradient, onlyPlayers, timesDistance } from '../batches.ts';
import type { AttributionMethod } from '../game.ts';
import { numberOf } from '../parameters.ts';

/**
 * Integrated gradients (Sundararajan, Taly, Yan 2017, eq. 1): (x - b) times the integral of the gradient from b to x,
 * by the midpoint rule. Where a rectifier switches the gradient jumps, so that a Gauss-Legendre rule of as many points
 * is no nearer (measured on the demo's classifier), and the midpoints are exact where the switch is on a border.
 */
export const method: AttributionMethod = {
  version: '2',
  reading:
    'Each value is the share of f(example) - f(baseline) that the feature accounts for, gathered along the straight way between the two: positive speaks for the target, negative against it. Another baseline asks another question; a feature that is at its baseline gets nothing.',
  complete: true,
  compares: true,
  evaluations: (params) => numberOf('ig', params, 'steps'),
  async attribute(game, params, pace) {
    const steps = numberOf('ig', params, 'steps');
    const means = await meanGradient(
      game,
      {
        samples: steps,
        points: (tf, x, baseline, { samples: [from, to] }) => {
          const alpha = Float32Array.from({ length: to - from }, (_, i) => (from + i + 0.5) / steps);
          return tf.add(baseline, tf.mul(tf.sub(x, baseline), tf.tensor(alpha, [1, to - from, 1])));
        },
      },
      pace,
    );
    return { values: onlyPlayers(game, timesDistance(game, means)) };
  },
};
