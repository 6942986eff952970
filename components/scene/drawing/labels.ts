/** Sparse labels: as many as fit without lying on each other, the first ones first. */
export interface LabelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const apart = (a: LabelBox, b: LabelBox) =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

/** Which boxes to draw, greedily in their order, inside a picture of `width` x `height`; `most` of them. */
export function sparse(boxes: readonly LabelBox[], width: number, height: number, most: number): number[] {
  const kept: number[] = [];
  boxes.forEach((box, i) => {
    if (kept.length >= most) return;
    const inside = box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
    if (inside && kept.every((k) => apart(box, boxes[k]!))) kept.push(i);
  });
  return kept;
}
