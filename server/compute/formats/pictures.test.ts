import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../../../core/result/index.ts';
import { importDataset } from './index.ts';
import { decodePng } from './png.ts';
import { png, type Workbench, workbench, zipOf } from './testing.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const COUNT: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

describe('PNG', () => {
  it('gives back every pixel, for all colour types, depths, filters and interlacing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          ...[1, 2, 4, 8, 16].map((depth) => [0, depth]),
          ...[1, 2, 4, 8].map((depth) => [3, depth]),
          ...[2, 4, 6].flatMap((color) => [8, 16].map((depth) => [color, depth])),
        ),
        fc.integer({ min: 1, max: 19 }),
        fc.integer({ min: 1, max: 19 }),
        fc.boolean(),
        fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }),
        fc.integer(),
        ([color = 0, depth = 8], width, height, interlaced, filters, seed) => {
          const sample = (x: number, y: number, c: number) =>
            (Math.imul(x * 31 + y * 17 + c * 7 + seed, 2654435761) >>> 9) & ((1 << depth) - 1);
          const channels = COUNT[color]!;
          const pixel = (x: number, y: number) => Array.from({ length: channels }, (_, c) => sample(x, y, c));
          const palette = Array.from({ length: 3 * 256 }, (_, i) => (i * 37) & 255);
          const bytes = png(width, height, pixel, {
            color,
            depth,
            interlaced,
            filter: (line) => filters[line % filters.length]!,
            ...(color === 3 ? { palette: palette.slice(0, 3 << depth) } : {}),
          });
          const picture = decodePng(bytes, 'x.png');
          expect([picture.width, picture.height, picture.channels]).toEqual([
            width,
            height,
            color === 3 ? 3 : channels,
          ]);
          for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++)
              for (let c = 0; c < picture.channels; c++) {
                const value =
                  color === 3
                    ? palette[3 * sample(x, y, 0) + c]!
                    : depth === 16
                      ? sample(x, y, c) >> 8
                      : (sample(x, y, c) * 255) / ((1 << depth) - 1);
                expect(picture.data[(y * width + x) * picture.channels + c]).toBe(Math.floor(value));
              }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('gives what the native decoder gives', (test) => {
    const node: unknown = Reflect.get(bench.tf, 'node');
    if (typeof node !== 'object' || node === null)
      return test.skip('the native TensorFlow backend is not installed');
    for (const interlaced of [false, true])
      for (const color of [0, 2, 6]) {
        const bytes = png(
          13,
          9,
          (x, y) => Array.from({ length: COUNT[color]! }, (_, c) => (x * 19 + y * 7 + c * 50) & 255),
          {
            color,
            interlaced,
            filter: (line) => line % 5,
          },
        );
        const decode: unknown = Reflect.get(node, 'decodePng');
        if (typeof decode !== 'function') throw new Error('no decodePng');
        const native = decode(bytes, 0);
        expect(Array.from(decodePng(bytes, 'x.png').data)).toEqual(Array.from(native.dataSync()));
        native.dispose();
      }
  });
});

describe('pictures in class folders', () => {
  const grey = (value: number) => png(3, 2, (x) => [value + x], { color: 0 });
  const open = (file: string) => decodeSafetensors(readFileSync(file)).tensors;

  it('folders give splits and classes, numbers in names order by value, litter is passed over', async () => {
    const zip = zipOf([
      { name: 'set/train/cat/10.png', data: grey(10) },
      { name: 'set/train/cat/2.png', data: grey(2) },
      { name: 'set/train/ant/1.png', data: grey(1) },
      { name: 'set/test/cat/1.png', data: grey(50) },
      { name: '__MACOSX/set/._1.png', data: 'x' },
      { name: 'set/.DS_Store', data: 'x' },
    ]);
    const outcome = await importDataset([bench.upload('set.zip', zip)], bench.context);
    expect(outcome).toMatchObject({
      shape: [2, 3, 1],
      classes: ['ant', 'cat'],
      declaredScale: null,
      warnings: [],
    });
    expect(outcome.splits.map(({ name, size }) => [name, size])).toEqual([
      ['train', 3],
      ['test', 1],
    ]);
    const train = open(outcome.splits[0]!.file);
    expect(Array.from(train.y!.data)).toEqual([0, 1, 1]);
    expect(train.x!.shape).toEqual([3, 2, 3, 1]);
    expect(Array.from(train.x!.data)).toEqual([1, 2, 3, 1, 2, 3, 2, 3, 4, 2, 3, 4, 10, 11, 12, 10, 11, 12]);
  });

  it('names the picture that differs in size or is damaged', async () => {
    const odd = zipOf([
      { name: 'a/1.png', data: grey(1) },
      { name: 'b/1.png', data: png(4, 2, () => [1], { color: 0 }) },
    ]);
    await expect(importDataset([bench.upload('p.zip', odd)], bench.context)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/^b\/1\.png: the picture is 4 x 2 .* but a\/1\.png is 3 x 2/),
    });
    const cut = zipOf([{ name: 'a/1.png', data: grey(1).subarray(0, 50) }]);
    await expect(importDataset([bench.upload('p.zip', cut)], bench.context)).rejects.toMatchObject({
      at: 'a/1.png',
    });
    const none = zipOf([{ name: 'a/1.png', data: 'GIF89a' }]);
    await expect(importDataset([bench.upload('p.zip', none)], bench.context)).rejects.toMatchObject({
      at: 'a/1.png',
    });
  });

  it('JPEG is decoded by the native backend, and without it the error says what to do', async () => {
    const bare = { ...bench.context, tf: Object.assign({ ...bench.tf }, { node: undefined }) };
    const zip = zipOf([{ name: 'a/1.jpg', data: Buffer.from('ffd8ffe000104a464946', 'hex') }]);
    await expect(importDataset([bench.upload('p.zip', zip)], bare)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/convert the pictures to PNG/),
    });
    const node: unknown = Reflect.get(bench.tf, 'node');
    const encode: unknown =
      typeof node === 'object' && node !== null ? Reflect.get(node, 'encodeJpeg') : null;
    if (typeof encode !== 'function') return;
    const pixels = bench.tf.fill([8, 16, 3], 128, 'int32');
    const jpeg: Uint8Array = await encode(pixels);
    pixels.dispose();
    const before = bench.tf.memory().numTensors;
    const outcome = await importDataset(
      [bench.upload('p.zip', zipOf([{ name: 'a/1.jpg', data: jpeg }]))],
      bench.context,
    );
    expect(outcome.shape).toEqual([8, 16, 3]);
    expect(Math.abs(open(outcome.splits[0]!.file).x!.data[5]! - 128)).toBeLessThan(3);
    const cut = zipOf([{ name: 'a/1.jpg', data: jpeg.subarray(0, 300) }]);
    await expect(importDataset([bench.upload('p.zip', cut)], bench.context)).rejects.toMatchObject({
      name: 'UserError',
    });
    expect(bench.tf.memory().numTensors).toBe(before);
  });
});
