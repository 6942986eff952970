/** The camera: perspective on three components, a map on two. */
import { OrthographicCamera, PerspectiveCamera, Spherical, Vector3 } from 'three';

const FIELD = 38;
/** Room around the cloud. */
const MARGIN = 1.08;
/** Turned a little, so that depth is seen at once. */
const START = new Spherical(1, (72 * Math.PI) / 180, (28 * Math.PI) / 180);

export type CloudCamera = PerspectiveCamera | OrthographicCamera;

export function makeCamera(dims: 2 | 3): CloudCamera {
  return dims === 3
    ? new PerspectiveCamera(FIELD, 1, 0.01, 100)
    : new OrthographicCamera(-1, 1, 1, -1, 0.01, 100);
}

/** Distance from which the unit ball fills a picture of this shape. */
export function fitDistance(width: number, height: number): number {
  const vertical = (FIELD * Math.PI) / 360;
  const horizontal = Math.atan(Math.tan(vertical) * (width / Math.max(1, height)));
  return MARGIN / Math.sin(Math.min(vertical, horizontal));
}
/** CSS pixels per unit at which a box of these half sides fills a picture. */
export function fitZoom(half: readonly number[], width: number, height: number): number {
  const across = width / (2 * MARGIN * Math.max(half[0] ?? 0, 1e-3));
  const up = height / (2 * MARGIN * Math.max(half[1] ?? 0, 1e-3));
  return Math.min(across, up);
}

export function shape(camera: CloudCamera, width: number, height: number): void {
  if (camera instanceof PerspectiveCamera) camera.aspect = width / Math.max(1, height);
  else {
    camera.left = -width / 2;
    camera.right = width / 2;
    camera.top = height / 2;
    camera.bottom = -height / 2;
  }
  camera.updateProjectionMatrix();
}

/** Sees all of the cloud; `turn` also goes back to the first angle. */
export function fitCamera(
  camera: CloudCamera,
  target: Vector3,
  half: readonly number[],
  width: number,
  height: number,
  turn: boolean,
): void {
  if (camera instanceof PerspectiveCamera) {
    const away = turn
      ? new Vector3().setFromSpherical(START)
      : camera.position.clone().sub(target).normalize();
    target.set(0, 0, 0);
    camera.position.copy(away.multiplyScalar(fitDistance(width, height)));
  } else {
    target.set(0, 0, 0);
    camera.position.set(0, 0, 10);
    camera.zoom = fitZoom(half, width, height);
  }
  camera.lookAt(target);
  camera.updateProjectionMatrix();
}
