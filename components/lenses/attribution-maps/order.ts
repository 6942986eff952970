/** Units of an attribution, and which part of a tile of several maps is meant. */
import { strongest } from '../attribution/numbers.ts';

/** Sum over the places of each unit: values (units, places). */
export function totalsOf(values: ArrayLike<number>, units: number, places: number): number[] {
  return Array.from({ length: units }, (_, u) => {
    let sum = 0;
    for (let p = 0; p < places; p++) sum += values[u * places + p] ?? Number.NaN;
    return sum;
  });
}

/** Units in the order shown: by the size of their total, or as they are. */
export function orderOf(totals: readonly number[], sorted: boolean): number[] {
  return sorted ? strongest(totals, totals.length) : totals.map((_, u) => u);
}

/** Of a tile that is parted into `parts` equal maps side by side: which one, and where in it (shares of 0 to 1). */
export function partAt(parts: number, fx: number): { readonly part: number; readonly fx: number } {
  const part = Math.min(parts - 1, Math.max(0, Math.floor(fx * parts)));
  return { part, fx: fx * parts - part };
}
