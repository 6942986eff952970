/** Bins of a histogram: which one a value is in, and how tall it is drawn. */
import { bisectRight } from 'd3-array';

/** The bin [edges[i], edges[i + 1]) that holds `value`, the last one closed at both ends; null outside. */
export function binAt(edges: ArrayLike<number>, value: number): number | null {
  const bins = edges.length - 1;
  if (bins < 1 || !(value >= (edges[0] ?? 0)) || !(value <= (edges[bins] ?? 0))) return null;
  return bisectRight(edges, value, 1, bins) - 1;
}

/** Linear, or log10(count + 1), so that an empty bin has no height and a count of one shows. */
export const heightOf = (count: number, log: boolean): number => (log ? Math.log10(count + 1) : count);
