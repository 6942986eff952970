/** Where the numbers of a weight tensor are, by the names of its axes, and how they are best drawn. */

/** Axes that make a picture, with what stands for the other where only one is there. */
const ACROSS = ['x', 'time'];
const DOWN = 'y';
/** Axis of the layer's own units; `gate unit` is all units of the first gate, then of the next. */
const UNIT = ['unit', 'gate unit'];
const INPUT = 'input';

export interface WeightTensor {
  readonly name: string;
  readonly axes: readonly string[];
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}
export type PictureKind = 'kernels' | 'matrix' | 'bars';

/** Kernels as pictures, two axes as a matrix, one as bars; more than two axes without a picture as a matrix of the first by the rest. */
export function pictureKind({ axes, shape }: Pick<WeightTensor, 'axes' | 'shape'>): PictureKind {
  if (axes.length > 1 && axes.some((axis) => ACROSS.includes(axis))) return 'kernels';
  return shape.length >= 2 ? 'matrix' : 'bars';
}

function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] ?? 1) * (shape[i + 1] ?? 1);
  return strides;
}

/** Index along every axis of a number by its place in the flat array. */
export function indicesOf(shape: readonly number[], flat: number): number[] {
  return stridesOf(shape).map((stride, i) => Math.floor(flat / stride) % Math.max(1, shape[i] ?? 1));
}

/** "y 1, x 2, input 0" of a number, leaving the axes of units out, for they are told by address. */
export function placeName(
  { axes, shape }: WeightTensor,
  flat: number,
  leaveOut: readonly string[] = [],
): string {
  return indicesOf(shape, flat)
    .flatMap((index, i) => (leaveOut.includes(axes[i] ?? '') ? [] : [`${axes[i]} ${index}`]))
    .join(', ');
}

/** Index of the unit that a number leads into, of `units`; null where the tensor has no such axis. */
export function unitAt({ axes, shape }: WeightTensor, flat: number, units: number): number | null {
  const axis = axes.findIndex((name) => UNIT.includes(name));
  if (axis < 0) return null;
  const index = indicesOf(shape, flat)[axis] ?? 0;
  return axes[axis] === 'gate unit' && units > 0 ? index % units : index;
}
/** Index of the input that a number comes from; null where the tensor has no such axis. */
export function inputAt({ axes, shape }: WeightTensor, flat: number): number | null {
  const axis = axes.indexOf(INPUT);
  return axis < 0 ? null : (indicesOf(shape, flat)[axis] ?? null);
}

export interface Kernels {
  readonly rows: number;
  readonly columns: number;
  /** Place of each picture's first number, units first, then inputs. */
  readonly from: readonly number[];
  readonly down: number;
  readonly across: number;
}
export function kernelsOf({ axes, shape }: WeightTensor): Kernels {
  const strides = stridesOf(shape);
  const x = axes.findIndex((axis) => ACROSS.includes(axis));
  const y = axes.indexOf(DOWN);
  /** The other axes, the slowest first: units, then the rest in their order. */
  const others = axes
    .map((_, i) => i)
    .filter((i) => i !== x && i !== y)
    .sort((a, b) => Number(UNIT.includes(axes[b] ?? '')) - Number(UNIT.includes(axes[a] ?? '')) || a - b);
  let from = [0];
  for (const axis of others)
    from = from.flatMap((base) =>
      Array.from({ length: shape[axis] ?? 1 }, (_, k) => base + k * (strides[axis] ?? 1)),
    );
  return {
    rows: y < 0 ? 1 : (shape[y] ?? 1),
    columns: shape[x] ?? 1,
    from,
    down: y < 0 ? 0 : (strides[y] ?? 1),
    across: strides[x] ?? 1,
  };
}
/** The numbers of one picture, in rows. */
export function kernelAt(data: ArrayLike<number>, kernels: Kernels, at: number): Float64Array {
  const { rows, columns, down, across, from } = kernels;
  const base = from[at] ?? 0;
  return Float64Array.from(
    { length: rows * columns },
    (_, i) => data[base + Math.floor(i / columns) * down + (i % columns) * across] ?? Number.NaN,
  );
}

/** Places of the numbers that lead into a unit (all, where the tensor is of one unit), strongest first. */
export function strongestInto(tensor: WeightTensor, unit: number, units: number, most: number): number[] {
  const places: number[] = [];
  for (let flat = 0; flat < tensor.data.length; flat++) {
    const at = unitAt(tensor, flat, units);
    if (at === null || at === unit) places.push(flat);
  }
  const size = (flat: number) => {
    const value = Math.abs(tensor.data[flat] ?? Number.NaN);
    return Number.isNaN(value) ? -1 : value;
  };
  return places.sort((a, b) => size(b) - size(a) || a - b).slice(0, most);
}
