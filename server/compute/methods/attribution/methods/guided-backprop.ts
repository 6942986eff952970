import { meanGradient, onlyPlayers } from '../batches.ts';
import type { AttributionMethod } from '../game.ts';

/**
 * Gradient through rectifiers that pass positive gradient only (Springenberg, Dosovitskiy, Brox, Riedmiller 2014).
 * It hardly depends on the weights above the first layers: Adebayo et al. 2018 randomise them, and the picture stays.
 */
export const method: AttributionMethod = {
  version: '2',
  reading:
    'A gradient from which every negative contribution was cut on its way back. It draws sharp outlines of the input, but fails the randomisation test of Adebayo et al. (2018): the picture stays much the same when upper layers are replaced by noise. Do not read from it why the model decided.',
  complete: false,
  compares: false,
  evaluations: () => 1,
  async attribute(game, _params, pace) {
    const means = await meanGradient(game, { samples: 1, points: (_tf, x) => x, guided: true }, pace);
    return { values: onlyPlayers(game, Float32Array.from(means)) };
  },
};
