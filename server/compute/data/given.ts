/**
 * How stored values become what a model is given: the pair's preprocessing, ready to be applied number by number. An
 * example of a model of several inputs is one row, input after input, so that whatever asks about features asks about all
 * of them; `feed` takes it apart.
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { PreprocessingRecord, Source } from '../../../core/preprocessing/index.ts';
import type { NamedTensor } from '../../../core/result/index.ts';
import type { Tf } from '../tf.ts';

/** One input's stretch of an example. */
export interface Part {
  /** The input's name in the model. */
  readonly name: string;
  /** Shape of one example as the input takes it. */
  readonly shape: readonly number[];
  /** Place of its first number in the example, and how many it has. */
  readonly offset: number;
  readonly width: number;
  /** For each of its numbers the place in the stored one; null where the order is the same. */
  readonly source: Int32Array | null;
  /** The model takes whole numbers: fractions are cut off, as Keras does. */
  readonly whole: boolean;
  /** The same for every example; else its numbers are read from `stored`. */
  readonly constant: Float32Array | null;
  /** (size, width) as the file has them, or one column after the other. */
  readonly stored: NamedTensor['data'] | readonly NamedTensor['data'][];
}

export interface Given {
  /** Shape of one example: what the model takes, or the numbers of all its inputs in a row. */
  readonly shape: readonly number[];
  /** Shape of what the input that answers show is given: for sizes that the model leaves open. */
  readonly sizes: readonly number[];
  /** For each number of the given example: (stored - subtract) / divide. */
  readonly subtract: Float64Array;
  readonly divide: Float64Array;
  /** Input after input, that which answers show first. */
  readonly parts: readonly Part[];
}

/** `stored`: what each input is read from. */
export function givenBy(
  record: PreprocessingRecord,
  stored: (source: Source | null) => Part['stored'],
): Given {
  const { spec, shapes, input, beside = [] } = record;
  const first = { name: input?.name ?? '', source: input?.source ?? null, ...spec, shapes };
  const parts: Part[] = [];
  const subtract: number[] = [];
  const divide: number[] = [];
  let offset = 0;
  for (const { name, source, scale, layout, shapes: own } of [first, ...beside]) {
    const width = own.given.reduce((a, b) => a * b, 1);
    parts.push({
      ...{ name, offset, width, shape: own.given, whole: own.whole },
      source: layout.kind === 'transpose' ? sourceIndices(own.stored, layout.axes) : null,
      constant: source === null ? null : constantOf(source, width),
      stored: stored(source),
    });
    const spread = spreader(own);
    for (let i = 0; i < width; i++) {
      subtract.push(spread(scale.subtract, i));
      divide.push(spread(scale.divide, i));
    }
    offset += width;
  }
  return {
    shape: beside.length === 0 ? shapes.given : [offset],
    sizes: shapes.given,
    subtract: Float64Array.from(subtract),
    divide: Float64Array.from(divide),
    parts,
  };
}

/** What number `i` of an input has of a list by channel. */
function spreader({ shown, channels: axis }: PreprocessingRecord['shapes']) {
  // The given example may be flattened; its channels are those of the shown one.
  const channels = shown[axis] ?? 1;
  const inner = shown.slice(axis + 1).reduce((a, b) => a * b, 1);
  return (value: number | readonly number[], i: number): number =>
    typeof value === 'number' ? value : (value[Math.floor(i / inner) % channels] ?? Number.NaN);
}

function constantOf(source: Source, width: number): Float32Array | null {
  if (source.kind === 'constant') return new Float32Array(width).fill(source.value);
  return source.kind === 'positions' ? Float32Array.from({ length: width }, (_, i) => i) : null;
}

/** What each input of a model is given of examples (n, ...shape); belongs into a tidy. */
export function feed(tf: Tf, { parts }: Pick<Given, 'parts'>, x: Tensor): (input: string) => Tensor {
  if (parts.length === 1) return () => x;
  const n = x.shape[0] ?? 0;
  return (input) => {
    const part = parts.find(({ name }) => name === input);
    if (!part) throw new Error(`nothing is given to the input ${input}`);
    const { offset, width, shape } = part;
    return tf.reshape(tf.slice(tf.reshape(x, [n, -1]), [0, offset], [n, width]), [n, ...shape]);
  };
}

/** Flat places in the stored example, in the order of the transposed one. */
function sourceIndices(stored: readonly number[], axes: readonly number[]): Int32Array {
  const strides = stored.map((_, axis) => stored.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = axes.map((axis) => stored[axis] ?? 1);
  const steps = axes.map((axis) => strides[axis] ?? 1);
  const count = stored.reduce((a, b) => a * b, 1);
  const at = new Array<number>(axes.length).fill(0);
  return Int32Array.from({ length: count }, () => {
    const place = at.reduce((sum, index, axis) => sum + index * (steps[axis] ?? 0), 0);
    for (let axis = at.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] ?? 0) + 1;
      if ((at[axis] ?? 0) < (sizes[axis] ?? 1)) break;
      at[axis] = 0;
    }
    return place;
  });
}

/** Writes stored example `index` as the model is given it, to `out` from `to` on. */
export function writeGiven(
  { subtract, divide, parts }: Given,
  index: number,
  out: Float32Array,
  to: number,
): void {
  for (const { offset, width, source, whole, constant, stored } of parts)
    for (let j = 0; j < width; j++) {
      const value = constant ? constant[j]! : storedAt(stored, index, source ? source[j]! : j, width);
      const at = offset + j;
      const scaled = (value - subtract[at]!) / divide[at]!;
      out[to + at] = whole ? Math.trunc(scaled) : scaled;
    }
}

function storedAt(stored: Part['stored'], index: number, place: number, width: number): number {
  return isColumns(stored) ? stored[place]![index]! : stored[index * width + place]!;
}

/** Whether an input is read from columns, not from an array. */
export const isColumns = (stored: Part['stored']): stored is readonly NamedTensor['data'][] =>
  Array.isArray(stored);

/** Number `at` of the given example as it is stored; NaN where it is in no file. */
export function storedNumber({ parts }: Given, index: number, at: number): number {
  const part = parts.find(({ offset, width }) => at >= offset && at < offset + width);
  if (!part || part.constant) return Number.NaN;
  const place = at - part.offset;
  return storedAt(part.stored, index, part.source?.[place] ?? place, part.width);
}

/** Fractions of what models take as whole numbers are cut off, in place: rows of examples as they are given. */
export function cutOff({ parts, subtract }: Given, rows: Float32Array): Float32Array {
  const size = subtract.length;
  for (const { offset, width, whole } of parts)
    if (whole)
      for (let at = offset; at < rows.length; at += size)
        for (let j = 0; j < width; j++) rows[at + j] = Math.trunc(rows[at + j]!);
  return rows;
}
