import type { UnitChange } from '../action.ts';

/** The unit puts out 0, whatever goes in. */
export const change: UnitChange<'ablate'> = {
  output: (tf, values) => tf.zerosLike(values),
};
