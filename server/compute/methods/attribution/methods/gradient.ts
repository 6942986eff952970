import { meanGradient, onlyPlayers } from '../batches.ts';
import type { AttributionMethod } from '../game.ts';

/** How fast the target rises with each feature, at the example itself (Simonyan, Vedaldi, Zisserman 2013). */
export const method: AttributionMethod = {
  version: '2',
  reading:
    'Each value is how fast the target rises with that feature, at this very example. It says what a small change would do, not how much the feature as a whole has contributed; where the target is saturated it is near zero everywhere.',
  complete: false,
  compares: false,
  evaluations: () => 1,
  async attribute(game, _params, pace) {
    const means = await meanGradient(game, { samples: 1, points: (_tf, x) => x }, pace);
    return { values: onlyPlayers(game, Float32Array.from(means)) };
  },
};
