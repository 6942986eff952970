/** safetensors as a data set: tensors SPLIT.x, SPLIT.y (class indices), SPLIT.column.NAME; or x, y for a single split. */
import { decodeSafetensors, type NamedTensor, SafetensorsError } from '../../../core/result/index.ts';
import { elementsOf, invalid, type SourceFile } from './context.ts';
import type { RawDataset, RawSplit } from './dataset.ts';

export function readSafetensors(bytes: Buffer, file: string): ReturnType<typeof decodeSafetensors> {
  try {
    return decodeSafetensors(bytes);
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
  const splits: RawSplit[] = [];
  for (const [name, tensor] of Object.entries(tensors)) {
    const prefix = name === 'x' ? '' : name.endsWith('.x') ? name.slice(0, -1) : null;
    if (prefix === null) continue;
    elementsOf(tensor.shape, file.name, name);
    const y = tensors[`${prefix}y`];
    const columns = Object.entries(tensors).filter(([other]) => other.startsWith(`${prefix}column.`));
    splits.push({
      name: prefix === '' ? 'all' : prefix.slice(0, -1),
      file: file.name,
      x: { shape: tensor.shape, data: narrowed(tensor) },
      ...(y ? { y: labelsOf(y, `${prefix}y`, file.name) } : {}),
      columns: Object.fromEntries(
        columns.map(([other, { data }]) => [other.slice(`${prefix}column.`.length), Float32Array.from(data)]),
      ),
    });
  }
  if (splits.length === 0)
    throw invalid(
      file.name,
      `it holds no tensor named train.x, test.x or x; found ${Object.keys(tensors).slice(0, 8).join(', ') || 'none'}. If these are a model's weights, send them with its model.json as a model`,
    );
  splits.sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
  const scale = Number(metadata.scale);
  const classes = classesOf(metadata.classes, file.name);
  return {
    splits,
    ...(scale > 0 && Number.isFinite(scale) ? { scale } : {}),
    ...(classes ? { classes } : {}),
  };
}

function rank(split: string): number {
  const at = ['train', 'validation', 'test'].indexOf(split);
  return at < 0 ? 3 : at;
}

function narrowed({ data }: NamedTensor): Uint8Array | Int32Array | Float32Array {
  return data instanceof Float64Array ? Float32Array.from(data) : data;
}

function labelsOf({ shape, data }: NamedTensor, name: string, file: string): Int32Array {
  if (shape.length !== 1) throw invalid(file, `${name} must have one dimension, found [${shape.join(', ')}]`);
  const at = data.findIndex((value) => !Number.isInteger(value));
  if (at >= 0) throw invalid(file, `${name}[${at}] is ${data[at]}; labels are whole class numbers`);
  return Int32Array.from(data);
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
