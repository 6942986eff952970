import type { UnitChange } from '../action.ts';

/** The unit puts out the value, whatever goes in. */
export const change: UnitChange<'clamp'> = {
  after: ({ value }) => ({ factor: 0, offset: value }),
};
