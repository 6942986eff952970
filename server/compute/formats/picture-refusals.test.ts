/** Pictures with one fault each: the sentence that names it. Pictures that are sound are in pictures.test.ts. */
import { deflateSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { crc32 } from './files/crc32.ts';
import { importDataset } from './index.ts';
import { decodeBmp } from './pictures/bmp.ts';
import { decodeGif } from './pictures/gif.ts';
import { decodePng } from './pictures/png.ts';
import { patched, png, type Workbench, workbench, zipOf } from './testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const refused = (promise: Promise<unknown>, message: RegExp) =>
  expect(promise).rejects.toMatchObject({
    name: 'UserError',
    code: 'invalid',
    message: expect.stringMatching(message),
  });
const words = (...values: number[]) => [...Buffer.from(Uint32Array.from(values).buffer)];

describe('PNG', () => {
  const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
  const chunk = (type: string, body: Uint8Array = Buffer.alloc(0)) => {
    const typed = Buffer.concat([Buffer.from(type), body]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(body.length, 0);
    frame.writeUInt32BE(crc32(typed), 4);
    return Buffer.concat([frame.subarray(0, 4), typed, frame.subarray(4)]);
  };
  const header = (width: number, height: number, color = 0, depth = 8) => {
    const body = Buffer.alloc(13);
    body.writeUInt32BE(width, 0);
    body.writeUInt32BE(height, 4);
    body.set([depth, color], 8);
    return chunk('IHDR', body);
  };
  const picture = (...chunks: Buffer[]) => Buffer.concat([SIGNATURE, ...chunks, chunk('IEND')]);
  const pixels = (...lines: number[]) => chunk('IDAT', deflateSync(Buffer.from(lines)));

  it.each<[string, Buffer]>([
    ['not a PNG picture: its signature is missing', Buffer.from('GIF89a??')],
    ['the header IHDR is missing', picture()],
    ['the chunk IDAT comes before the header IHDR', picture(pixels(0, 1))],
    ['the header IHDR has the wrong length', picture(chunk('IHDR', Buffer.alloc(12)))],
    ['the header says 0 x 1 pixels; expected 1 to 67108864 in all', picture(header(0, 1))],
    [
      'the header says 65536 x 65536 pixels; expected 1 to 67108864 in all',
      picture(header(65536, 65536), pixels(0)),
    ],
    ['the header is not valid (colour type 2, bit depth 4)', picture(header(1, 1, 2, 4))],
    ['the palette PLTE is missing', picture(header(1, 1, 3), pixels(0, 0))],
    ['the picture is cut off: the chunk IEND is missing', Buffer.concat([SIGNATURE, header(1, 1)])],
    [
      'the picture is cut off within the chunk IDAT',
      Buffer.concat([SIGNATURE, header(1, 1), pixels(0, 1).subarray(0, 14)]),
    ],
    ['the checksum of the chunk IHDR is wrong', patched(picture(header(1, 1)), [16, [9]])],
    [
      'the pixels do not unpack (incorrect header check)',
      picture(header(1, 1), chunk('IDAT', Buffer.from([1, 2, 3]))),
    ],
    ['the pixels are cut off: 2 of 4 bytes', picture(header(1, 2), pixels(0, 1))],
    ['the filter type 5 is not one of PNG', picture(header(1, 1), pixels(5, 1))],
    [
      'pixel 1 uses a colour that the palette does not have',
      picture(header(2, 1, 3), chunk('PLTE', Buffer.from([1, 2, 3])), pixels(0, 0, 1)),
    ],
  ])('%s', (said, bytes) => {
    expect(() => decodePng(bytes, 'a.png')).toThrow(`a.png: ${said}`);
  });
});

describe('BMP', () => {
  /** 2 x 1 pixels of 8 bits with a palette of two greys. */
  const sound = (() => {
    const head = Buffer.alloc(54);
    head.write('BM');
    head.set(words(62), 10);
    head.set(words(40, 2, 1), 14);
    head.set([1, 0, 8, 0], 26);
    head.set(words(2), 46);
    return Buffer.concat([head, Buffer.from([0, 0, 0, 0, 255, 255, 255, 0]), Buffer.from([0, 1, 0, 0])]);
  })();

  it('is read when it is sound', () => {
    expect(decodeBmp(sound, 'a.bmp')).toMatchObject({ width: 2, height: 1, data: Uint8Array.of(0, 255) });
  });

  it.each<[string, Buffer]>([
    ['the BMP header is 13 bytes long, which is not one of the format', patched(sound, [14, words(13)])],
    ['the BMP header is 400 bytes long, which is not one of the format', patched(sound, [14, words(400)])],
    ['the header says -2 x 1 pixels; expected 1 to 67108864 in all', patched(sound, [18, words(-2)])],
    ['the header says 2 x 0 pixels; expected 1 to 67108864 in all', patched(sound, [22, words(0)])],
    [
      'a BMP picture of 8 bits with compression 1 is not read; convert it to PNG',
      patched(sound, [30, words(1)]),
    ],
    ['the picture is cut off: 66 of 82 bytes', patched(sound, [22, words(5)])],
    // The pixels are said to lie before the palette, which then does not fit into the file.
    ['the picture is cut off within its palette', patched(sound, [10, words(54)], [46, words(0)])],
    ['pixel (1, 0) uses a colour that the palette does not have', patched(sound, [62, [0, 2]])],
  ])('%s', (said, bytes) => {
    expect(() => decodeBmp(bytes, 'a.bmp')).toThrow(`a.bmp: ${said}`);
  });
});

describe('GIF', () => {
  const screen = (width: number, height: number, ...table: number[]) =>
    Buffer.from([
      ...[...Buffer.from('GIF89a'), width & 255, width >> 8, height & 255, height >> 8],
      ...[table.length > 0 ? 0x80 : 0, 0, 0, ...table],
    ]);
  /** A frame of the whole canvas; LZW with 2 bits and codes of 3: clear, the indices, end. */
  const frame = (...packed: number[]) => [
    ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0],
    ...[2, packed.length, ...packed, 0],
  ];
  const BLACK_WHITE = [0, 0, 0, 255, 255, 255];
  /** Codes of 3 bits, from the lowest. */
  const index = (value: number) => {
    const bits = 4 | (value << 3) | (5 << 6);
    return frame(bits & 255, bits >> 8);
  };
  const gif = (head: Buffer, ...rest: number[]) => Buffer.concat([head, Buffer.from([...rest, 0x3b])]);

  it('is read when it is sound', () => {
    expect(decodeGif(gif(screen(1, 1, ...BLACK_WHITE), ...index(1)), 'a.gif').data).toEqual(
      Uint8Array.of(255, 255, 255),
    );
  });

  it.each<[string, Buffer]>([
    ['the GIF picture is damaged or cut off', Buffer.from('GIF89a\x01\0')],
    ['the GIF picture is damaged or cut off', gif(screen(1, 1, ...BLACK_WHITE), 0x55)],
    ['the GIF picture is damaged or cut off', gif(screen(1, 1, ...BLACK_WHITE), ...frame())],
    ['the header says 0 x 1 pixels; expected 1 to 67108864 in all', gif(screen(0, 1), ...index(0), 0)],
    [
      'the header says 65535 x 65535 pixels; expected 1 to 67108864 in all',
      gif(screen(65535, 65535), ...index(0)),
    ],
    ['the picture has no palette', gif(screen(1, 1), ...index(0))],
    [
      'pixel (0, 0) uses a colour that the palette does not have',
      gif(screen(1, 1, ...BLACK_WHITE), ...index(2)),
    ],
    ['the GIF file holds no picture', gif(screen(1, 1, ...BLACK_WHITE))],
  ])('%s', (said, bytes) => {
    expect(() => decodeGif(bytes, 'a.gif')).toThrow(`a.gif: ${said}`);
  });
});

describe('JPEG', () => {
  /** The native backend's decoder, on a file that it cannot read. */
  const node = {
    decodeImage: () => {
      throw new Error('Invalid JPEG data, size 15');
    },
  };
  const jpeg = (...bytes: number[]) =>
    zipOf([{ name: 'a/1.jpg', data: Buffer.from([0xff, 0xd8, ...bytes]) }]);
  const frame = (height: number, width: number) => [
    ...[0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255],
    ...[1, 1, 0x11, 0],
  ];
  const read = (bytes: Buffer) =>
    importDataset([bench.upload('p.zip', bytes)], {
      ...bench.context,
      tf: Object.assign({ ...bench.tf }, { node }),
    });

  it('no size, too large a size, and damage are told', async () => {
    await refused(
      read(jpeg(1, 2, 3, 4, 5, 6, 7, 8, 9)),
      /^a\/1\.jpg: the JPEG picture has no valid size in its header$/,
    );
    await refused(read(jpeg(...frame(65535, 65535))), /the JPEG picture has no valid size in its header$/);
    await refused(read(jpeg(...frame(4, 4))), /^a\/1\.jpg: the JPEG picture is damaged or cut off$/);
  });
});

it('pictures that together are too large to hold', async () => {
  const data = png(1024, 1024, () => [0], { color: 0 });
  const names = Array.from({ length: 2049 }, (_, i) => ({ name: `a/${i}.png`, data, store: true }));
  await refused(
    importDataset([bench.upload('p.zip', zipOf(names))], bench.context),
    /^a\/0\.png: the pictures together exceed 2 GiB; make them smaller or fewer$/,
  );
});
