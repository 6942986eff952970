/** Boxes that are chosen by score, without those that overlap a better one. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** Indices of at most `most` boxes of scores above `least`, best first, none of which overlaps a better one by more than `overlap`. */
export function suppressed(
  boxes: readonly Box[],
  scores: readonly number[],
  most: number,
  overlap: number,
  least: number,
): number[] {
  const order = boxes
    .map((_, at) => at)
    .filter((at) => (scores[at] ?? Number.NaN) > least)
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const chosen: number[] = [];
  for (const at of order) {
    if (chosen.length >= most) break;
    const box = boxes[at];
    if (box && chosen.every((other) => shared(box, boxes[other] ?? box) <= overlap)) chosen.push(at);
  }
  return chosen;
}

/** Intersection over union. */
function shared(a: Box, b: Box): number {
  const area = (box: Box) => (box.bottom - box.top) * (box.right - box.left);
  const high = Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
  const wide = Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left));
  const both = high * wide;
  const [first, second] = [area(a), area(b)];
  return first <= 0 || second <= 0 ? 0 : both / (first + second - both);
}
