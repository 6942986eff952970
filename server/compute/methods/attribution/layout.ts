/** How a result arranges attributions: pictures, rows, maps unit first; cropping, sums, slices of a unit. */
import { UserError } from '../../../../core/errors/index.ts';
import type { Axis } from '../../../../core/result/index.ts';

/** Height, width and channels. */
export type Plane = readonly [height: number, width: number, channels: number];
/** x1, y1, x2, y2 in pixels; x2 and y2 exclusive. */
export type Window = readonly [x1: number, y1: number, x2: number, y2: number];

/** An example as a picture: of two axes with one channel; null for a row of numbers and for more than three axes. */
export function planeOf(shape: readonly number[]): Plane | null {
  const [height, width, channels = 1] = shape;
  if (height === undefined || width === undefined || shape.length > 3) return null;
  return [height, width, channels];
}

/** Feature maps as (places, units), and where the places lie: a sequence is one row, a flat layer one place. */
export interface Maps {
  readonly height: number;
  readonly width: number;
  readonly units: number;
}

/** Throws UserError('unsupported') for maps of more than two dimensions. */
export function mapsOf(layer: string, shape: readonly number[]): Maps {
  if (shape.length > 3)
    throw new UserError(
      'unsupported',
      `${layer} puts out [${shape.join(', ')}]: feature maps of more than two dimensions cannot be drawn yet`,
    );
  const units = shape.at(-1) ?? 1;
  const [height, width] =
    shape.length === 3 ? [shape[0] ?? 1, shape[1] ?? 1] : [1, shape.length === 2 ? (shape[0] ?? 1) : 1];
  return { height, width, units };
}

/** (places, units) -> (units, places) */
export function unitFirst(values: Float32Array, { height, width, units }: Maps): Float32Array {
  const places = height * width;
  const out = new Float32Array(values.length);
  for (let place = 0; place < places; place++)
    for (let unit = 0; unit < units; unit++) out[unit * places + place] = values[place * units + unit]!;
  return out;
}

/** One unit of (places, units). */
export function unitOf(values: Float32Array, unit: number, { units }: Maps): Float32Array {
  return Float32Array.from({ length: values.length / units }, (_, place) => values[place * units + unit]!);
}

/** Sums over places of (places, units) from `at` on, (units). */
export function sumsOverPlaces(values: ArrayLike<number>, at: number, maps: Maps): Float64Array {
  const sums = new Float64Array(maps.units);
  const size = maps.height * maps.width * maps.units;
  for (let i = 0; i < size; i++) sums[i % maps.units]! += values[at + i]!;
  return sums;
}

/** The window of each of n pictures (height, width, channels). */
export function cropped(
  values: Float32Array,
  [height, width, channels]: Plane,
  window: Window,
): Float32Array {
  const [x1, y1, x2, y2] = window;
  const row = (x2 - x1) * channels;
  const n = values.length / (height * width * channels);
  const out = new Float32Array(n * (y2 - y1) * row);
  let at = 0;
  for (let i = 0; i < n; i++)
    for (let y = y1; y < y2; y++) {
      const from = ((i * height + y) * width + x1) * channels;
      out.set(values.subarray(from, from + row), at);
      at += row;
    }
  return out;
}

export const pixels = (name: 'x' | 'y', size: number): Axis => ({ name, size, unit: 'pixels' });

export const planeAxes = ([height, width, channels]: Plane): Axis[] => [
  pixels('y', height),
  pixels('x', width),
  { name: 'channel', size: channels },
];

export const unitAxis = (layer: string, first: number, count: number): Axis => ({
  name: 'unit',
  size: count,
  labels: Array.from({ length: count }, (_, i) => `${layer}#${first + i}`),
});
