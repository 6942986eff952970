/** Outline of where a map is strong: the sides of its cells between those at or above a level and those below. */

/** From (x1, y1) to (x2, y2), in cells of the map. */
export type Segment = readonly [x1: number, y1: number, x2: number, y2: number];

/** `map` is (rows, columns), flat, from `from` on. The edge of the map counts as below. */
export function contourOf(
  map: ArrayLike<number>,
  from: number,
  rows: number,
  columns: number,
  level: number,
): Segment[] {
  const inside = (y: number, x: number) =>
    y >= 0 && y < rows && x >= 0 && x < columns && (map[from + y * columns + x] ?? Number.NaN) >= level;
  const segments: Segment[] = [];
  for (let y = 0; y <= rows; y++)
    for (let x = 0; x <= columns; x++) {
      const here = inside(y, x);
      if (here !== inside(y - 1, x)) segments.push([x, y, x + 1, y]);
      if (here !== inside(y, x - 1)) segments.push([x, y, x, y + 1]);
    }
  return segments;
}

/** Level of a map's outline: half of its largest value; null where the unit is silent. */
export function levelOf(map: ArrayLike<number>, from: number, size: number): number | null {
  let most = 0;
  for (let i = from; i < from + size; i++) {
    const value = map[i] ?? Number.NaN;
    if (Number.isFinite(value) && value > most) most = value;
  }
  return most > 0 ? most / 2 : null;
}
