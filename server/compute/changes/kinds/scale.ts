import type { UnitChange } from '../action.ts';

/** What the unit puts out, earlier changes included, is multiplied. */
export const change: UnitChange<'scale'> = {
  output: (tf, values, { value }) => tf.mul(values, value),
};
