import { meanGradient, onlyPlayers, rowsOfGame, widthOf } from '../batches.ts';
import type { AttributionMethod } from '../game.ts';

/**
 * Grad-CAM (Selvaraju et al. 2017, eq. 1 and 2) at a layer of feature maps: each map times its weight, the mean of the
 * target's gradient over the map's places. Given are the parts, one map per unit, whose sum's positive part is the
 * paper's picture (camOf).
 */
export const method: AttributionMethod = {
  version: '2',
  reading:
    'Where the feature maps that speak for the target are active. It is as coarse as those maps, shows only what speaks for the target, and its edges are no edges of the evidence.',
  complete: false,
  compares: false,
  evaluations: () => 1,
  async attribute(game, _params, pace) {
    const means = await meanGradient(game, { samples: 1, points: (_tf, x) => x }, pace);
    const values = rowsOfGame(game, game.features);
    const units = game.shape.at(-1) ?? 1;
    const width = widthOf(game);
    const places = width / units;
    for (let e = 0; e < game.n; e++)
      for (let unit = 0; unit < units; unit++) {
        const first = e * width + unit;
        let sum = 0;
        for (let place = 0; place < places; place++) sum += means[first + place * units]!;
        for (let place = 0; place < places; place++) values[first + place * units]! *= sum / places;
      }
    return { values: onlyPlayers(game, values) };
  },
};
