/** Which points a drawn loop holds. */
import type { Projected } from '../projection.ts';

export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

/** Whether (x, y) is inside a polygon that closes itself: even-odd rule (Shimrat 1962, Algorithm 112). */
export function inPolygon(polygon: readonly ScreenPoint[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const a = polygon[i]!;
    const b = polygon[j]!;
    // Half open in y, so that a ray through a corner crosses once.
    if (a.y > y !== b.y > y && x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
  }
  return inside;
}

/** Indices within the loop, in rising order; `takes` leaves points out. A loop of fewer than 3 corners holds none. */
export function pointsInLasso(
  projected: Projected,
  polygon: readonly ScreenPoint[],
  takes: (index: number) => boolean = () => true,
): number[] {
  if (polygon.length < 3) return [];
  let [left, right, top, bottom] = [polygon[0]!.x, polygon[0]!.x, polygon[0]!.y, polygon[0]!.y];
  for (const { x, y } of polygon) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const found: number[] = [];
  for (let i = 0; i < projected.count; i++) {
    const x = projected.x[i]!;
    const y = projected.y[i]!;
    // NaN fails every comparison: what is not seen is not held.
    if (x >= left && x <= right && y >= top && y <= bottom && takes(i) && inPolygon(polygon, x, y))
      found.push(i);
  }
  return found;
}
