import type { UnitChange } from '../action.ts';

/** What the unit puts out, earlier changes included, is multiplied. */
export const change: UnitChange<'scale'> = {
  after: ({ value }, { factor, offset }) => ({ factor: factor * value, offset: offset * value }),
};
