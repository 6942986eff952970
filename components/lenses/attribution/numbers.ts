/** Numbers of attributions: sums over channels, robust scales, what is within its error, where a cropped map lies. */

/** Values (places, channels) as one number per place: the sum over channels, or one channel (null: the sum). */
export function perPlace(
  values: ArrayLike<number>,
  channels: number,
  channel: number | null,
  from = 0,
  to = values.length,
): Float64Array {
  const places = channels > 0 ? Math.floor((to - from) / channels) : 0;
  const out = new Float64Array(places);
  for (let p = 0; p < places; p++) {
    if (channel !== null) {
      out[p] = values[from + p * channels + channel] ?? Number.NaN;
      continue;
    }
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += values[from + p * channels + c] ?? Number.NaN;
    out[p] = sum;
  }
  return out;
}

/** Standard errors like perPlace; those of several channels are added as of independent samples. */
export function errorPerPlace(
  errors: ArrayLike<number>,
  channels: number,
  channel: number | null,
): Float64Array {
  if (channel !== null) return perPlace(errors, channels, channel);
  const squares = Float64Array.from(errors, (e) => e * e);
  return perPlace(squares, channels, null).map(Math.sqrt);
}

/** Robust scales leave out this share of the largest magnitudes. */
export const ROBUST = 0.99;

/**
 * Half of a symmetric scale: the largest magnitude of all arrays, or the quantile of magnitudes that leaves outliers out
 * (nearest rank). Where more than that share is zero, the largest. What is not finite is passed over.
 */
export function reachOf(arrays: readonly ArrayLike<number>[], quantile: number | null): number {
  const sizes: number[] = [];
  for (const values of arrays)
    for (let i = 0; i < values.length; i++) {
      const size = Math.abs(values[i] ?? Number.NaN);
      if (Number.isFinite(size)) sizes.push(size);
    }
  let largest = 0;
  for (const size of sizes) if (size > largest) largest = size;
  if (quantile === null || sizes.length === 0) return largest;
  sizes.sort((a, b) => a - b);
  const at = sizes[Math.min(sizes.length - 1, Math.max(0, Math.ceil(quantile * sizes.length) - 1))] ?? 0;
  return at > 0 ? at : largest;
}

/** Whether a sampled value may as well be zero: no farther from it than two standard errors. */
export const isWithinError = (value: number, error: number | undefined): boolean =>
  error !== undefined && Number.isFinite(error) && Math.abs(value) <= 2 * error;

/**
 * How much of the picture below a value covers, 0 to 1: the stronger, the more, so that the picture shows where there is
 * no evidence. What is no number covers it.
 */
export function coverOf(value: number, reach: number): number {
  if (!Number.isFinite(value)) return 1;
  const share = reach > 0 ? Math.min(1, Math.abs(value) / reach) : 0;
  return MIN_COVER + (1 - MIN_COVER) * Math.sqrt(share);
}
const MIN_COVER = 0.3;

/** A rectangle in shares of a picture, 0 to 1. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
const WHOLE: Window = { x: 0, y: 0, w: 1, h: 1 };

/** Where a map of values lies over its picture: a window of the input where it is cropped to it, else all over. */
export function windowOf(
  region: readonly [number, number, number, number] | null,
  layer: string | null,
  picture: { readonly width: number; readonly height: number } | null,
): Window {
  if (region === null || layer !== null || picture === null || picture.width === 0 || picture.height === 0)
    return WHOLE;
  const [x1, y1, x2, y2] = region;
  return {
    x: x1 / picture.width,
    y: y1 / picture.height,
    w: (x2 - x1) / picture.width,
    h: (y2 - y1) / picture.height,
  };
}

/** The `most` strongest places of an array, largest magnitude first; what is not a number comes last. */
export function strongest(values: ArrayLike<number>, most: number): number[] {
  const size = (i: number) => {
    const value = Math.abs(values[i] ?? Number.NaN);
    return Number.isNaN(value) ? -1 : value;
  };
  return Array.from({ length: values.length }, (_, i) => i)
    .sort((a, b) => size(b) - size(a) || a - b)
    .slice(0, most);
}
