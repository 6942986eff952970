/** Scales of feature maps: one for the layer, or one for each unit. */
import { extentOf } from '../shared/drawing/scales.ts';

export interface Extents {
  /** Largest absolute value of all maps. */
  readonly layer: number;
  /** Of each map. */
  readonly units: readonly number[];
}
/** `values` is (units, height, width), flat; `size` is height times width. */
export function extentsOf(values: ArrayLike<number>, units: number, size: number): Extents {
  const own = Array.from({ length: units }, (_, u) => extentOf(values, u * size, (u + 1) * size));
  return { layer: own.reduce((a, b) => Math.max(a, b), 0), units: own };
}
