/**
 * IDX, the format of MNIST and its kin (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"):
 * two zero bytes, a type, the number of dimensions, the sizes in big-endian 32 bits, then the numbers, big-endian.
 */

import { createGunzip } from 'node:zlib';
import { type RawDataset, type RawSplit, withLabels } from '../datasets/dataset.ts';
import type { LabelArray } from '../datasets/labels.ts';
import { baseName, elementsOf, invalid, type SourceFile } from '../files/context.ts';
import { decodeNumbers, type NumberType, widthOf } from '../files/number-types.ts';
import type { NumberArray } from '../files/numbers.ts';
import { ZIP_LIMITS } from '../files/zip.ts';
import type { DataFormat } from '../format.ts';

const TYPES: Record<number, NumberType> = {
  8: 'uint8',
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
};
/** The longest header: as many dimensions as are read. */
const MAX_DIMS = 8;
const LONGEST_HEADER = 4 + 4 * MAX_DIMS;

interface Header {
  readonly shape: readonly number[];
  readonly type: NumberType;
  readonly count: number;
  /** Where the numbers begin, and where they end. */
  readonly start: number;
  readonly end: number;
}

/** `bytes`: the file, or as much of it as its longest header. */
function headerOf(bytes: Buffer, file: string): Header {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0)
    throw invalid(
      file,
      `not an IDX file: it begins with ${bytes.toString('hex', 0, 4) || 'nothing'}, expected 0000, a type and a number of dimensions`,
    );
  const [code, dims] = [bytes[2]!, bytes[3]!];
  const type = TYPES[code];
  if (type === undefined) throw invalid(file, `type 0x${code.toString(16)} is not one of the IDX format`);
  const width = widthOf(type);
  if (dims < 1 || dims > MAX_DIMS)
    throw invalid(file, `it has ${dims} dimensions; expected 1 to ${MAX_DIMS}`);
  const start = 4 + 4 * dims;
  if (bytes.length < start) throw invalid(file, 'the file ends within its header');
  const shape = Array.from({ length: dims }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const count = elementsOf(shape, file, 'the array');
  return { shape, type, count, start, end: start + count * width };
}

function decodeIdx(bytes: Buffer, file: string): NumberArray {
  const header = headerOf(bytes, file);
  const { shape, type, count, start, end } = header;
  if (bytes.length !== end) throw misfit(header, file, String(bytes.length - start));
  return { shape, type, data: decodeNumbers(bytes.subarray(start), count, type, false, file) };
}

const misfit = ({ shape, start, end }: Header, file: string, found: string) =>
  invalid(file, `the header says [${shape.join(', ')}], which is ${end - start} bytes; found ${found}`);

async function readIdx(file: SourceFile): Promise<NumberArray> {
  const bytes = await file.read();
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return decodeIdx(packed ? await unpacked(bytes, file.name) : bytes, file.name);
}

/** Unpacks gzip, and judges by the header that comes first: no more is unpacked than it promises. */
async function unpacked(packed: Buffer, file: string): Promise<Buffer> {
  const gunzip = createGunzip();
  gunzip.end(packed);
  const parts: Buffer[] = [];
  let length = 0;
  let header: Header | null = null;
  const chunks = gunzip[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next: IteratorResult<Buffer> = await nextOf(chunks, file);
      if (next.done) return Buffer.concat(parts);
      parts.push(next.value);
      length += next.value.length;
      if (header === null && length >= LONGEST_HEADER) header = judged(Buffer.concat(parts), packed, file);
      if (header !== null && length > header.end) throw misfit(header, file, 'more');
    }
  } finally {
    gunzip.destroy();
  }
}

async function nextOf(chunks: AsyncIterator<Buffer>, file: string): Promise<IteratorResult<Buffer>> {
  try {
    return await chunks.next();
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw invalid(file, `the gzip data are damaged or cut off (${cause}); copy the file again`);
  }
}

function judged(head: Buffer, packed: Buffer, file: string): Header {
  const header = headerOf(head, file);
  const { totalBytes, ratio, ratioFrom } = ZIP_LIMITS;
  const promise = `the header says [${header.shape.join(', ')}], which is ${header.end - header.start} bytes`;
  if (header.end > totalBytes) throw invalid(file, `${promise}; at most ${totalBytes} are unpacked`);
  if (header.end > ratioFrom && header.end > ratio * packed.length)
    throw invalid(
      file,
      `${promise}, more than ${ratio} times as many as the ${packed.length} that were sent, as in an archive made to overwhelm; send it without compression if it is genuine`,
    );
  return header;
}

/** Pairs images with labels by their names: `train-images...` with `train-labels...`; t10k is the test split. */
export const format: DataFormat = { read: importIdx };

async function importIdx(files: readonly SourceFile[]): Promise<RawDataset> {
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
      x: await readIdx(images),
    });
    if (!labels) continue;
    const array = await readIdx(labels);
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
