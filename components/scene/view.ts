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

/** What has to be in sight: points (n, 3) within the unit ball, and half the sides of their box. */
export interface FitTarget {
  readonly positions: ArrayLike<number>;
  readonly half: readonly number[];
}

/** Room for turning: never nearer than this share of the distance from which the whole unit ball is seen. */
const NEAREST = 0.7;

/** The least distance along `away` (unit length, y upright) from which all points are in the picture. */
export function distanceFor(
  positions: ArrayLike<number>,
  away: Vector3,
  width: number,
  height: number,
): number {
  const up = Math.tan((FIELD * Math.PI) / 360) / MARGIN;
  const across = up * (width / Math.max(1, height));
  const right = new Vector3(0, 1, 0).cross(away).normalize();
  const top = away.clone().cross(right);
  let least = 0;
  for (let i = 0; i + 2 < positions.length; i += 3) {
    const [x, y, z] = [positions[i]!, positions[i + 1]!, positions[i + 2]!];
    const side = Math.abs(x * right.x + y * right.y + z * right.z) / across;
    const rise = Math.abs(x * top.x + y * top.y + z * top.z) / up;
    const near = x * away.x + y * away.y + z * away.z;
    const needed = near + Math.max(side, rise);
    // A point that is no number compares as false.
    if (needed > least) least = needed;
  }
  const ball = fitDistance(width, height);
  return Math.min(ball, Math.max(least, ball * NEAREST));
}

/** Sees all of the cloud; `turn` also goes back to the first angle. */
export function fitCamera(
  camera: CloudCamera,
  target: Vector3,
  inView: FitTarget,
  width: number,
  height: number,
  turn: boolean,
): void {
  if (camera instanceof PerspectiveCamera) {
    const away = turn
      ? new Vector3().setFromSpherical(START)
      : camera.position.clone().sub(target).normalize();
    target.set(0, 0, 0);
    const distance = distanceFor(inView.positions, away, width, height);
    camera.position.copy(away.multiplyScalar(distance));
  } else {
    target.set(0, 0, 0);
    camera.position.set(0, 0, 10);
    camera.zoom = fitZoom(inView.half, width, height);
  }
  camera.lookAt(target);
  camera.updateProjectionMatrix();
}
