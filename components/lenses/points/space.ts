/** A result of points as the lens needs it: places, addresses and pictures of its points. */
import { type PointsRecord, pointsRecordSchema, type Result } from '@/core/result/types.ts';
import { photograph, raster } from '../shared/drawing/raster.ts';
import { divergingScale, extentOf } from '../shared/drawing/scales.ts';
import { optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import { type Column, columnsOf } from './columns.ts';

export interface Space {
  readonly kind: 'unit' | 'example';
  readonly record: PointsRecord;
  /** (n, dims) in rows. */
  readonly xyz: ArrayLike<number>;
  readonly n: number;
  readonly dims: number;
  readonly columns: readonly Column[];
  /** Canonical address of a point; null when the result does not say what it is about. */
  address(at: number): string | null;
  /** Points by address. */
  find(addresses: readonly string[]): number[];
  /** "#7" or "[42]": as an address ends. */
  name(at: number): string;
  /** The layer's address, selected together with its units. */
  readonly layer: string | null;
  /** See Subject. */
  readonly model: string | null;
  readonly about: string | null;
}

/** Throws LensError when the result lacks what is needed. */
export function spaceOf(result: Result): Space {
  const record = recordOf(result, pointsRecordSchema);
  const xyz = tensorOf(result, 'xyz');
  const [n = 0, dims = 0] = xyz.shape;
  const kind = result.meta.type === 'points[unit]' ? 'unit' : 'example';
  const subject = subjectOf(result);
  const index = optionalTensor(result, 'index')?.data ?? null;
  const number = (at: number) => (kind === 'unit' ? subject.unitIndex(at) : (index?.[at] ?? at));
  const address = (at: number) =>
    kind === 'unit' ? subject.unitAddress(at) : subject.exampleAddress(number(at));
  let places: Map<string, number> | null = null;
  const byAddress = () => {
    if (places) return places;
    places = new Map();
    for (let i = 0; i < n; i++) {
      const text = address(i);
      if (text !== null) places.set(text, i);
    }
    return places;
  };
  return {
    kind,
    record,
    xyz: xyz.data,
    n,
    dims,
    columns: columnsOf(result, n),
    address,
    find: (addresses) =>
      addresses.length === 0
        ? []
        : addresses.map((text) => byAddress().get(text)).filter((i) => i !== undefined),
    name: (at) => (kind === 'unit' ? `#${number(at)}` : `[${number(at)}]`),
    layer: kind === 'unit' ? subject.layerAddress() : null,
    model: subject.model,
    about: subject.about,
  };
}

/** A point's picture, as many pixels as it has; null when it came without. Bytes are 0 to 255, others 0 to 1. */
export function pictureOf(result: Result, at: number, dark: boolean): HTMLCanvasElement | null {
  const pictures = optionalTensor(result, 'pictures');
  if (!pictures) return null;
  const [n = 0, rows = 0, columns = 0, channels = 0] = pictures.shape;
  const size = rows * columns * channels;
  if (at >= n || size === 0) return null;
  const bytes = pictures.dtype === 'U8';
  const values = Float32Array.from(pictures.data.subarray(at * size, (at + 1) * size), (v) =>
    bytes ? v / 255 : v,
  );
  // Inputs that were made signed have no black to begin at.
  if (channels === 1 && values.some((v) => v < -1e-6))
    return raster(values, 0, columns, rows, divergingScale(extentOf(values), dark));
  return photograph(values, 0, rows, columns, channels);
}

/** The columns of (n, dims) that are shown, side by side. */
export function pickAxes(xyz: ArrayLike<number>, dims: number, axes: readonly number[]): ArrayLike<number> {
  if (axes.length === dims && axes.every((axis, d) => axis === d)) return xyz;
  const n = dims > 0 ? Math.floor(xyz.length / dims) : 0;
  const picked = new Float32Array(n * axes.length);
  for (let i = 0; i < n; i++)
    axes.forEach((axis, d) => {
      picked[i * axes.length + d] = axis < dims ? (xyz[i * dims + axis] ?? Number.NaN) : Number.NaN;
    });
  return picked;
}

/** The columns, and which points people marked where some are. */
export function withMarks(space: Space, marked: ReadonlySet<string> | undefined): readonly Column[] {
  if (space.kind !== 'example' || !marked || marked.size === 0) return space.columns;
  const places = space.find([...marked]);
  if (places.length === 0) return space.columns;
  const values = new Uint8Array(space.n);
  for (const at of places) values[at] = 1;
  return [...space.columns, { id: 'marked', name: 'mark', kind: 'flag', values }];
}
