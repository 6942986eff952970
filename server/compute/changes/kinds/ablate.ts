import type { UnitChange } from '../action.ts';

/** The unit puts out 0, whatever goes in. */
export const change: UnitChange<'ablate'> = {
  after: () => ({ factor: 0, offset: 0 }),
};
