/**
 * BMP decoder (Windows device-independent bitmaps): 1, 4 and 8 bits with a palette, 16, 24 and 32 bits, rows from below or
 * from above. Compressed bitmaps are refused. A palette of greys gives one channel.
 */
import { invalid, unsupported } from '../files/context.ts';
import { MAX_PIXELS, type Picture } from './picture.ts';

export function looksLikeBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d && bytes.length > 26;
}

/** Colour masks of 16 and 32 bits where the header names none. */
const MASKS: Record<number, readonly number[]> = {
  16: [0x7c00, 0x3e0, 0x1f],
  32: [0xff0000, 0xff00, 0xff],
};

export function decodeBmp(bytes: Buffer, file: string): Picture {
  const start = bytes.readUInt32LE(10);
  const header = bytes.readUInt32LE(14);
  // The header of OS/2 has sizes of 16 bits.
  const old = header === 12;
  if ((!old && header < 40) || 14 + header > bytes.length)
    throw invalid(file, `the BMP header is ${header} bytes long, which is not one of the format`);
  const width = old ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const signed = old ? bytes.readInt16LE(20) : bytes.readInt32LE(22);
  const height = Math.abs(signed);
  const depth = bytes.readUInt16LE(old ? 24 : 28);
  const compression = old ? 0 : bytes.readUInt32LE(30);
  if (width < 1 || height < 1 || width * height > MAX_PIXELS)
    throw invalid(file, `the header says ${width} x ${height} pixels; expected 1 to ${MAX_PIXELS} in all`);
  if (![1, 4, 8, 16, 24, 32].includes(depth) || ![0, 3, 6].includes(compression))
    throw unsupported(
      file,
      `a BMP picture of ${depth} bits with compression ${compression} is not read; convert it to PNG`,
    );
  const stride = 4 * Math.ceil((width * depth) / 32);
  if (start + stride * height > bytes.length)
    throw invalid(file, `the picture is cut off: ${bytes.length} of ${start + stride * height} bytes`);
  const rowAt = (y: number) => start + stride * (signed < 0 ? y : height - 1 - y);
  if (depth <= 8) {
    const palette = paletteOf(bytes, header, depth, old, file);
    return indexed(bytes, { width, height, depth, rowAt, palette }, file);
  }
  const masks = compression === 0 ? MASKS[depth] : [0, 4, 8].map((offset) => bytes.readUInt32LE(54 + offset));
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const to = 3 * (y * width + x);
      const from = rowAt(y) + (x * depth) / 8;
      if (depth === 24) for (let c = 0; c < 3; c++) data[to + c] = bytes[from + 2 - c]!;
      else {
        const pixel = depth === 16 ? bytes.readUInt16LE(from) : bytes.readUInt32LE(from);
        for (let c = 0; c < 3; c++) data[to + c] = masked(pixel, masks![c]!);
      }
    }
  return { width, height, channels: 3, data };
}

/** The bits of a mask, brought to 0..255 and cut to whole numbers, as Pillow does. */
function masked(pixel: number, mask: number): number {
  if (mask === 0) return 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return Math.floor((((pixel & mask) >>> shift) * 255) / most);
}

/** RGB, one after another. */
function paletteOf(bytes: Buffer, header: number, depth: number, old: boolean, file: string): Uint8Array {
  const width = old ? 3 : 4;
  const said = old ? 0 : bytes.readUInt32LE(46);
  const count = said > 0 && said <= 1 << depth ? said : 1 << depth;
  const at = 14 + header;
  if (at + count * width > bytes.length) throw invalid(file, 'the picture is cut off within its palette');
  return Uint8Array.from(
    { length: 3 * count },
    (_, i) => bytes[at + width * Math.floor(i / 3) + 2 - (i % 3)]!,
  );
}

interface Indexed {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly palette: Uint8Array;
  rowAt(y: number): number;
}

function indexed(bytes: Buffer, { width, height, depth, rowAt, palette }: Indexed, file: string): Picture {
  const grey = palette.every((value, i) => value === palette[i - (i % 3)]);
  const channels = grey ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const index = (bytes[rowAt(y) + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
      if (3 * index >= palette.length)
        throw invalid(file, `pixel (${x}, ${y}) uses a colour that the palette does not have`);
      for (let c = 0; c < channels; c++) data[(y * width + x) * channels + c] = palette[3 * index + c]!;
    }
  const plain = palette.every((value, i) => value === Math.floor(i / 3));
  return { width, height, channels, data, ...(depth === 8 && !plain ? { recoloured: true } : {}) };
}
