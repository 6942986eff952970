import { meanGradient, onlyPlayers, rowsOfGame } from '../batches.ts';
import type { AttributionMethod } from '../game.ts';

/**
 * (x - baseline) * gradient (Shrikumar, Greenside, Shcherbina, Kundaje 2016): integrated gradients with the one step at
 * the example, so that the sum is f(x) - f(baseline) where the target is linear between the two, and only there.
 */
export const gradientXInput: AttributionMethod = {
  name: 'gradient_x_input',
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

/** gradients * (x - baseline), (n, width) flat; no zero is a negative one. */
export function timesDistance(game: Parameters<typeof rowsOfGame>[0], gradients: Float64Array): Float32Array {
  const [x, baseline] = [rowsOfGame(game, game.features), rowsOfGame(game, game.baseline)];
  return Float32Array.from(gradients, (gradient, i) => gradient * (x[i]! - baseline[i]!) + 0);
}
