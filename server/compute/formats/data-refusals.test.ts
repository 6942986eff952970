/** Data files with one fault each: the sentence that names it. Files that are wrong in any way are in hostile.test.ts. */
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeSafetensors, type NamedTensor } from '../../../core/result/index.ts';
import { openZip, ZIP_LIMITS } from './files/zip.ts';
import { importDataset } from './index.ts';
import { npy, patched, type Workbench, workbench, zipOf } from './testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

type Files = Record<string, Uint8Array | string>;
const importOf = (files: Files) =>
  importDataset(
    Object.entries(files).map(([name, bytes]) => bench.upload(name, bytes)),
    bench.context,
  );
const refused = (promise: Promise<unknown>, message: RegExp, code = 'invalid') =>
  expect(promise).rejects.toMatchObject({ name: 'UserError', code, message: expect.stringMatching(message) });

const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);

describe('IDX', () => {
  const images = Buffer.concat([
    Buffer.from([0, 0, 8, 2]),
    Buffer.from([0, 0, 0, 1, 0, 0, 0, 2]),
    Buffer.from([5, 6]),
  ]);
  it.each<[RegExp, Files]>([
    [/type 0x7 is not one of the IDX format/, { 'x-idx2-ubyte': patched(images, [2, [7]]) }],
    [/it has 0 dimensions; expected 1 to 8/, { 'x-idx2-ubyte': patched(images, [3, [0]]) }],
    [/the file ends within its header/, { 'x-idx2-ubyte': images.subarray(0, 9) }],
    [/the header says \[1, 2\], which is 2 bytes; found 1/, { 'x-idx2-ubyte': images.subarray(0, 13) }],
    [
      /the gzip data are damaged or cut off \(unexpected end of file\); copy the file again/,
      { 'x-idx2-ubyte.gz': gzipSync(images).subarray(0, 20) },
    ],
    [
      /^train-b-idx2: a second file of train images beside train-a-idx2$/,
      { 'train-a-idx2': images, 'train-b-idx2': images },
    ],
  ])('%s', (said, files) => refused(importOf(files), said));

  /** 1 GiB of zeros behind what begins with `head`, in 1 MB of gzip. */
  const bomb = (head: readonly number[]) => {
    const zeros = gzipSync(Buffer.alloc(16 * 2 ** 20));
    return Buffer.concat([gzipSync(Buffer.from(head)), ...new Array<Buffer>(64).fill(zeros)]);
  };
  it.each<[RegExp, readonly number[]]>([
    [/^x-idx1-ubyte\.gz: the header says \[8\], which is 8 bytes; found more$/, [0, 0, 8, 1, 0, 0, 0, 8]],
    [
      /which is 1073741824 bytes, more than 200 times as many as the \d+ that were sent, as in an archive made to overwhelm; send it without compression if it is genuine$/,
      [0, 0, 8, 1, 0x40, 0, 0, 0],
    ],
    [/which is 4294967295 bytes; at most 2147483648 are unpacked$/, [0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff]],
    [/^x-idx1-ubyte\.gz: not an IDX file: it begins with 01020304/, [1, 2, 3, 4]],
  ])('packed: %s', async (said, head) => {
    const packed = bomb(head);
    const started = performance.now();
    await refused(importOf({ 'x-idx1-ubyte.gz': packed }), said);
    // All of it takes a second or more.
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('unpacks what its header promises, in several members too', async () => {
    const packed = Buffer.concat([gzipSync(images.subarray(0, 13)), gzipSync(images.subarray(13))]);
    const { splits } = await importOf({ 'x-idx2-ubyte.gz': packed });
    expect(splits.map(({ size }) => size)).toEqual([1]);
  });
});

describe('NumPy', () => {
  const array = npy('<f4', [2], floats(1, 2));
  const texts = npy('|S1', [2], Buffer.from('ab'));
  const named = (...names: string[]) => zipOf(names.map((name) => ({ name: `${name}.npy`, data: array })));

  it.each<[RegExp, Buffer]>([
    [
      /not a NumPy array: it does not begin with \\x93NUMPY; write it with numpy\.save/,
      Buffer.from('hello, world'),
    ],
    [/the file ends within its header/, patched(array.subarray(0, 11), [6, [2]])],
    [/the header says it is 255 bytes long; the file has 136/, patched(array, [8, [255]])],
    [/the array \[3\] of <f4 needs 12 bytes, found 8/, npy('<f4', [3], floats(1, 2))],
    [/the header is not that of a NumPy array/, patched(array, [12, [...Buffer.from('what?')]])],
  ])('%s', (said, bytes) => refused(importOf({ 'x.npy': bytes }), said));

  it.each<[RegExp, Buffer]>([
    [/NumPy format version 9 is not known/, patched(array, [6, [9]])],
    [
      /the array has named fields; save each field as its own array/,
      Buffer.from(array.toString('latin1').replace("'<f4'", '[...]'), 'latin1'),
    ],
    [/the number type <c8 is not known; save it as uint8, int32 or float32/, npy('<c8', [1], floats(1, 2))],
    [
      /the array holds Python objects \(pickle\), which are never loaded; save it/,
      npy('|O', [1], Buffer.alloc(8)),
    ],
    [/the array holds text; examples must be numbers/, texts],
    [
      /element 1 is about \d+, beyond 2\^53, which cannot be kept exactly; save smaller numbers/,
      npy('<i8', [2], Buffer.from(BigInt64Array.of(1n, 2n ** 60n).buffer)),
    ],
  ])('%s', (said, bytes) => refused(importOf({ 'x.npy': bytes }), said, 'unsupported'));

  it.each<[RegExp, Files]>([
    [
      /no array is named x_train, x_test or x, and none has several numbers for each example; found a, b\. Save with numpy\.savez/,
      { 'd.npz': named('a', 'b') },
    ],
    [
      /the array b has 3 entries, a has 2 examples; arrays of one data set have one entry for each example of every split\. Save what belongs together, or name the examples x/,
      {
        'd.npz': zipOf([
          { name: 'a.npy', data: npy('<f4', [2, 1], floats(1, 2)) },
          { name: 'b.npy', data: npy('<f4', [3, 1], floats(1, 2, 3)) },
        ]),
      },
    ],
    [/^x\.npy: a second array is named x$/, { 'd.npz': named('x'), 'x.npy': array }],
    [/train has no labels, the other split has/, { 'd.npz': named('x_train', 'x_test', 'y_test') }],
  ])('%s', (said, files) => refused(importOf(files), said));
});

describe('safetensors', () => {
  const tensor = (...shape: number[]): NamedTensor => ({
    dtype: 'F32',
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5),
  });
  const labels: NamedTensor = { dtype: 'I32', shape: [2], data: Int32Array.of(0, 1) };
  const file = (tensors: Record<string, NamedTensor>, metadata: Record<string, string> = {}) => ({
    'd.safetensors': encodeSafetensors(tensors, metadata),
  });

  it.each<[RegExp, Files]>([
    [
      /it holds no tensor named train\.x, test\.x or x; found kernel\. If these are a model's weights, send them/,
      file({ kernel: tensor(2, 3) }),
    ],
    [
      /the metadata `classes` must be a JSON list of names/,
      file({ x: tensor(2, 3) }, { classes: '{"a":1}' }),
    ],
    [/the metadata `classes` must be a JSON list of names/, file({ x: tensor(2, 3) }, { classes: 'a, b' })],
    [
      /the examples of test have the shape \[4\], those of train \[3\]; all must be alike/,
      file({ 'train.x': tensor(2, 3), 'test.x': tensor(2, 4) }),
    ],
    [
      /test has no labels, the other split has/,
      file({ 'train.x': tensor(2, 3), 'train.y': labels, 'test.x': tensor(2, 3) }),
    ],
    [
      /the column age is not in every split/,
      file({ 'train.x': tensor(2, 3), 'train.column.age': tensor(2), 'test.x': tensor(2, 3) }),
    ],
    [
      /the column age is not in every split/,
      file({ 'train.x': tensor(2, 3), 'test.x': tensor(2, 3), 'test.column.age': tensor(2) }),
    ],
    [
      /the column age of all has 3 numbers for 2 examples; each example needs one/,
      file({ x: tensor(2, 3), 'column.age': tensor(3) }),
    ],
    [/the split train has no examples/, file({ 'train.x': tensor(0, 3) })],
    [/an example has the shape \[0, 3\]: it holds no numbers/, file({ 'train.x': tensor(2, 0, 3) })],
  ])('%s', (said, files) => refused(importOf(files), said));

  it('one at a time', async () => {
    const { 'd.safetensors': bytes } = file({ x: tensor(2, 3) });
    await refused(
      importOf({ 'a.safetensors': bytes, 'b.safetensors': bytes }),
      /^b\.safetensors: a data set is one safetensors file; send one at a time/,
    );
  });

  it('says which tensors it has no use for', async () => {
    const { warnings } = await importOf(file({ x: tensor(2, 3), mean: tensor(3), sd: tensor(3) }));
    expect(warnings).toContain(
      'd.safetensors: left out the tensors mean and sd, which are neither SPLIT.x, SPLIT.y nor SPLIT.column.NAME.',
    );
  });
});

describe('tables', () => {
  it.each<[RegExp, Files]>([
    [/the file has no header row/, { 't.csv': '\ufeff' }],
    [
      /it has 20001 columns; the limit is 20000/,
      { 't.csv': `${Array.from({ length: 20001 }, (_, i) => `c${i}`).join()}\n` },
    ],
    [
      /^b\.csv: is a second file of the split all beside a\.csv; name them train, val, test$/,
      { 'a.csv': 'x,label\n1,0\n', 'b.csv': 'x,label\n1,0\n' },
    ],
    [
      /^test\.csv: its columns \(y2 and label\) are not those of train\.csv \(x and label\)$/,
      { 'train.csv': 'x,label\n1,0\n', 'test.csv': 'y2,label\n1,0\n' },
    ],
    [
      /row 2, column a: found "1,5", but row 2, column b holds "2\.5"; write all numbers with a decimal point/,
      { 't.csv': 'a;b;label\n1,5;2.5;0\n3,5;4.5;1\n' },
    ],
  ])('%s', (said, files) => refused(importOf(files), said));
});

describe('archives', () => {
  const entry = (name: string, data = 'x') => ({ name, data, store: true });
  /** Marks every entry as encrypted, in both headers. */
  function encrypted(zip: Buffer): Buffer {
    const out = Buffer.from(zip);
    for (const [signature, flags] of [
      ['PK\x03\x04', 6],
      ['PK\x01\x02', 8],
    ] as const)
      out[out.indexOf(signature) + flags]! |= 1;
    return out;
  }

  it.each<[RegExp, Buffer]>([
    [/^d\.zip: holds two entries named x\.csv$/, zipOf([entry('x.csv'), entry('x.csv')])],
    [
      /the entry x\.csv is encrypted; pack it without a password/,
      encrypted(zipOf([{ name: 'x.csv', data: 'x' }])),
    ],
    [
      /this is no zip archive, or its end is missing; save or copy the file again/,
      zipOf([entry('x.csv')]).subarray(0, 40),
    ],
    [
      /the zip archive is damaged or unsafe \(invalid relative path: \.\.\/x\.csv\); make it again, with plain names and without links/,
      zipOf([entry('../x.csv')]),
    ],
    [
      /^d\.zip\/x\.npy: the zip archive is damaged or unsafe \(its checksum is wrong\)/,
      patched(zipOf([entry('x.npy', 'hello')]), [35, [1]]),
    ],
    [/the archive holds no files/, zipOf([])],
  ])('%s', (said, bytes) => refused(importOf({ 'd.zip': bytes }), said));

  it('limits are told with their numbers', async () => {
    const zip = zipOf([{ name: 'a', data: Buffer.alloc(3 * 2 ** 20) }, entry('b')]);
    const open = (limits: Partial<typeof ZIP_LIMITS>) => openZip(zip, 'd.zip', { ...ZIP_LIMITS, ...limits });
    await refused(open({ entries: 1 }), /^d\.zip: it has 2 entries; the limit is 1$/, 'too_large');
    await refused(
      open({ totalBytes: 2 ** 20 }),
      /^d\.zip: it unpacks to more than 1 MiB, the limit$/,
      'too_large',
    );
    await refused(
      open({ ratioFrom: 2 ** 20 }),
      /^d\.zip\/a: \d+ bytes unpack to 3145728, more than 200 times as many, as in an archive made to overwhelm; pack it without compression/,
      'too_large',
    );
    (await open({})).close();
  });

  it('nothing sent, and an import that was cancelled', async () => {
    await refused(importDataset([], bench.context), /^upload: no file was sent; choose one or more files$/);
    const signal = AbortSignal.abort();
    await refused(
      importDataset([bench.upload('t.csv', 'a,label\n1,0\n')], { ...bench.context, signal }),
      /^the import was cancelled$/,
      'cancelled',
    );
  });
});
