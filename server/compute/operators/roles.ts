/** What inputs of operators are called where they are weights, and along what their axes lie. */
import type { Attributes, WeightRole } from './contract.ts';

const PLACES: Readonly<Record<number, readonly string[]>> = {
  1: ['time'],
  2: ['y', 'x'],
  3: ['z', 'y', 'x'],
};

/** One number for each unit. */
export const perUnit = (name: string): WeightRole => ({
  name,
  axes: (rank) => (rank === 1 ? ['unit'] : null),
});

/** A filter with two axes of units before its places. */
export const filter = (...units: readonly [string, string]): WeightRole => ({
  name: 'weight',
  axes: (rank) => {
    const places = PLACES[rank - 2];
    return places ? [...units, ...places] : null;
  },
});

/** A matrix from inputs to units; `turned`: whether it is stored the other way round. */
export const matrix = (turned: (attributes: Attributes) => boolean): WeightRole => ({
  name: 'weight',
  axes: (rank, attributes) => {
    if (rank !== 2) return null;
    return turned(attributes) ? ['unit', 'input'] : ['input', 'unit'];
  },
});
