/** Points about the origin: however far off and however large the components are, the camera sees the unit ball. */
export interface Normalised {
  /** (n, 3) float32, within the unit ball; a missing third component is 0. What is not finite stays so. */
  readonly positions: Float32Array;
  readonly count: number;
  /** Half the extent along each axis after scaling; 0 where all points agree. */
  readonly half: readonly [number, number, number];
  /** Middle of the bounding box and radius about it, in the units of the components. */
  readonly center: readonly [number, number, number];
  readonly radius: number;
  /** Points with a component that is no finite number: they cannot be drawn. */
  readonly lost: number;
}

/** `xyz` (n, dims) in rows; `dims` 2 or 3. One scale for all axes, so that distances keep their meaning. */
export function normalise(xyz: ArrayLike<number>, dims: number): Normalised {
  const count = Math.floor(xyz.length / dims);
  const axes = Math.min(3, dims);
  const finite = (i: number) => isFinitePoint(xyz, dims, axes, i);
  const low = [0, 0, 0].fill(Number.POSITIVE_INFINITY);
  const high = [0, 0, 0].fill(Number.NEGATIVE_INFINITY);
  let lost = 0;
  for (let i = 0; i < count; i++) {
    if (!finite(i)) {
      lost += 1;
      continue;
    }
    for (let d = 0; d < axes; d++) {
      const value = xyz[i * dims + d]!;
      if (value < low[d]!) low[d] = value;
      if (value > high[d]!) high[d] = value;
    }
  }
  const any = lost < count;
  // Halves first: the sum of two ends can overflow where each does not.
  const center = low.map((l, d) => (any && d < axes ? l / 2 + high[d]! / 2 : 0));
  // In units of the longest side: squares of what is very large or very small leave the range of numbers.
  const reach = any ? Math.max(...center.map((c, d) => (d < axes ? high[d]! - c : 0))) : 0;
  const longest = reach > 0 ? reach : 1;
  const place = (i: number, d: number) => (xyz[i * dims + d]! - center[d]!) / longest;
  let most = 0;
  for (let i = 0; i < count; i++) {
    if (!finite(i)) continue;
    let square = 0;
    for (let d = 0; d < axes; d++) square += place(i, d) ** 2;
    most = Math.max(most, Math.sqrt(square));
  }
  const unit = most > 0 ? most : 1;
  const positions = new Float32Array(count * 3);
  for (let i = 0; i < count; i++) {
    const drawn = finite(i);
    for (let d = 0; d < 3; d++)
      positions[3 * i + d] = !drawn ? Number.NaN : d < axes ? place(i, d) / unit : 0;
  }
  const half = (d: number) => (any && d < axes ? (high[d]! - center[d]!) / longest / unit : 0);
  return {
    positions,
    count,
    half: [half(0), half(1), half(2)],
    center: [center[0]!, center[1]!, center[2]!],
    radius: most * longest,
    lost,
  };
}

function isFinitePoint(xyz: ArrayLike<number>, dims: number, axes: number, at: number): boolean {
  for (let d = 0; d < axes; d++) if (!Number.isFinite(xyz[at * dims + d])) return false;
  return true;
}
/** Points that cannot be drawn by their first `axes` components, for one of these is no finite number. */
export function lostPoints(xyz: ArrayLike<number>, dims: number, axes: number): number {
  const count = Math.floor(xyz.length / dims);
  let lost = 0;
  for (let i = 0; i < count; i++) if (!isFinitePoint(xyz, dims, axes, i)) lost += 1;
  return lost;
}

/** The first two components of (n, dims). */
export function firstTwo(xyz: ArrayLike<number>, dims: number): Float32Array {
  const count = Math.floor(xyz.length / dims);
  return Float32Array.from({ length: count * 2 }, (_, k) => xyz[Math.floor(k / 2) * dims + (k % 2)]!);
}
