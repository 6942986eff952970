/** Axes of a scene, turned as the camera sees them, in the lower left corner of a 2D canvas. */
import { type Camera, Vector3 } from 'three';

export interface GizmoLook {
  readonly ink: string;
  readonly line: string;
  /** Names of x, y and z. */
  readonly names: readonly string[];
}
const ARM = 22;
const CORNER = 38;

export function drawGizmo(
  context: CanvasRenderingContext2D,
  camera: Camera,
  height: number,
  look: GizmoLook,
): void {
  const origin = { x: CORNER, y: height - CORNER };
  const arms = [new Vector3(1, 0, 0), new Vector3(0, 1, 0), new Vector3(0, 0, 1)].map((axis, i) => ({
    name: look.names[i] ?? '',
    seen: axis.transformDirection(camera.matrixWorldInverse),
  }));
  // Far arms first.
  arms.sort((a, b) => a.seen.z - b.seen.z);
  context.save();
  context.font = '600 11px "Inter Variable", system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 1.5;
  for (const { name, seen } of arms) {
    const [x, y] = [origin.x + seen.x * ARM, origin.y - seen.y * ARM];
    context.globalAlpha = seen.z < -0.2 ? 0.45 : 1;
    context.strokeStyle = look.line;
    context.beginPath();
    context.moveTo(origin.x, origin.y);
    context.lineTo(x, y);
    context.stroke();
    context.fillStyle = look.ink;
    context.fillText(name, origin.x + seen.x * (ARM + 9), origin.y - seen.y * (ARM + 9));
  }
  context.restore();
}
