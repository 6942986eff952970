import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../core/errors/index.ts';
import { decodeSafetensors } from '../../../core/result/index.ts';
import { importDataset } from './index.ts';
import { decodeBmp } from './pictures/bmp.ts';
import { decodeGif } from './pictures/gif.ts';
import { decodePng } from './pictures/png.ts';
import { type PngOptions, png, type Workbench, workbench, zipOf } from './testing/bench.ts';

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

describe('BMP and GIF', () => {
  interface Golden {
    readonly name: string;
    readonly file: string;
    readonly shape: readonly number[];
    readonly pixels: string;
  }
  const { pictures }: { pictures: Golden[] } = JSON.parse(
    readFileSync(path.join(import.meta.dirname, 'goldens/pictures.json'), 'utf8'),
  );
  const decode = (bytes: Buffer, name: string) => (name.endsWith('gif') ? decodeGif : decodeBmp)(bytes, name);

  it.each(pictures.map(({ name, ...rest }) => [name, rest] as const))(
    '%s has the pixels that TensorFlow or Pillow reads',
    (name, { file, shape, pixels }) => {
      const { width, height, channels, data } = decode(Buffer.from(file, 'base64'), name);
      expect([height, width, channels]).toEqual(shape);
      expect(Buffer.from(data).equals(Buffer.from(pixels, 'base64'))).toBe(true);
    },
  );

  it('cut off anywhere, or damaged, is pixels or an error for users', () => {
    for (const { name, file } of pictures) {
      const whole = Buffer.from(file, 'base64');
      for (let size = 30; size < whole.length - 20; size += 97)
        expect(() => decode(whole.subarray(0, size), name), `${name} at ${size}`).toThrow(UserError);
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
          const damaged = Buffer.from(whole);
          damaged[at] = value;
          try {
            decode(damaged, name);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        }),
        { numRuns: 40 },
      );
    }
  });

  it('refuses what a bitmap may be packed with', () => {
    const packed = Buffer.from(pictures.find(({ name }) => name === '8 bits.bmp')!.file, 'base64');
    packed.writeUInt32LE(1, 30);
    expect(() => decodeBmp(packed, 'a.bmp')).toThrow(
      'a.bmp: a BMP picture of 8 bits with compression 1 is not read; convert it to PNG',
    );
  });
});

describe('pictures in class folders', () => {
  const grey = (value: number) => png(3, 2, (x) => [value + x], { color: 0 });
  const coloured = (value: number, options: PngOptions = {}) =>
    png(3, 2, (x) => [value + x, value, 0, 255].slice(0, options.color === 6 ? 4 : 3), options);
  const open = (file: string) => decodeSafetensors(readFileSync(file)).tensors;
  /** Names of files and folders to a data set: pixels of each example, labels, warnings. */
  async function folders(entries: Record<string, Buffer | string>) {
    const zip = zipOf(Object.entries(entries).map(([name, data]) => ({ name, data })));
    const outcome = await importDataset([bench.upload('set.zip', zip)], bench.context);
    const splits = outcome.splits.map(({ name, file }) => {
      const { x, y } = open(file);
      const width = x!.data.length / x!.shape[0]!;
      return {
        name,
        first: Array.from({ length: x!.shape[0]! }, (_, i) => x!.data[i * width]),
        y: y ? Array.from(y.data) : null,
        shape: x!.shape,
      };
    });
    return { classes: outcome.classes, warnings: outcome.warnings, splits };
  }

  it('folders give splits and classes; files in plain order, litter passed over', async () => {
    const { classes, splits, warnings } = await folders({
      'set/train/cat/10.png': coloured(10),
      'set/train/cat/2.png': coloured(2),
      'set/train/ant/1.png': coloured(1),
      'set/test/cat/1.png': coloured(50),
      '__MACOSX/set/._1.png': 'x',
      'set/.DS_Store': 'x',
      'set/.cache/thumb.png': 'x',
    });
    expect([classes, warnings]).toEqual([['ant', 'cat'], []]);
    expect(splits).toMatchObject([
      { name: 'train', first: [1, 10, 2], y: [0, 1, 1] },
      { name: 'test', first: [50], y: [1] },
    ]);
  });

  it('says where training pictures alone would be counted otherwise', async () => {
    const { classes, splits, warnings } = await folders({
      'train/a/1.png': coloured(1),
      'train/c/1.png': coloured(2),
      'test/b/1.png': coloured(3),
    });
    expect([classes, splits.map(({ y }) => y)]).toEqual([
      ['a', 'b', 'c'],
      [[0, 2], [1]],
    ]);
    expect(warnings).toEqual([
      'train has no folder b: classes are counted over all splits, so that c is 2; Keras, which reads train alone, makes it 1. If the model was trained so, choose the class order under Preprocessing.',
    ]);
    const last = await folders({ 'train/a/1.png': coloured(1), 'test/b/1.png': coloured(3) });
    expect(last.warnings).toEqual([]);
  });

  it('classes are in plain order, as Keras counts them, with a word where natural order differs', async () => {
    const names = ['class_10', 'class_2', 'apple', 'Zebra', 'class_1'];
    const { classes, splits, warnings } = await folders(
      Object.fromEntries(names.map((name, i) => [`${name}/1.png`, coloured(i)])),
    );
    expect(classes).toEqual(['Zebra', 'apple', 'class_1', 'class_10', 'class_2']);
    expect(splits[0]).toMatchObject({ first: [3, 2, 4, 0, 1], y: [0, 1, 2, 3, 4] });
    expect(warnings).toEqual([
      'Classes are in plain order (Zebra, apple, class_1, class_10 and class_2), as Keras, scikit-learn and torchvision sort names; in natural order (apple, class_1, class_2, class_10 and Zebra) their indices would differ.',
    ]);
  });

  it('several of what is left out are counted', async () => {
    const { warnings } = await folders({
      ...{ 'a/1.png': coloured(1), 'b/1.png': coloured(2), 'x.png': coloured(3), 'y.png': coloured(4) },
      ...{ 'a/notes.txt': 'x', 'b/more.txt': 'y' },
    });
    expect(warnings).toEqual([
      'Left out 2 files that are no pictures: a/notes.txt and b/more.txt.',
      'Left out 2 pictures that lie in no class folder: x.png and y.png.',
    ]);
  });

  it('what is not read is named and changes no index; an empty folder is a class', async () => {
    const { classes, splits, warnings } = await folders({
      'a/1.png': coloured(1),
      'b/1.webp': 'RIFF',
      'b/2.tiff': 'II*',
      'c/1.png': coloured(3),
      'd/': '',
      'c/notes.txt': 'x',
      'top.png': coloured(4),
    });
    expect([classes, splits[0]?.y]).toEqual([
      ['a', 'b', 'c', 'd'],
      [0, 2],
    ]);
    expect(warnings).toEqual([
      'Left out 2 WebP and TIFF pictures, which are not read (convert them to PNG): b/1.webp and b/2.tiff.',
      'Left out 1 file that is no picture: c/notes.txt.',
      'Left out 1 picture that lies in no class folder: top.png.',
      'The class folders b and d hold no picture that is read; a folder is a class all the same, as in Keras, so that the others keep their index.',
    ]);
    const several = { 'a/1.png': coloured(1), 'b/1.png': coloured(2) };
    expect(
      (
        await folders({
          ...several,
          'a/n.txt': 'x',
          'n.csv': 'x',
          '1.png': coloured(3),
          '2.png': coloured(4),
        })
      ).warnings,
    ).toEqual([
      'Left out 2 files that are no pictures: a/n.txt and n.csv.',
      'Left out 2 pictures that lie in no class folder: 1.png and 2.png.',
    ]);
    await expect(folders({ 'a/1.webp': 'RIFF', 'b/2.webp': 'RIFF' })).rejects.toMatchObject({
      code: 'unsupported',
      message: 'a/1.webp: WebP pictures are not read (2 files); convert them to PNG',
    });
  });

  it('grey and coloured together are RGB, as Keras makes them; grey alone stays grey; both are said', async () => {
    const mixed = await folders({
      'a/1.png': grey(9),
      'a/2.png': grey(8),
      'b/1.png': coloured(7),
      'b/2.png': grey(6),
    });
    expect(mixed.splits[0]).toMatchObject({ shape: [4, 2, 3, 3], first: [9, 8, 7, 6] });
    expect(mixed.warnings).toEqual([
      '3 of 4 pictures are grey; they are read with 3 equal channels, as in Keras.',
    ]);
    const alone = await folders({ 'a/1.png': grey(9), 'b/1.png': grey(6) });
    expect(alone.warnings).toEqual([
      expect.stringMatching(/^All pictures are grey and have 1 channel\. A model trained/),
    ]);
    const late = await folders({
      'train/a/1.png': grey(9),
      'train/b/1.png': grey(5),
      'test/a/1.png': coloured(7),
      'test/b/1.png': grey(4),
    });
    expect(late.splits).toMatchObject([
      { shape: [2, 2, 3, 3], first: [9, 5] },
      { shape: [2, 2, 3, 3], first: [7, 4] },
    ]);
  });

  it('reads the colours of a BMP, and says that TensorFlow reads their places in the palette', async () => {
    // Two pixels of 8 bits, the second and the first colour of a palette.
    const bmp = (...colours: number[][]) => {
      const header = Buffer.alloc(54 + 4 * colours.length + 4);
      header.write('BM');
      header.writeUInt32LE(header.length, 2);
      header.writeUInt32LE(54 + 4 * colours.length, 10);
      header.writeUInt32LE(40, 14);
      header.writeInt32LE(2, 18);
      header.writeInt32LE(1, 22);
      header.writeUInt16LE(1, 26);
      header.writeUInt16LE(8, 28);
      header.writeUInt32LE(colours.length, 46);
      for (const [i, [r = 0, g = 0, b = 0]] of colours.entries()) header.set([b, g, r], 54 + 4 * i);
      header.set([1, 0], 54 + 4 * colours.length);
      return header;
    };
    const red = bmp([255, 0, 0], [0, 9, 0]);
    expect([...decodeBmp(red, 'x.bmp').data]).toEqual([0, 9, 0, 255, 0, 0]);
    const { warnings } = await folders({ 'a/1.bmp': red, 'b/1.bmp': bmp([0, 0, 0], [1, 1, 1]) });
    expect(warnings).toEqual([
      '1 of 2 pictures are grey; they are read with 3 equal channels, as in Keras.',
      "The colours of a BMP's palette are read, as Pillow does, in 1 (a/1.bmp); TensorFlow and Keras read their places in the palette as greys.",
    ]);
  });

  it('says that transparency, further frames and 16 bits are left out', async () => {
    const clear = png(3, 2, (x) => [x, 1, 2, 100], { color: 6 });
    const deep = png(3, 2, (x) => [256 * x + 9, 256, 512], { depth: 16 });
    const { warnings } = await folders({
      'a/1.png': clear,
      'b/1.png': coloured(1, { color: 6 }),
      'c/1.png': deep,
    });
    expect(warnings).toEqual([
      'Transparency is left out, as in Keras, of 1 (a/1.png): the colours are kept.',
      'Samples of 16 bits are cut to their upper 8, as in Keras, in 1 (c/1.png).',
    ]);
    const { pictures } = JSON.parse(
      readFileSync(path.join(import.meta.dirname, 'goldens/pictures.json'), 'utf8'),
    );
    const moving = pictures.find(({ name }: { name: string }) => name === 'moving.gif');
    const gif = await folders({
      'a/1.gif': Buffer.from(moving.file, 'base64'),
      'b/1.gif': Buffer.from(moving.file, 'base64'),
    });
    expect(gif.warnings).toEqual(['Of moving pictures the first frame is read: 2 (a/1.gif and b/1.gif).']);
  });

  it('the outer folder is the class; folders around all classes are none; a class may be named train', async () => {
    const inner = await folders({
      'set/v1/cat/x/1.png': coloured(1),
      'set/v1/cat/y/2.png': coloured(2),
      'set/v1/dog/1.png': coloured(3),
    });
    expect([inner.classes, inner.splits[0]]).toMatchObject([
      ['cat', 'dog'],
      { first: [1, 2, 3], y: [0, 0, 1] },
    ]);
    expect(inner.warnings).toEqual([expect.stringMatching(/the outer folder is the class, as in Keras/)]);
    const vehicles = await folders({ 'train/1.png': coloured(1), 'car/1.png': coloured(2) });
    expect([vehicles.classes, vehicles.splits.map(({ name }) => name)]).toEqual([['car', 'train'], ['all']]);
    const beside = await folders({
      'test/a/1.png': coloured(1),
      'a/1.png': coloured(2),
      'b/1.png': coloured(3),
    });
    expect(beside.splits.map(({ name }) => name)).toEqual(['train', 'test']);
    expect(beside.warnings).toEqual([
      '2 pictures lie beside the folders of splits (a/1.png and b/1.png); they are taken for the split train.',
    ]);
    expect((await folders({ '1.png': coloured(1) })).warnings).toEqual([
      'The pictures are not in class folders, so they have no labels.',
    ]);
    expect((await folders({ 'holiday/1.png': coloured(1) })).warnings).toEqual([
      expect.stringMatching(/All pictures lie in one class folder, holiday: there is one class only/),
    ]);
  });

  it('files beside data of another kind are named', async () => {
    const zip = zipOf([
      { name: 'd/t.csv', data: 'a,label\n7,0\n3,1\n' },
      { name: 'd/readme.md', data: 'x' },
      { name: 'd/.gitignore', data: 'x' },
    ]);
    const { warnings } = await importDataset([bench.upload('d.zip', zip)], bench.context);
    expect(warnings).toEqual(['Left out 1 file beside the data: d/readme.md.']);
  });

  it('names the picture that differs in size or is damaged', async () => {
    const odd = zipOf([
      { name: 'a/1.png', data: grey(1) },
      { name: 'b/1.png', data: png(4, 2, () => [1], { color: 0 }) },
    ]);
    await expect(importDataset([bench.upload('p.zip', odd)], bench.context)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(
        /^b\/1\.png: the picture is 4 x 2 .* but a\/1\.png is 3 x 2.*bring all to one size/,
      ),
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

const cases = path.join(import.meta.dirname, '../../../../shared/cases');
describe.skipIf(!existsSync(cases))(
  'folders that once were read wrong (skipped without ../shared/cases)',
  () => {
    it.each([
      ['folders-order.zip', ['Zebra', 'apple', 'class_1', 'class_10', 'class_2'], /plain order/],
      ['folders-formats.zip', ['a', 'b', 'c'], /Left out 1 WebP picture.*b\/1\.webp/],
    ])('%s', async (name, classes, said) => {
      const outcome = await importDataset([bench.existing(path.join(cases, name))], bench.context);
      expect(outcome.classes).toEqual(classes);
      expect(outcome.warnings.join('\n')).toMatch(said);
    });
  },
);
