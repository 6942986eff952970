import type { UnitChange } from '../action.ts';

/** The unit puts out the value, whatever goes in. */
export const change: UnitChange<'clamp'> = {
  output: (tf, values, { value }) => tf.add(tf.zerosLike(values), value),
};
