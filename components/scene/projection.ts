/** Where points are on the screen. */

/** Points in CSS pixels from the upper left corner of the picture; NaN for what the camera cannot see. */
export interface Projected {
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Clip depth, -1 at the near plane to 1 at the far one: less is in front. */
  readonly depth: Float32Array;
  /** Clip w: the distance along the view under perspective, 1 without. */
  readonly w: Float32Array;
}

export function emptyProjection(count: number): Projected {
  return {
    count,
    x: new Float32Array(count),
    y: new Float32Array(count),
    depth: new Float32Array(count),
    w: new Float32Array(count),
  };
}

/**
 * Projects `positions` (n, 3) by a view-projection matrix (16 numbers, columns first, as three.js and WebGL keep them)
 * onto a picture of `width` x `height` CSS pixels. Writes into `out`, which has as many places.
 */
export function project(
  positions: ArrayLike<number>,
  matrix: ArrayLike<number>,
  width: number,
  height: number,
  out: Projected,
): Projected {
  const m = Float64Array.from(matrix);
  for (let i = 0; i < out.count; i++) {
    const px = positions[3 * i]!;
    const py = positions[3 * i + 1]!;
    const pz = positions[3 * i + 2]!;
    const w = m[3]! * px + m[7]! * py + m[11]! * pz + m[15]!;
    const z = (m[2]! * px + m[6]! * py + m[10]! * pz + m[14]!) / w;
    const seen = w > 0 && z >= -1 && z <= 1;
    out.x[i] = seen ? ((m[0]! * px + m[4]! * py + m[8]! * pz + m[12]!) / w + 1) * 0.5 * width : Number.NaN;
    out.y[i] = seen ? (1 - (m[1]! * px + m[5]! * py + m[9]! * pz + m[13]!) / w) * 0.5 * height : Number.NaN;
    out.depth[i] = z;
    out.w[i] = w;
  }
  return out;
}
