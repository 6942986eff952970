import { meanGradient, onlyPlayers, timesDistance } from '../batches.ts';
import type { AttributionMethod } from '../game.ts';

/**
 * (x - baseline) * gradient (Shrikumar, Greenside, Shcherbina, Kundaje 2016): integrated gradients with the one step at
 * the example, so that the sum is f(x) - f(baseline) where the target is linear between the two, and only there.
 */
export const method: AttributionMethod = {
  version: '2',
  reading:
    'Each value is the feature’s distance from its baseline times the gradient there: what it contributes if the target were linear. It is not, so the values need not sum to the change of the target; use ig where that matters. Where the feature is at its baseline the value is zero, so the picture takes after the input whatever the model.',
  complete: false,
  compares: true,
  evaluations: () => 1,
  async attribute(game, _params, pace) {
    const means = await meanGradient(game, { samples: 1, points: (_tf, x) => x }, pace);
    return { values: onlyPlayers(game, timesDistance(game, means)) };
  },
};
