import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../../core/result/index.ts';
import type { UploadedFile } from '../contract.ts';
import { decodeNpy } from './files/npy.ts';
import { halfToNumber } from './files/number-types.ts';
import { importDataset } from './index.ts';
import { npy, type Workbench, workbench, zipOf } from './testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const run = (...files: UploadedFile[]) => importDataset(files, bench.context);
const open = (file: string) => decodeSafetensors(readFileSync(file)).tensors;
const refused = (promise: Promise<unknown>, message: RegExp, code = 'invalid') =>
  expect(promise).rejects.toMatchObject({ name: 'UserError', code, message: expect.stringMatching(message) });

function idx(shape: number[], values: number[]): Buffer {
  const sizes = Buffer.alloc(4 * shape.length);
  for (const [at, size] of shape.entries()) sizes.writeUInt32BE(size, 4 * at);
  return Buffer.concat([Buffer.from([0, 0, 8, shape.length]), sizes, Buffer.from(values)]);
}
const floats = (values: number[]) => Buffer.from(Float32Array.from(values).buffer);

describe('IDX', () => {
  const images = idx([2, 2, 2], [0, 255, 3, 4, 5, 6, 7, 8]);
  const labels = idx([2], [1, 0]);

  it('pairs images with labels and names the splits, packed or not', async () => {
    const outcome = await run(
      bench.upload('t10k-labels-idx1-ubyte', labels),
      bench.upload('t10k-images.idx3-ubyte', images),
      bench.upload('train-labels-idx1-ubyte.gz', gzipSync(idx([1], [2]))),
      bench.upload('train-images-idx3-ubyte.gz', gzipSync(idx([1, 2, 2], [9, 9, 9, 9]))),
    );
    expect(outcome).toMatchObject({
      shape: [2, 2],
      classes: ['0', '1', '2'],
      ...{ dtype: 'U8', declaredScale: null },
      columns: [],
      warnings: [],
    });
    expect(outcome.splits.map(({ name, size }) => [name, size])).toEqual([
      ['train', 1],
      ['test', 2],
    ]);
    const test = open(outcome.splits[1]!.file);
    expect([test.x!.dtype, test.x!.shape, test.y!.dtype]).toEqual(['U8', [2, 2, 2], 'I32']);
    expect(Array.from(test.x!.data)).toEqual([0, 255, 3, 4, 5, 6, 7, 8]);
    expect(Array.from(test.y!.data)).toEqual([1, 0]);
  });

  it('names what does not belong together', async () => {
    await refused(run(bench.upload('train-labels-idx1-ubyte', labels)), /labels without images/);
    await refused(
      run(
        bench.upload('train-images-idx3-ubyte', images),
        bench.upload('train-labels-idx1-ubyte', idx([3], [0, 1, 2])),
      ),
      /train has 2 examples but 3 labels/,
    );
    await refused(
      run(bench.upload('train-images-idx3-ubyte', images), bench.upload('train-labels-idx1-ubyte', images)),
      /are images and labels swapped/,
    );
    await refused(
      run(
        bench.upload('train-images-idx3-ubyte', images),
        bench.upload('test-images-idx3-ubyte', idx([1, 3, 2], [1, 2, 3, 4, 5, 6])),
      ),
      /examples of test have the shape \[3, 2\], those of train \[2, 2\]/,
    );
    await refused(
      run(bench.upload('images.idx', Buffer.from('PNG?'))),
      /not an IDX file: it begins with 504e473f/,
    );
  });
});

describe('NumPy', () => {
  it('reads all number types, both byte orders and both memory orders', () => {
    const cases: [string, number, (view: DataView, at: number, value: number, little: boolean) => void][] = [
      ['f4', 4, (v, a, x, l) => v.setFloat32(a, x, l)],
      ['f8', 8, (v, a, x, l) => v.setFloat64(a, x, l)],
      ['i2', 2, (v, a, x, l) => v.setInt16(a, x, l)],
      ['i4', 4, (v, a, x, l) => v.setInt32(a, x, l)],
      ['i8', 8, (v, a, x, l) => v.setBigInt64(a, BigInt(x), l)],
      ['u2', 2, (v, a, x, l) => v.setUint16(a, Math.abs(x), l)],
    ];
    for (const [type, width, put] of cases)
      for (const order of ['<', '>'])
        for (const fortran of [false, true]) {
          const values = [1, 2, 3, 4, 5, 6];
          const stored = fortran ? [1, 4, 2, 5, 3, 6] : values;
          const view = new DataView(new ArrayBuffer(6 * width));
          for (const [at, value] of stored.entries()) put(view, at * width, value, order === '<');
          const bytes = npy(`${order}${type}`, [2, 3], new Uint8Array(view.buffer), fortran);
          const array = decodeNpy(bytes, 'x.npy');
          expect([array.shape, 'data' in array && Array.from(array.data)]).toEqual([[2, 3], values]);
        }
  });

  it.each([
    ['|S', 1],
    ['<U', 4],
  ])('the zeros within a long text of %s are looked at once', (kind, width) => {
    const bytes = Buffer.alloc(500_000 * width);
    bytes[bytes.length - width] = 0x78;
    const begun = performance.now();
    const array = decodeNpy(npy(`${kind}500000`, [1], bytes), 'x.npy');
    expect(array).toMatchObject({ texts: [`${'\0'.repeat(499_999)}x`] });
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('half precision is IEEE 754', () => {
    expect([0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000, 0x7c00].map(halfToNumber)).toEqual([
      1,
      -2,
      2 ** -24,
      65504,
      -0,
      Number.POSITIVE_INFINITY,
    ]);
    expect(halfToNumber(0x7e00)).toBeNaN();
  });

  it('npz: the usual names give splits and labels, one-hot too', async () => {
    const onehot = npy('<f4', [2, 3], floats([0, 0, 1, 1, 0, 0]));
    const zip = zipOf([
      { name: 'x_test.npy', data: npy('<f4', [2, 4], floats([1, 2, 3, 4, 5, 6, 7, 8])) },
      { name: 'y_test.npy', data: onehot },
      { name: 'x_train.npy', data: npy('<f4', [1, 4], floats([1, 2, 3, 4])) },
      { name: 'y_train.npy', data: npy('<i4', [1], Buffer.from([1, 0, 0, 0])) },
    ]);
    const outcome = await run(bench.upload('d.npz', zip));
    expect(outcome).toMatchObject({
      shape: [4],
      classes: ['0', '1', '2'],
      dtype: 'F32',
      declaredScale: null,
    });
    expect(outcome.splits.map(({ name }) => name)).toEqual(['train', 'test']);
    expect(Array.from(open(outcome.splits[1]!.file).y!.data)).toEqual([2, 0]);
  });

  it('says which names it looks for, and refuses pickles and negative labels', async () => {
    const array = npy('<f4', [2], floats([0.5, 1]));
    await refused(
      run(
        bench.upload(
          'd.npz',
          zipOf([
            { name: 'a.npy', data: array },
            { name: 'b.npy', data: array },
          ]),
        ),
      ),
      /found a, b\. Save with/,
    );
    await refused(run(bench.upload('d.npy', npy('|O', [1], Buffer.alloc(8)))), /pickle/, 'unsupported');
    const negative = zipOf([
      { name: 'x.npy', data: array },
      { name: 'y.npy', data: npy('|i1', [2], Buffer.from([0, 255])) },
    ]);
    await refused(run(bench.upload('d.npz', negative)), /label of all\[1\] is -1/);
  });
});

describe('safetensors', () => {
  it('reads the digits of the demo: two splits, ten classes, values as they are', async () => {
    const file = path.join(import.meta.dirname, '../../../examples/digits/digits.safetensors');
    const outcome = await run(bench.existing(file));
    expect(outcome).toMatchObject({
      ...{ shape: [8, 8, 1], dtype: 'U8', range: [0, 16], declaredScale: null },
    });
    expect(outcome.splits.map(({ name, size }) => [name, size])).toEqual([
      ['train', 1438],
      ['test', 359],
    ]);
    expect(outcome.warnings).toEqual([]);
  });

  it('reads every type that PyTorch and NumPy write, int64 labels and bfloat16 examples too', async () => {
    const header = {
      x: { dtype: 'BF16', shape: [2, 2], data_offsets: [0, 8] },
      y: { dtype: 'I64', shape: [2], data_offsets: [8, 24] },
      'column.h': { dtype: 'F16', shape: [2], data_offsets: [24, 28] },
      note: { dtype: 'U8', shape: [4], data_offsets: [28, 32] },
    };
    const text = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    const bytes = Buffer.concat([
      ...[size, text, Buffer.from(Uint16Array.of(0x3f80, 0xc000, 0x3fc0, 0).buffer)],
      ...[Buffer.from(BigInt64Array.of(1n, 0n).buffer), Buffer.from(Uint16Array.of(0x4519, 0).buffer)],
      Buffer.alloc(4),
    ]);
    const outcome = await run(bench.upload('d.safetensors', bytes));
    const { x, y, 'column.h': h } = open(outcome.splits[0]!.file);
    expect([x, y, h].map((tensor) => Array.from(tensor!.data))).toEqual([
      [1, -2, 1.5, 0],
      [1, 0],
      [5.09765625, 0],
    ]);
    expect(outcome.warnings).toEqual([expect.stringMatching(/left out the tensor note/)]);
    header.x.dtype = 'F8_E4M3';
    const odd = Buffer.from(JSON.stringify(header));
    size.writeBigUInt64LE(BigInt(odd.length));
    await refused(
      run(bench.upload('d.safetensors', Buffer.concat([size, odd, Buffer.alloc(32)]))),
      /tensor x: found the type F8_E4M3, expected one of BOOL, U8/,
    );
  });

  it('metadata gives scale and names of classes; a label beyond them is an error', async () => {
    const file = (label: number) =>
      encodeSafetensors(
        {
          x: { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, Number.NaN, 3, 4) },
          y: { dtype: 'I32', shape: [2], data: Int32Array.of(0, label) },
          'column.age': { dtype: 'F32', shape: [2], data: Float32Array.of(30, 40) },
        },
        { scale: '4', classes: '["no","yes"]' },
      );
    const outcome = await run(bench.upload('d.safetensors', file(1)));
    expect(outcome).toMatchObject({ declaredScale: 4, classes: ['no', 'yes'], columns: ['age'] });
    expect(outcome.warnings).toEqual([
      'd.safetensors: all holds 1 values that are NaN or infinite, the first in all[0].',
    ]);
    await refused(
      run(bench.upload('d.safetensors', file(2))),
      /label of all\[1\] is 2; labels are class indices from 0 to 1/,
    );
  });
});

describe('several arrays of one length', () => {
  const rows = (n: number, width: number) => npy('<f4', [n, width], floats(Array(n * width).fill(1)));
  const tensor = (...shape: number[]) => ({
    dtype: 'F32' as const,
    ...{ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(2) },
  });

  it('npz: further arrays of every split, beside x or of names of their own; labels and columns as ever', async () => {
    const file = zipOf([
      { name: 'x_train.npy', data: rows(3, 4) },
      { name: 'mask_train.npy', data: rows(3, 2) },
      { name: 'age_train.npy', data: npy('<f4', [3], floats([1, 2, 3])) },
      { name: 'x_test.npy', data: rows(2, 4) },
      { name: 'mask_test.npy', data: rows(2, 2) },
      { name: 'age_test.npy', data: npy('<f4', [2], floats([4, 5])) },
    ]);
    const outcome = await run(bench.upload('several.npz', file));
    expect(outcome).toMatchObject({
      ...{ shape: [4], main: 'x', columns: ['age'] },
      arrays: [{ name: 'mask', shape: [2], dtype: 'F32', range: [1, 1] }],
    });
    const test = open(outcome.splits[1]!.file);
    expect([test.x!.shape, test['array.mask']!.shape, test['column.age']!.shape]).toEqual([
      [2, 4],
      [2, 2],
      [2],
    ]);
    const one = await run(bench.upload('one.npz', zipOf([{ name: 'x.npy', data: rows(2, 4) }])));
    expect([one.main, one.arrays]).toEqual([undefined, undefined]);
  });

  it('safetensors: the same', async () => {
    const tensors = { 'train.row': tensor(2, 3), 'train.picture': tensor(2, 4, 4), 'train.y': tensor(2) };
    const named = await run(bench.upload('d.safetensors', Buffer.from(encodeSafetensors(tensors))));
    expect(named).toMatchObject({ main: 'row', shape: [3], arrays: [{ name: 'picture', shape: [4, 4] }] });
    const beside = { x: tensor(2, 3), 'array.mask': tensor(2, 5) };
    expect(await run(bench.upload('d.safetensors', Buffer.from(encodeSafetensors(beside))))).toMatchObject({
      main: 'x',
      arrays: [{ name: 'mask', shape: [5] }],
    });
  });
});

describe('what is no data set', () => {
  it('says what is', async () => {
    await refused(run(bench.upload('a.docx', 'x')), /^a\.docx: not a data set.*Send .*IDX/, 'unsupported');
  });
});
