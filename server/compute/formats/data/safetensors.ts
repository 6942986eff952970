/** safetensors as a data set: tensors SPLIT.x, SPLIT.y (labels), SPLIT.column.NAME; or x, y for a single split. */
import { openSafetensors, SafetensorsError } from '../../../../core/result/index.ts';
import { type RawDataset, type RawSplit, withLabels } from '../datasets/dataset.ts';
import type { LabelArray } from '../datasets/labels.ts';
import { elementsOf, invalid, type SourceFile } from '../files/context.ts';
import { decodeNumbers, type NumberType, widthOf } from '../files/number-types.ts';
import { listed, type NumberArray } from '../files/numbers.ts';

/** The format's names for the types that are read: all but its 8-bit floats. */
const TYPES = {
  BOOL: 'bool',
  U8: 'uint8',
  I8: 'int8',
  U16: 'uint16',
  I16: 'int16',
  U32: 'uint32',
  I32: 'int32',
  U64: 'uint64',
  I64: 'int64',
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float64',
} as const satisfies Record<string, NumberType>;
const NAMES = Object.keys(TYPES) as (keyof typeof TYPES)[];

export function readSafetensors(
  bytes: Buffer,
  file: string,
): { tensors: Record<string, NumberArray>; metadata: Record<string, string> } {
  try {
    const { entries, metadata } = openSafetensors(bytes, NAMES, (dtype) => widthOf(TYPES[dtype]));
    const tensors: Record<string, NumberArray> = {};
    for (const [name, { dtype, shape, count, at }] of Object.entries(entries)) {
      elementsOf(shape, file, name);
      const type = TYPES[dtype];
      const raw = bytes.subarray(at, at + count * widthOf(type));
      tensors[name] = { shape, type, data: decodeNumbers(raw, count, type, true, `${file}: ${name}`) };
    }
    return { tensors, metadata };
  } catch (error) {
    if (error instanceof SafetensorsError)
      throw invalid(file, `not a valid safetensors file: ${error.message}`);
    throw error;
  }
}

/** `__metadata__` may give `scale` (a number) and `classes` (a JSON list of names). */
export async function importSafetensors(files: readonly SourceFile[]): Promise<RawDataset> {
  const [file] = files;
  if (!file || files.length > 1)
    throw invalid(files[1]?.name ?? 'upload', 'a data set is one safetensors file; send one at a time');
  const { tensors, metadata } = readSafetensors(await file.read(), file.name);
  const splits: (RawSplit & { readonly prefix: string })[] = [];
  const used = new Set<string>();
  for (const [name, x] of Object.entries(tensors)) {
    const prefix = name === 'x' ? '' : name.endsWith('.x') ? name.slice(0, -1) : null;
    if (prefix === null) continue;
    used.add(name);
    splits.push({ name: prefix === '' ? 'all' : prefix.slice(0, -1), file: file.name, x, prefix });
  }
  if (splits.length === 0)
    throw invalid(
      file.name,
      `it holds no tensor named train.x, test.x or x; found ${Object.keys(tensors).slice(0, 8).join(', ') || 'none'}. If these are a model's weights, send them with its model.json as a model`,
    );
  splits.sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
  const labels: LabelArray[] = [];
  const further = splits.map(({ prefix, name }) => {
    const y = tensors[`${prefix}y`];
    if (y) {
      used.add(`${prefix}y`);
      labels.push({ split: name, file: `${file.name}: ${prefix}y`, name: 'y', array: y });
    }
    const columns = Object.entries(tensors).filter(([other]) => other.startsWith(`${prefix}column.`));
    for (const [other] of columns) used.add(other);
    return Object.fromEntries(
      columns.map(([other, array]) => [other.slice(`${prefix}column.`.length), array]),
    );
  });
  const left = Object.keys(tensors).filter((name) => !used.has(name));
  const warnings =
    left.length === 0
      ? []
      : [
          `${file.name}: left out the ${left.length === 1 ? 'tensor' : 'tensors'} ${listed(left)}, which are neither SPLIT.x, SPLIT.y nor SPLIT.column.NAME.`,
        ];
  const scale = Number(metadata.scale);
  const classes = classesOf(metadata.classes, file.name);
  return withLabels(
    {
      splits,
      ...(scale > 0 && Number.isFinite(scale) ? { declaredScale: scale } : {}),
      ...(classes ? { classes } : {}),
      warnings,
    },
    labels,
    further,
  );
}

function rank(split: string): number {
  const at = ['train', 'validation', 'test'].indexOf(split);
  return at < 0 ? 3 : at;
}

function classesOf(text: string | undefined, file: string): string[] | null {
  if (text === undefined) return null;
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((name) => typeof name === 'string')) return list;
  } catch {
    // Falls through to the message.
  }
  throw invalid(file, 'the metadata `classes` must be a JSON list of names');
}
