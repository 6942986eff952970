/** From arrays to the outcome of a data set import: shape, classes, range and one safetensors file per split. */
import { isOwnColumn, printColumn } from '../../../../core/address/index.ts';
import type { FurtherArray, StoredDtype } from '../../../../core/artifacts/index.ts';
import { encodeSafetensors, type NamedTensor } from '../../../../core/result/index.ts';
import type { ComputeOutcome } from '../../contract.ts';
import { type ImportContext, invalid, spoolFile, step } from '../files/context.ts';
import { listed, type NumberArray } from '../files/numbers.ts';
import { type LabelArray, numberedClasses, readLabels } from './labels.ts';
import { valueNotes } from './value-notes.ts';

export type DatasetOutcome = Extract<ComputeOutcome, { kind: 'import-dataset' }>;

export interface RawSplit {
  readonly name: string;
  /** File that `x` came from, for messages. */
  readonly file: string;
  /** (n, ...shape). */
  readonly x: NumberArray;
  /** Class index of each example. */
  readonly y?: Int32Array;
  /** Further arrays of the examples, (n, ...shape) each: the same ones in every split. */
  readonly arrays?: Readonly<Record<string, NumberArray>>;
  /** One number for each example. */
  readonly columns?: Readonly<Record<string, NumberArray>>;
}

export interface RawDataset {
  /** At least one; all of one shape. */
  readonly splits: readonly RawSplit[];
  /** Names of the classes; absent: the numbers up to the largest label. */
  readonly classes?: readonly string[];
  /** What the file itself says that its values are to be divided by. */
  readonly declaredScale?: number;
  /** What the file calls `x`, where it holds several arrays. */
  readonly main?: string;
  readonly warnings?: readonly string[];
}

/**
 * The data set with its labels in whatever form they came, see readLabels; `further` are its other columns, split by
 * split. Names of classes that the file gives hold.
 */
export function withLabels(
  raw: RawDataset,
  labels: readonly LabelArray[],
  further: readonly Readonly<Record<string, NumberArray>>[] = [],
): RawDataset {
  const unlabelled = raw.splits.find(({ name }) => !labels.some(({ split }) => split === name));
  if (labels.length > 0 && unlabelled)
    throw invalid(unlabelled.file, `${unlabelled.name} has no labels, the other split has`);
  for (const { split, array } of labels) {
    const { file, x } = raw.splits.find(({ name }) => name === split)!;
    const [size] = x.shape;
    const [count] = array.shape;
    if (size !== undefined && count !== undefined && size !== count)
      throw invalid(file, `${split} has ${size} examples but ${count} labels; each example needs one`);
  }
  const read = labels.length === 0 ? null : readLabels(labels);
  const classes = raw.classes ?? read?.classes;
  return {
    ...raw,
    splits: raw.splits.map((split, i): RawSplit => {
      const at = labels.findIndex(({ split: name }) => name === split.name);
      const y = read?.y?.[at];
      return {
        ...split,
        ...(y ? { y } : {}),
        columns: { ...split.columns, ...further[i], ...read?.columns[at] },
      };
    }),
    ...(classes ? { classes } : {}),
    warnings: [...(raw.warnings ?? []), ...(read?.notes ?? [])],
  };
}

export async function finishDataset(raw: RawDataset, context: ImportContext): Promise<DatasetOutcome> {
  const warnings = [...(raw.warnings ?? [])];
  const first = raw.splits[0]!;
  const single = raw.splits.find(({ x }) => x.shape.length === 0);
  if (single)
    throw invalid(
      single.file,
      `the examples of ${single.name} are a single number (an array without axes); save an array whose first axis counts the examples, as in x.reshape(1, -1)`,
    );
  const [, ...inner] = first.x.shape;
  const shape = inner.length === 0 ? [1] : inner;
  for (const split of raw.splits) checkSplit(split, first);
  const classes = raw.classes ?? numberedClasses(raw.splits.flatMap(({ y }) => (y ? [y] : [])));
  const dtype = commonDtype(raw.splits);
  const arrays = furtherArrays(raw.splits);
  const columns = [...new Set(raw.splits.flatMap((split) => Object.keys(split.columns ?? {})))];
  warnings.push(...namesakes(columns), ...raw.splits.flatMap(valueNotes));
  const splits: { name: string; size: number; file: string }[] = [];
  for (const [at, split] of raw.splits.entries()) {
    step(context, 0.6 + (0.4 * at) / raw.splits.length, `writing ${split.name}`);
    const size = split.x.shape[0]!;
    const precision: Record<string, string> = {};
    const tensors: Record<string, NamedTensor> = { x: stored(split.x.data, [size, ...shape], dtype) };
    for (const { name, shape: own, dtype: type } of arrays)
      tensors[`array.${name}`] = stored(split.arrays![name]!.data, [size, ...own], type);
    if (split.y) {
      checkLabels(split, classes.length);
      tensors.y = { dtype: 'I32', shape: [size], data: split.y };
    }
    for (const name of columns) {
      const data = split.columns?.[name];
      if (!data) throw invalid(split.file, `the column ${name} is not in every split`);
      if (data.data.length !== size)
        throw invalid(
          split.file,
          `the column ${name} of ${split.name} has ${data.data.length} numbers for ${size} examples; each example needs one`,
        );
      tensors[`column.${name}`] = storedColumn(data);
      if (data.type === 'float16' || data.type === 'bfloat16') precision[`column.${name}`] = data.type;
    }
    splits.push({
      name: split.name,
      size,
      file: await spoolFile(context, 'split', [encodeSafetensors(tensors, precision)]),
    });
  }
  return {
    kind: 'import-dataset',
    ...{ shape, dtype, range: rangeOf(raw.splits), classes, columns },
    declaredScale: raw.declaredScale ?? null,
    ...(raw.main === undefined || arrays.length === 0 ? {} : { main: raw.main }),
    ...(arrays.length > 0 ? { arrays } : {}),
    ...{ warnings, splits },
  };
}

/** Shape, number type and range of each further array, over all splits. */
function furtherArrays(splits: readonly RawSplit[]): FurtherArray[] {
  return Object.keys(splits[0]?.arrays ?? {}).map((name) => {
    const own = splits.map((split): RawSplit => {
      const x = split.arrays?.[name];
      if (!x) throw invalid(split.file, `the array ${name} is not in every split`);
      return { ...split, x };
    });
    const [first] = own;
    if (!first) throw new Error(`no split has the array ${name}`);
    for (const [at, split] of own.entries()) {
      const { x, file } = split;
      if (x.shape[0] !== splits[at]?.x.shape[0])
        throw invalid(
          file,
          `the array ${name} of ${split.name} has ${x.shape[0]} examples, the first array ${splits[at]?.x.shape[0]}; each example needs one entry in every array`,
        );
      checkSplit(split, first);
    }
    return { name, shape: first.x.shape.slice(1), dtype: commonDtype(own), range: rangeOf(own) };
  });
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
}

function checkLabels({ y, name, file }: RawSplit, classes: number): void {
  for (const [row, label] of y!.entries())
    if (label < 0 || label >= classes)
      throw invalid(
        file,
        `the label of ${name}[${row}] is ${label}; labels are class indices from 0 to ${classes - 1}`,
      );
}

const dtypeOf = (data: NumberArray['data']): StoredDtype =>
  data instanceof Uint8Array ? 'U8' : data instanceof Int32Array ? 'I32' : 'F32';

/** One for all splits: the narrowest that holds the numbers of each. */
function commonDtype(splits: readonly RawSplit[]): StoredDtype {
  const found = new Set(splits.map(({ x }) => dtypeOf(x.data)));
  return found.has('F32') ? 'F32' : found.has('I32') ? 'I32' : 'U8';
}

/** Least and largest finite value of all splits; null where none is finite. */
function rangeOf(splits: readonly RawSplit[]): [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { x } of splits)
    for (const value of x.data) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? [low, high] : null;
}

/** The values as they are; only the number type is widened to that of the other splits. */
function stored(data: NumberArray['data'], shape: readonly number[], dtype: StoredDtype): NamedTensor {
  if (dtype === 'U8' && data instanceof Uint8Array) return { dtype, shape, data };
  if (dtype === 'I32')
    return { dtype, shape, data: data instanceof Int32Array ? data : Int32Array.from(data) };
  return { dtype: 'F32', shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

/** As it came, so that a number equals the text that it was read from; wide whole numbers are kept as F64. */
function storedColumn({ data, shape }: NumberArray): NamedTensor {
  const flat = [shape[0] ?? data.length];
  if (data instanceof Uint8Array) return { dtype: 'U8', shape: flat, data };
  if (data instanceof Int32Array) return { dtype: 'I32', shape: flat, data };
  if (data instanceof Float32Array) return { dtype: 'F32', shape: flat, data };
  return { dtype: 'F64', shape: flat, data };
}

/** Columns by a name that every data set has must be told apart where they are asked for. */
function namesakes(columns: readonly string[]): string[] {
  const own = columns.filter(isOwnColumn);
  if (own.length === 0) return [];
  const [verb, noun] = own.length === 1 ? ['is', 'a column'] : ['are', 'columns'];
  return [
    `${listed(own)} ${verb} also the name of ${noun} that every data set has; in a condition or an order, write ${listed(own.map(printColumn))} for the one of this data set.`,
  ];
}
