/** Where the numbers of a resized axis come from: for each place a few neighbours, and what each counts. */
import { UserError } from '../../../../core/errors/index.ts';

export interface Interpolation {
  readonly node: string;
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly nearest: string;
  readonly coordinates: string;
  readonly cubicA: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
}

/** `places[tap][at]` is the neighbour of place `at`, clamped into the axis; null in `outside` where no place lies outside. */
export interface Taps {
  readonly places: readonly Int32Array[];
  readonly weights: readonly Float32Array[];
  /** Which places lie outside of the axis, where such get a value of their own (tf_crop_and_resize). */
  readonly outside: Uint8Array | null;
}

/** `roi`: start and end of what is cut out, relative to the axis. */
export function tapsOf(
  own: Interpolation,
  size: number,
  made: number,
  scale: number,
  roi: readonly [number, number],
): Taps {
  const origins = Float64Array.from({ length: made }, (_, at) => originOf(own, at, size, made, scale, roi));
  const outside =
    own.coordinates === 'tf_crop_and_resize'
      ? Uint8Array.from(origins, (origin) => (origin < 0 || origin > size - 1 ? 1 : 0))
      : null;
  if (own.mode === 'nearest') {
    const places = Int32Array.from(origins, (origin) =>
      clamp(nearestOf(own, Math.fround(origin), scale), size),
    );
    return { places: [places], weights: [new Float32Array(made).fill(1)], outside };
  }
  const reach = own.mode === 'linear' ? 1 : 2;
  // Wider where it shrinks, so that each number of the axis counts.
  const wide = own.antialias ? Math.min(scale, 1) : 1;
  const first = Math.floor(-reach / wide) + 1;
  const count = 2 - 2 * first;
  const places = Array.from({ length: count }, () => new Int32Array(made));
  const weights = Array.from({ length: count }, () => new Float32Array(made));
  origins.forEach((origin, at) => {
    const start = Math.floor(origin);
    const shares = Array.from({ length: count }, (_, tap) => {
      const place = start + first + tap;
      const counts = own.excludeOutside && (place < 0 || place >= size);
      return counts ? 0 : kernel(own, (place - origin) * wide);
    });
    const total = shares.reduce((sum, weight) => sum + weight, 0);
    shares.forEach((weight, tap) => {
      const column = weights[tap];
      const row = places[tap];
      if (column) column[at] = total === 0 ? 0 : weight / total;
      if (row) row[at] = clamp(start + first + tap, size);
    });
  });
  return { places, weights, outside };
}

const clamp = (place: number, size: number) => Math.min(Math.max(place, 0), size - 1);

function kernel({ mode, cubicA: a }: Interpolation, distance: number): number {
  const x = Math.abs(distance);
  if (mode === 'linear') return Math.max(0, 1 - x);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/** The place in the axis that one of the resized axis lies at. */
function originOf(
  { coordinates, node }: Interpolation,
  at: number,
  size: number,
  made: number,
  scale: number,
  [start, end]: readonly [number, number],
): number {
  // May differ from how many are made, which is a whole number.
  const length = scale * size;
  switch (coordinates) {
    case 'half_pixel':
      return (at + 0.5) / scale - 0.5;
    case 'half_pixel_symmetric':
      return (size / 2) * (1 - made / length) + (at + 0.5) / scale - 0.5;
    case 'pytorch_half_pixel':
      return made > 1 ? (at + 0.5) / scale - 0.5 : 0;
    case 'align_corners':
      return made > 1 ? (at * (size - 1)) / (length - 1) : 0;
    case 'asymmetric':
      return at / scale;
    case 'tf_half_pixel_for_nn':
      return (at + 0.5) / scale;
    case 'tf_crop_and_resize':
      return made > 1
        ? start * (size - 1) + (at * (end - start) * (size - 1)) / (length - 1)
        : 0.5 * (start + end) * (size - 1);
    default:
      throw new UserError(
        'unsupported',
        `the node ${node} finds places by "${coordinates}", which is not known here`,
      );
  }
}

/** Of single precision, as it is computed elsewhere: a third of 9 is 3 then, and not a little less. */
function nearestOf({ nearest, node }: Interpolation, origin: number, scale: number): number {
  switch (nearest) {
    case 'simple':
      return scale < 1 ? Math.ceil(origin) : Math.floor(origin);
    case 'round_prefer_floor':
      return Math.ceil(origin - 0.5);
    case 'round_prefer_ceil':
      return Math.floor(origin + 0.5);
    case 'floor':
      return Math.floor(origin);
    case 'ceil':
      return Math.ceil(origin);
    default:
      throw new UserError(
        'unsupported',
        `the node ${node} takes the nearest by "${nearest}", which is not known here`,
      );
  }
}
