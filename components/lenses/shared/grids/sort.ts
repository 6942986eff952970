/** Order of a table's rows by a column: numbers before what is no number, ties by their first order. */
export interface Sorting {
  readonly column: string;
  readonly descending: boolean;
}

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

/** `column` or `-column` as an option keeps it. */
export function readSorting(option: unknown, columns: readonly string[], fallback: Sorting): Sorting {
  if (typeof option !== 'string') return fallback;
  const descending = option.startsWith('-');
  const column = descending ? option.slice(1) : option;
  return columns.includes(column) ? { column, descending } : fallback;
}
export const writeSorting = ({ column, descending }: Sorting): string => (descending ? `-${column}` : column);

/** After a click on a column's head: another column begins with its large values, the same one turns round. */
export const nextSorting = (now: Sorting, column: string): Sorting =>
  now.column === column ? { column, descending: !now.descending } : { column, descending: true };
