/** The mark of a wrong prediction on a picture: a shape as well as a colour. */
import type { Theme } from './theme.ts';

/** A cross in a disc at the upper right corner (x, y) of a tile. */
export function drawWrong(context: CanvasRenderingContext2D, x: number, y: number, theme: Theme): void {
  const [cx, cy, r] = [x - 8, y + 8, 6];
  context.fillStyle = theme.color.surface;
  context.beginPath();
  context.arc(cx, cy, r + 1, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = theme.color.fault;
  context.beginPath();
  context.arc(cx, cy, r, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = theme.color.surface;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(cx - 2.2, cy - 2.2);
  context.lineTo(cx + 2.2, cy + 2.2);
  context.moveTo(cx + 2.2, cy - 2.2);
  context.lineTo(cx - 2.2, cy + 2.2);
  context.stroke();
}
