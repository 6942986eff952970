/** From arrays to the outcome of a data set import: shape, classes, scale and one safetensors file per split. */
import { encodeSafetensors, type NamedTensor } from '../../../core/result/index.ts';
import type { ComputeOutcome } from '../contract.ts';
import { type ImportContext, invalid, spoolFile, step } from './context.ts';
import type { NumberArray } from './npy.ts';

export type DatasetOutcome = Extract<ComputeOutcome, { kind: 'import-dataset' }>;

export interface RawSplit {
  readonly name: string;
  /** File that `x` came from, for messages. */
  readonly file: string;
  /** (n, ...shape). */
  readonly x: NumberArray;
  /** Class index of each example. */
  readonly y?: Int32Array;
  readonly columns?: Readonly<Record<string, Float32Array>>;
}

export interface RawDataset {
  /** At least one; all of one shape. */
  readonly splits: readonly RawSplit[];
  /** Names of the classes; absent: the numbers up to the largest label. */
  readonly classes?: readonly string[];
  /** Divisor of stored values; absent: guessed from them, see guessScale. */
  readonly scale?: number;
  readonly warnings?: readonly string[];
}

/** A label above this is taken for a regression target or a mistake, not a class. */
const MAX_CLASSES = 100_000;

export async function finishDataset(raw: RawDataset, context: ImportContext): Promise<DatasetOutcome> {
  const warnings = [...(raw.warnings ?? [])];
  const first = raw.splits[0]!;
  // Pictures without a channel axis get one: models are given (height, width, channels).
  const [, ...inner] = first.x.shape;
  const shape = inner.length === 0 ? [1] : inner.length === 2 && isPicture(inner) ? [...inner, 1] : inner;
  for (const split of raw.splits) checkSplit(split, first);
  const classes = raw.classes ?? numberedClasses(raw.splits);
  const scale = raw.scale ?? guessScale(raw.splits, warnings);
  const columns = Object.keys(first.columns ?? {});
  warnings.push(...nonFinite(raw.splits));
  const splits: { name: string; size: number; file: string }[] = [];
  for (const [at, split] of raw.splits.entries()) {
    step(context, 0.6 + (0.4 * at) / raw.splits.length, `writing ${split.name}`);
    const size = split.x.shape[0]!;
    const tensors: Record<string, NamedTensor> = { x: stored(split.x.data, [size, ...shape]) };
    if (split.y) {
      checkLabels(split, classes.length);
      tensors.y = { dtype: 'I32', shape: [size], data: split.y };
    }
    for (const name of columns) {
      const data = split.columns?.[name];
      if (!data || data.length !== size)
        throw invalid(split.file, `the column ${name} is not in every split`);
      tensors[`column.${name}`] = { dtype: 'F32', shape: [size], data };
    }
    splits.push({
      name: split.name,
      size,
      file: await spoolFile(context, 'split', [encodeSafetensors(tensors)]),
    });
  }
  return { kind: 'import-dataset', shape, classes, columns, scale, warnings, splits };
}

function isPicture([height, width]: readonly number[]): boolean {
  return height! > 1 && width! > 1;
}

function checkSplit(split: RawSplit, first: RawSplit): void {
  const [size, ...inner] = split.x.shape;
  if (!size) throw invalid(split.file, `the split ${split.name} has no examples`);
  if (inner.some((n) => n === 0))
    throw invalid(split.file, `an example has the shape [${inner.join(', ')}]: it holds no numbers`);
  const expected = first.x.shape.slice(1);
  if (inner.join() !== expected.join())
    throw invalid(
      split.file,
      `the examples of ${split.name} have the shape [${inner.join(', ')}], those of ${first.name} [${expected.join(', ')}]; all must be alike`,
    );
  if (split.y && split.y.length !== size)
    throw invalid(
      split.file,
      `${split.name} has ${size} examples but ${split.y.length} labels; each example needs one`,
    );
  if (Boolean(split.y) !== Boolean(first.y))
    throw invalid(split.file, `${split.y ? first.name : split.name} has no labels, the other split has`);
}

function checkLabels({ y, name, file }: RawSplit, classes: number): void {
  for (const [row, label] of y!.entries())
    if (label < 0 || label >= classes)
      throw invalid(
        file,
        `the label of ${name}[${row}] is ${label}; labels are class indices from 0 to ${classes - 1}`,
      );
}

function numberedClasses(splits: readonly RawSplit[]): string[] {
  let largest = -1;
  for (const { y, file, name } of splits)
    for (const [row, label] of (y ?? []).entries()) {
      if (label >= MAX_CLASSES || label < 0)
        throw invalid(
          file,
          `the label of ${name}[${row}] is ${label}; labels are class indices from 0 to ${MAX_CLASSES - 1}`,
        );
      if (label > largest) largest = label;
    }
  return Array.from({ length: largest + 1 }, (_, index) => String(index));
}

/**
 * What stored bytes are divided by: 255, but 16 where none is above 16 (the UCI digits) and 1 where none is above 1.
 * Other numbers are taken as they are.
 */
function guessScale(splits: readonly RawSplit[], warnings: string[]): number {
  if (!splits.every(({ x }) => x.data instanceof Uint8Array)) return 1;
  let largest = 0;
  for (const { x } of splits) for (const value of x.data) if (value > largest) largest = value;
  if (largest > 16) return 255;
  const scale = largest > 1 ? 16 : 1;
  warnings.push(
    `No value is above ${largest}, so values are divided by ${scale} where pictures of bytes are divided by 255.`,
  );
  return scale;
}

function stored(data: NumberArray['data'], shape: readonly number[]): NamedTensor {
  if (data instanceof Uint8Array) return { dtype: 'U8', shape, data };
  return { dtype: 'F32', shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

function nonFinite(splits: readonly RawSplit[]): string[] {
  return splits.flatMap(({ name, x, file }) => {
    if (!(x.data instanceof Float32Array)) return [];
    const row = x.data.length / x.shape[0]!;
    let count = 0;
    let where = -1;
    for (let i = 0; i < x.data.length; i++)
      if (!Number.isFinite(x.data[i]!)) {
        if (count === 0) where = Math.floor(i / row);
        count++;
      }
    return count === 0
      ? []
      : [`${file}: ${name} holds ${count} values that are NaN or infinite, the first in ${name}[${where}].`];
  });
}
