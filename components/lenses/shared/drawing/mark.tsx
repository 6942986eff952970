/** The small mark of an example that people marked: a flag in the upper left corner of a picture, or beside a name. */
import { Flag } from 'lucide-react';

const SIZE = 9;

/** On a canvas, with its corner at x, y; a rim in the ground's colour parts it from the picture. */
export function paintMark(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  color: { readonly accent: string; readonly surface: string },
): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + SIZE, y);
  context.lineTo(x, y + SIZE);
  context.closePath();
  context.fillStyle = color.accent;
  context.fill();
  context.beginPath();
  context.moveTo(x + SIZE + 0.5, y);
  context.lineTo(x, y + SIZE + 0.5);
  context.strokeStyle = color.surface;
  context.lineWidth = 1;
  context.stroke();
}

export function MarkSign() {
  return <Flag aria-label="marked" className="size-3 shrink-0 text-accent" />;
}
