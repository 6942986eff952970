/** How large points are drawn: the fuller the picture, the smaller. */

/** Share of the picture that all points together would cover if none lay on another. */
const COVER = 0.05;
export const LEAST = 2.5;
export const MOST = 9;

/** Diameter in CSS pixels of a point at the focus, for `count` points in a picture of `width` x `height`. */
export function pointSize(count: number, width: number, height: number): number {
  if (count <= 0) return MOST;
  const size = Math.sqrt((COVER * width * height) / count) * 2;
  return Math.min(MOST, Math.max(LEAST, size));
}

/** Nearer points are larger, within bounds that keep far ones visible and near ones from covering the picture. */
export const NEAR_MOST = 1.6;
export const FAR_LEAST = 0.6;

/** Diameter at clip w, where `focus` is the distance at which a point has its own size (0: no perspective). */
export function sizeAt(size: number, w: number, focus: number): number {
  if (focus <= 0) return size;
  return size * Math.min(NEAR_MOST, Math.max(FAR_LEAST, focus / w));
}

/** Selected points are drawn larger by this. */
export const SELECTED_GROWTH = 1.4;
