/**
 * IDX, the format of MNIST and its kin (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"):
 * two zero bytes, a type, the number of dimensions, the sizes in big-endian 32 bits, then the numbers, big-endian.
 */

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { baseName, elementsOf, invalid, type SourceFile } from './context.ts';
import { type RawDataset, type RawSplit, withLabels } from './dataset.ts';
import type { LabelArray } from './labels.ts';
import { decodeNumbers, type NumberType, widthOf } from './number-types.ts';
import type { NumberArray } from './numbers.ts';

const TYPES: Record<number, NumberType> = {
  8: 'uint8',
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
};
/** A gzip file that unpacks to more is refused: MNIST is 47 MB. */
const MAX_UNPACKED = 2 ** 31;

/** `train-images-idx3-ubyte.gz`, `t10k-labels.idx1-ubyte`, `images.idx`: known by name or by content. */
export function looksLikeIdx(name: string): boolean {
  return /(^|[-._])(idx\d*|ubyte)([-._]|$)/i.test(baseName(name));
}

export function decodeIdx(bytes: Buffer, file: string): NumberArray {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0)
    throw invalid(
      file,
      `not an IDX file: it begins with ${bytes.toString('hex', 0, 4) || 'nothing'}, expected 0000, a type and a number of dimensions`,
    );
  const [code, dims] = [bytes[2]!, bytes[3]!];
  const type = TYPES[code];
  if (type === undefined) throw invalid(file, `type 0x${code.toString(16)} is not one of the IDX format`);
  const width = widthOf(type);
  if (dims < 1 || dims > 8) throw invalid(file, `it has ${dims} dimensions; expected 1 to 8`);
  const start = 4 + 4 * dims;
  if (bytes.length < start) throw invalid(file, 'the file ends within its header');
  const shape = Array.from({ length: dims }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const count = elementsOf(shape, file, 'the array');
  if (bytes.length - start !== count * width)
    throw invalid(
      file,
      `the header says [${shape.join(', ')}], which is ${count * width} bytes; found ${bytes.length - start}`,
    );
  return { shape, type, data: decodeNumbers(bytes.subarray(start), count, type, false, file) };
}

/** The file's bytes, unpacked where it is gzip. */
export async function readMaybeGzip(file: SourceFile): Promise<Buffer> {
  const bytes = await file.read();
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: MAX_UNPACKED });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw invalid(file.name, `the gzip data are damaged or cut off (${cause}); copy the file again`);
  }
}

/** Pairs images with labels by their names: `train-images...` with `train-labels...`; t10k is the test split. */
export async function importIdx(files: readonly SourceFile[]): Promise<RawDataset> {
  const splits = new Map<string, { images?: SourceFile; labels?: SourceFile }>();
  for (const file of files) {
    const base = baseName(file.name).toLowerCase();
    const split = /t10k|test/.test(base) ? 'test' : /val/.test(base) ? 'validation' : 'train';
    const role = /label/.test(base) ? 'labels' : 'images';
    const pair = splits.get(split) ?? {};
    if (pair[role]) throw invalid(file.name, `a second file of ${split} ${role} beside ${pair[role].name}`);
    pair[role] = file;
    splits.set(split, pair);
  }
  const out: RawSplit[] = [];
  const arrays: LabelArray[] = [];
  for (const [split, { images, labels }] of [...splits].sort(([a], [b]) => rank(a) - rank(b))) {
    if (!images)
      throw invalid(
        labels!.name,
        `labels without images; send the file of ${split} images (${split}-images...) too`,
      );
    out.push({
      name: split,
      file: labels?.name ?? images.name,
      x: decodeIdx(await readMaybeGzip(images), images.name),
    });
    if (!labels) continue;
    const array = decodeIdx(await readMaybeGzip(labels), labels.name);
    if (array.shape.length > 2)
      throw invalid(
        labels.name,
        `labels must have one dimension, found [${array.shape.join(', ')}]; are images and labels swapped?`,
      );
    arrays.push({ split, file: labels.name, name: 'labels', array });
  }
  const none = `${out[0]!.file}: no file of labels was sent beside the images, so the examples have none.`;
  return withLabels({ splits: out, warnings: arrays.length === 0 ? [none] : [] }, arrays);
}

function rank(split: string): number {
  return ['train', 'validation', 'test'].indexOf(split);
}
