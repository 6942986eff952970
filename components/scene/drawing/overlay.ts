/** What lies over the points: the hovered one, pictures and texts beside points, the lasso and the axes' gizmo. */
import { type Camera, Vector3 } from 'three';
import type { ScreenPoint } from '../pointing/lasso.ts';
import type { Projected } from '../projection.ts';
import { type CloudLabel, type CloudPicture, css, type Rgb, type SceneTheme } from '../types.ts';
import { sparse } from './labels.ts';

export interface Overlay {
  readonly width: number;
  readonly height: number;
  readonly theme: SceneTheme;
  readonly font: string;
  readonly camera: Camera;
  readonly axes: readonly string[];
  readonly dims: 2 | 3;
  readonly projected: Projected;
  diameter(index: number): number;
  color(index: number): Rgb;
  readonly hovered: number | null;
  readonly labels: readonly CloudLabel[];
  readonly pictures: readonly CloudPicture[];
  readonly lasso: readonly ScreenPoint[];
}

const TEXT = 11;
/** Side in CSS pixels of a picture beside a point. */
const PICTURE = 30;
const GAP = 4;
const MAX_LABELS = 24;

export function drawOverlay(target: CanvasRenderingContext2D, overlay: Overlay): void {
  target.font = `${TEXT}px ${overlay.font}`;
  target.textBaseline = 'middle';
  drawPictures(target, overlay);
  drawHovered(target, overlay);
  drawLasso(target, overlay);
  drawGizmo(target, overlay);
  drawLabels(target, overlay);
}

function drawHovered(
  target: CanvasRenderingContext2D,
  { hovered, projected, diameter, color, theme }: Overlay,
): void {
  if (hovered === null || Number.isNaN(projected.x[hovered] ?? Number.NaN)) return;
  target.beginPath();
  target.arc(
    projected.x[hovered]!,
    projected.y[hovered]!,
    Math.max(6, diameter(hovered) * 0.9),
    0,
    2 * Math.PI,
  );
  target.fillStyle = css(color(hovered));
  target.fill();
  target.lineWidth = 2;
  target.strokeStyle = css(theme.ink);
  target.stroke();
}

function drawPictures(
  target: CanvasRenderingContext2D,
  { pictures, projected, diameter, width, theme }: Overlay,
): void {
  target.imageSmoothingEnabled = false;
  for (const { index, image } of pictures) {
    const x = projected.x[index] ?? Number.NaN;
    const y = projected.y[index] ?? Number.NaN;
    if (Number.isNaN(x)) continue;
    const factor = PICTURE / Math.max(1, image.width, image.height);
    const [w, h] = [image.width * factor, image.height * factor];
    const off = diameter(index) / 2 + GAP;
    const left = x + off + w > width ? x - off - w : x + off;
    target.drawImage(image, left, y - h / 2, w, h);
    target.lineWidth = 1.5;
    target.strokeStyle = css(theme.accent);
    target.strokeRect(left - 0.75, y - h / 2 - 0.75, w + 1.5, h + 1.5);
  }
}

function drawLabels(target: CanvasRenderingContext2D, overlay: Overlay): void {
  const { labels, projected, diameter, width, height, theme } = overlay;
  target.font = `600 ${TEXT}px ${overlay.font}`;
  const seen = labels.filter(({ index }) => !Number.isNaN(projected.x[index] ?? Number.NaN));
  const boxes = seen.map(({ index, text }) => ({
    x: projected.x[index]! + diameter(index) / 2 + GAP,
    y: projected.y[index]! - TEXT / 2 - 1,
    width: target.measureText(text).width,
    height: TEXT + 2,
  }));
  target.textAlign = 'left';
  target.lineJoin = 'round';
  for (const k of sparse(boxes, width, height, MAX_LABELS)) {
    const { x, y } = boxes[k]!;
    const { text } = seen[k]!;
    target.lineWidth = 3;
    target.strokeStyle = css(theme.ground);
    target.strokeText(text, x, y + TEXT / 2 + 1);
    target.fillStyle = css(theme.ink);
    target.fillText(text, x, y + TEXT / 2 + 1);
  }
}

function drawLasso(target: CanvasRenderingContext2D, { lasso, theme }: Overlay): void {
  const [first, ...rest] = lasso;
  if (!first || rest.length === 0) return;
  target.beginPath();
  target.moveTo(first.x, first.y);
  for (const { x, y } of rest) target.lineTo(x, y);
  target.closePath();
  target.fillStyle = css(theme.accent, 0.12);
  target.fill();
  target.lineWidth = 1.5;
  target.strokeStyle = css(theme.accent);
  target.stroke();
}

const ARM = 24;
const CORNER = 40;

/** Directions of the axes on the screen, back ones first: `toward` is above 0 when an axis points at the reader. */
export function gizmoArms(
  camera: Camera,
  dims: 2 | 3,
): { readonly axis: number; readonly x: number; readonly y: number; readonly toward: number }[] {
  const turn = camera.quaternion.clone().invert();
  return [0, 1, 2]
    .slice(0, dims)
    .map((axis) => {
      const arm = new Vector3(axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0).applyQuaternion(
        turn,
      );
      return { axis, x: arm.x, y: -arm.y, toward: arm.z };
    })
    .sort((a, b) => a.toward - b.toward);
}

function drawGizmo(
  target: CanvasRenderingContext2D,
  { camera, dims, axes, width, height, theme }: Overlay,
): void {
  if (width < 200 || height < 140) return;
  const [cx, cy] = [CORNER, height - CORNER];
  for (const { axis, x, y, toward } of gizmoArms(camera, dims)) {
    const strength = 0.65 + 0.35 * Math.max(-1, Math.min(1, toward));
    target.lineWidth = 1.5;
    target.strokeStyle = css(theme.muted, Math.max(0.45, strength));
    target.beginPath();
    target.moveTo(cx, cy);
    target.lineTo(cx + x * ARM, cy + y * ARM);
    target.stroke();
    const name = axes[axis] ?? '';
    // Beside the arm's end, so that long names grow away from it.
    target.textAlign = x > 0.4 ? 'left' : x < -0.4 ? 'right' : 'center';
    const [tx, ty] = [cx + x * (ARM + 4), cy + y * (ARM + 9)];
    target.lineWidth = 3;
    target.strokeStyle = css(theme.ground);
    target.strokeText(name, tx, ty);
    target.fillStyle = css(theme.muted);
    target.fillText(name, tx, ty);
  }
}
