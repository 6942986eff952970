/** A split of a data set in memory, and the examples of it that a query is about. */
import type { BlobReader, DatasetManifest } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { MAIN, type Source } from '../../../core/preprocessing/index.ts';
import { decodeSafetensors, type NamedTensor, SafetensorsError } from '../../../core/result/index.ts';
import type { PlanData } from '../contract.ts';
import { HALF_TYPES, type HalfType } from '../numerics/halves.ts';
import { cutOff, type Given, givenBy, isColumns, type Part, writeGiven } from './given.ts';

/** A split as it lies in the store, kept warm for all models. */
export interface StoredSplit {
  readonly name: string;
  readonly size: number;
  /** (size, ...stored shape) */
  readonly x: NamedTensor['data'];
  /** Class indices (size) in the data set's own order, where labelled. */
  readonly y: NamedTensor['data'] | null;
  readonly columns: Readonly<Record<string, NamedTensor['data']>>;
  /** Further arrays, (size, ...shape) each. */
  readonly arrays: Readonly<Record<string, NamedTensor['data']>>;
  /** Columns that came in a type of two bytes. */
  readonly halves: Readonly<Record<string, HalfType>>;
  readonly bytes: number;
}

/** A split as a model is given it: what it is and means is decided by the preprocessing of the pair. */
export interface Split extends StoredSplit {
  /** Shape and classes as the pair has them: an example's axes as answers show them, classes by the model's outputs. */
  readonly dataset: DatasetManifest;
  readonly given: Given;
}

export interface Examples {
  readonly split: Split;
  /** Stable indices within the split, in the order asked for. */
  readonly indices: Int32Array;
  /** Canonical address of what was asked for. */
  readonly address: string;
  /** The one example of `digits.test[42]`. */
  readonly single: boolean;
  /** Changed inputs (`with noise(...)`) in place of the split's, (n, ...shape) in the order of `indices`, in the model's units. */
  readonly values?: Float32Array | undefined;
  /** What is to be said of how they were chosen. */
  readonly warnings?: readonly string[] | undefined;
}

/** Throws UserError('invalid') where the blob is not what the manifest says. */
export async function loadSplit(
  dataset: DatasetManifest,
  name: string,
  blobs: BlobReader,
): Promise<StoredSplit> {
  const entry = dataset.splits.find((s) => s.name === name);
  if (!entry)
    throw new UserError(
      'not_found',
      `no split ${name}; this data set has ${dataset.splits.map((s) => s.name).join(', ')}`,
    );
  const bytes = await blobs.read(entry.blob);
  const broken = (what: string) => new UserError('invalid', `the stored split ${name} is damaged: ${what}`);
  let tensors: Record<string, NamedTensor>;
  let metadata: Record<string, string>;
  try {
    ({ tensors, metadata } = decodeSafetensors(bytes));
  } catch (error) {
    if (error instanceof SafetensorsError) throw broken(error.message);
    throw error;
  }
  const { x, y } = tensors;
  if (!x || String(x.shape) !== String([entry.size, ...dataset.shape]))
    throw broken(`x has shape [${x?.shape.join(', ')}], not [${[entry.size, ...dataset.shape].join(', ')}]`);
  if (y && String(y.shape) !== String([entry.size])) throw broken(`y has shape [${y.shape.join(', ')}]`);
  const columns: Record<string, NamedTensor['data']> = {};
  const halves: Record<string, HalfType> = {};
  for (const column of dataset.columns) {
    const values = tensors[`column.${column}`];
    if (values?.data.length === entry.size) columns[column] = values.data;
    const half = HALF_TYPES.find((type) => type === metadata[`column.${column}`]);
    if (half) halves[column] = half;
  }
  const arrays: Record<string, NamedTensor['data']> = {};
  for (const { name: array, shape } of dataset.arrays ?? []) {
    const found = tensors[`array.${array}`];
    if (!found || String(found.shape) !== String([entry.size, ...shape]))
      throw broken(`the array ${array} is not [${[entry.size, ...shape].join(', ')}]`);
    arrays[array] = found.data;
  }
  return {
    name,
    size: entry.size,
    arrays,
    x: x.data,
    y: y?.data ?? null,
    columns,
    halves,
    bytes: bytes.byteLength,
  };
}

/** Labels are renumbered where the classes are in an order of their own. */
export function prepared(stored: StoredSplit, data: PlanData): Split {
  const { manifest, preprocessing, classes } = data;
  const same = String(classes) === String(manifest.classes);
  const at = manifest.classes.map((name) => classes.indexOf(name));
  const { input } = preprocessing;
  const array = input?.source.kind === 'array' ? input.source.name : null;
  const further = manifest.arrays?.find(({ name }) => name === array);
  const readFrom = (source: Source | null): NamedTensor['data'] | readonly NamedTensor['data'][] => {
    if (source?.kind === 'columns')
      return source.names.map((name) => stored.columns[name] ?? new Float32Array());
    if (source?.kind !== 'array' || source.name === (manifest.main ?? MAIN)) return stored.x;
    return stored.arrays[source.name] ?? stored.x;
  };
  const given = givenBy(preprocessing, readFrom);
  const [first] = given.parts;
  return {
    ...stored,
    x: first ? sideBySide(first.stored, stored.size) : stored.x,
    y: stored.y && !same ? Int32Array.from(stored.y, (label) => at[label] ?? -1) : stored.y,
    dataset: {
      ...manifest,
      ...(further ? { dtype: further.dtype, range: further.range, declaredScale: null } : {}),
      shape: preprocessing.shapes.shown,
      classes: [...classes],
    },
    given,
  };
}

/** (size, columns) of columns one after the other. */
function sideBySide(stored: Part['stored'], size: number): NamedTensor['data'] {
  if (!isColumns(stored)) return stored;
  const width = stored.length;
  return Float32Array.from({ length: size * width }, (_, i) =>
    Number(stored[i % width]?.[Math.floor(i / width)]),
  );
}

/** Values of the examples from..to as the model is given them, (to - from, ...shape) flat. */
export function rowsOf(examples: Examples, from: number, to: number): Float32Array {
  const { split, indices, values } = examples;
  const { given } = split;
  const width = widthOf(split);
  if (values) return cutOff(given, values.slice(from * width, to * width));
  const out = new Float32Array((to - from) * width);
  for (let i = from; i < to; i++) writeGiven(given, indices[i]!, out, (i - from) * width);
  return out;
}

/** Some of the examples by their positions, with their changed inputs where they have such. */
export function pick(examples: Examples, positions: ArrayLike<number>): Examples {
  const { split, indices, values } = examples;
  const picked = { ...examples, indices: Int32Array.from(positions, (p) => indices[p]!) };
  if (!values) return picked;
  const width = widthOf(split);
  const rows = new Float32Array(positions.length * width);
  for (let i = 0; i < positions.length; i++)
    rows.set(values.subarray(positions[i]! * width, (positions[i]! + 1) * width), i * width);
  return { ...picked, values: rows };
}

/** `most` of the examples, evenly spaced; all of them where there are no more. */
export function thin(examples: Examples, most: number): Examples {
  const n = examples.indices.length;
  if (n <= most) return examples;
  return pick(
    examples,
    Array.from({ length: most }, (_, i) => Math.floor((i * n) / most)),
  );
}

/** Numbers in one example, those of all inputs together. */
export function widthOf({ given }: Split): number {
  return given.subtract.length;
}

/** Numbers of what answers show of an example: of several inputs the first. */
export function shownWidth({ dataset }: Split): number {
  return dataset.shape.reduce((a, b) => a * b, 1);
}

/** Class indices in the order of the examples, -1 where there are none. */
export function labelsOf(examples: Examples): Int32Array {
  const { split, indices } = examples;
  return indices.map((i) => split.y?.[i] ?? -1);
}

/** Height, width and channels, for data that are pictures; null for others. */
export function pictureShape(dataset: DatasetManifest): readonly [number, number, number] | null {
  const [h, w, c] = dataset.shape;
  if (dataset.shape.length === 2 && h !== undefined && w !== undefined) return [h, w, 1];
  if (dataset.shape.length === 3 && h && w && (c === 1 || c === 3 || c === 4)) return [h, w, c];
  return null;
}

/** Names of the classes; numbers where the data set has none. */
export function classNames(dataset: DatasetManifest, count: number): string[] {
  return Array.from({ length: count }, (_, i) => dataset.classes[i] ?? String(i));
}
