import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../../core/result/index.ts';
import type { UploadedFile } from '../contract.ts';
import { importDataset } from './index.ts';
import { decodeNpy, halfToNumber } from './npy.ts';
import { npy, type Workbench, workbench, zipOf } from './testing.ts';

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
      shape: [2, 2, 1],
      classes: ['0', '1', '2'],
      scale: 255,
      columns: [],
      warnings: [],
    });
    expect(outcome.splits.map(({ name, size }) => [name, size])).toEqual([
      ['train', 1],
      ['test', 2],
    ]);
    const test = open(outcome.splits[1]!.file);
    expect([test.x!.dtype, test.x!.shape, test.y!.dtype]).toEqual(['U8', [2, 2, 2, 1], 'I32']);
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
          const { shape, data } = decodeNpy(bytes, 'x.npy');
          expect([shape, Array.from(data)]).toEqual([[2, 3], values]);
        }
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
    expect(outcome).toMatchObject({ shape: [4], classes: ['0', '1', '2'], scale: 1 });
    expect(outcome.splits.map(({ name }) => name)).toEqual(['train', 'test']);
    expect(Array.from(open(outcome.splits[1]!.file).y!.data)).toEqual([2, 0]);
  });

  it('says which names it looks for, and refuses pickles, fractions and lists as labels', async () => {
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
    const labelled = zipOf([
      { name: 'x.npy', data: array },
      { name: 'y.npy', data: array },
    ]);
    await refused(run(bench.upload('d.npz', labelled)), /label 0 is 0\.5/, 'unsupported');
    const negative = zipOf([
      { name: 'x.npy', data: array },
      { name: 'y.npy', data: npy('|i1', [2], Buffer.from([0, 255])) },
    ]);
    await refused(run(bench.upload('d.npz', negative)), /label of all\[1\] is -1/);
  });
});

describe('CSV', () => {
  it('labels by name, features in order, quotes, semicolons, a byte order mark and Windows line ends', async () => {
    const text = '\ufeff"a ""x""";species;Class\r\n1.5;-2e3;"setosa, ""wild"""\r\n0;7;virginica\r\n';
    const outcome = await run(bench.upload('iris.csv', text));
    expect(outcome).toMatchObject({
      shape: [2],
      classes: ['setosa, "wild"', 'virginica'],
      columns: ['a "x"', 'species'],
      scale: 1,
    });
    const tensors = open(outcome.splits[0]!.file);
    expect(Array.from(tensors.x!.data)).toEqual([1.5, -2000, 0, 7]);
    expect(Array.from(tensors['column.species']!.data)).toEqual([-2000, 7]);
    expect(Array.from(tensors.y!.data)).toEqual([0, 1]);
  });

  it('train and test share their classes; whole numbers keep their value as class index', async () => {
    const outcome = await run(
      bench.upload('train.csv', 'x,label\n1,3\n2,0\n'),
      bench.upload('test.csv', 'x,label\n1,1.0\n'),
    );
    expect(outcome.classes).toEqual(['0', '1', '2', '3']);
    expect(outcome.splits.map(({ file }) => Array.from(open(file).y!.data))).toEqual([[3, 0], [1]]);
  });

  it.each([
    ['a,b\n1,2\n3\n', /^t\.csv: row 3 has 1 cells; the header has 2/],
    ['a,b\n1,2\n3,x y\n', /row 3, column b: found "x y", expected a number/],
    ['a,b\n1,\n', /row 2, column b: found nothing/],
    ['a,a\n1,2\n', /two columns are named a/],
    ['1,2\n3,4\n', /the first row must name the columns/],
    ['a,b\n', /a header but no rows/],
    ['label\n1\n', /no column of features/],
    ['a,label\n1,\n', /row 2, column label: the label is empty/],
    ['a,b\n"1,2\n', /row 2: a quote is opened and never closed/],
    ['a,b\n"1"x,2\n', /row 2: text follows a closing quote/],
    ['a,\n1,2\n', /row 1, column 2: the column has no name/],
  ])('%j names row and column', async (text, message) => {
    await refused(run(bench.upload('t.csv', text)), message);
  });

  it('reads back what any writer of RFC 4180 writes', async () => {
    const cell = fc
      .string({ minLength: 1, maxLength: 6 })
      .filter((text) => text.trim() === text && text !== '');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), cell), {
          minLength: 1,
          maxLength: 6,
        }),
        async (rows) => {
          const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const text = ['v,label', ...rows.map(([value, label]) => `${value},${quoted(label)}`)].join('\n');
          const outcome = await run(bench.upload('t.csv', text));
          const { x, y } = open(outcome.splits[0]!.file);
          expect(Array.from(x!.data)).toEqual(rows.map(([value]) => value + 0)); // JavaScript prints -0 as 0.
          const whole = rows.every(([, label]) => /^\d{1,5}(\.0*)?$/.test(label));
          expect(Array.from(y!.data, (at) => outcome.classes[at])).toEqual(
            rows.map(([, label]) => (whole ? String(Number(label)) : label)),
          );
        },
      ),
      {
        numRuns: 60,
        examples: [
          [
            [
              [1, ':'],
              [2, '00'],
            ],
          ],
        ],
      },
    );
  });
});

describe('safetensors', () => {
  it('reads the digits of the demo: two splits, ten classes, divided by 16 with a word about it', async () => {
    const file = path.join(import.meta.dirname, '../../../examples/digits/digits.safetensors');
    const outcome = await run(bench.existing(file));
    expect(outcome).toMatchObject({ shape: [8, 8, 1], scale: 16 });
    expect(outcome.splits.map(({ name, size }) => [name, size])).toEqual([
      ['train', 1438],
      ['test', 359],
    ]);
    expect(outcome.warnings[0]).toMatch(/divided by 16/);
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
    expect(outcome).toMatchObject({ scale: 4, classes: ['no', 'yes'], columns: ['age'] });
    expect(outcome.warnings).toEqual([
      'd.safetensors: all holds 1 values that are NaN or infinite, the first in all[0].',
    ]);
    await refused(
      run(bench.upload('d.safetensors', file(2))),
      /label of all\[1\] is 2; labels are class indices from 0 to 1/,
    );
  });
});

describe('what is no data set', () => {
  it('says what is', async () => {
    await refused(run(bench.upload('a.docx', 'x')), /^a\.docx: not a data set.*Send IDX/, 'unsupported');
  });
});
