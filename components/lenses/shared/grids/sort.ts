/** Order of a table's rows by a column: numbers before what is no number, ties by their first order. */
import type { Sorting } from '../../options.ts';

export function sortedBy(count: number, value: (row: number) => number, descending: boolean): number[] {
  const sign = descending ? -1 : 1;
  return Array.from({ length: count }, (_, i) => i).sort((a, b) => {
    const [u, v] = [value(a), value(b)];
    const [x, y] = [Number.isNaN(u), Number.isNaN(v)];
    if (x || y) return Number(x) - Number(y) || a - b;
    // Not u - v alone: two infinities have no difference.
    return sign * (u === v ? 0 : u < v ? -1 : 1) || a - b;
  });
}

/** After a click on a column's head: another column begins with its large values, the same one turns round. */
export const nextSorting = (now: Sorting, column: string): Sorting =>
  now.column === column ? { column, descending: !now.descending } : { column, descending: true };
