/** How large points are drawn: the fuller the picture, the smaller. */

/** Share of the picture that all points together would cover if none lay on another. */
const COVER = 0.05;
export const MIN_DIAMETER = 2.5;
export const MAX_DIAMETER = 9;

/** Diameter in CSS pixels of a point at the focus, for `count` points in a picture of `width` x `height`. */
export function pointSize(count: number, width: number, height: number): number {
  if (count <= 0) return MAX_DIAMETER;
  const size = Math.sqrt((COVER * width * height) / count) * 2;
  return Math.min(MAX_DIAMETER, Math.max(MIN_DIAMETER, size));
}

/** Nearer points are larger, within bounds that keep far ones visible and near ones from covering the picture. */
export const MAX_GROWTH = 1.6;
export const MIN_GROWTH = 0.6;

/** Diameter at clip w, where `focus` is the distance at which a point has its own size (0: no perspective). */
export function sizeAt(size: number, w: number, focus: number): number {
  if (focus <= 0) return size;
  return size * Math.min(MAX_GROWTH, Math.max(MIN_GROWTH, focus / w));
}

/** Selected points are drawn larger by this. */
export const SELECTED_GROWTH = 1.4;
