/**
 * PNG decoder (W3C Portable Network Graphics, third edition, 2025): all colour types, bit depths 1 to 16, all filters,
 * Adam7 interlacing. 16-bit samples are cut to their upper byte; palettes and transparency are resolved.
 */
import { inflateSync } from 'node:zlib';
import { invalid } from '../files/context.ts';
import { crc32 } from '../files/crc32.ts';
import { MAX_PIXELS, type Picture } from './picture.ts';

const SIGNATURE = '89504e470d0a1a0a';
const SAMPLES: Record<number, { count: number; depths: readonly number[] }> = {
  0: { count: 1, depths: [1, 2, 4, 8, 16] },
  2: { count: 3, depths: [8, 16] },
  3: { count: 1, depths: [1, 2, 4, 8] },
  4: { count: 2, depths: [8, 16] },
  6: { count: 4, depths: [8, 16] },
};

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly color: number;
  readonly interlaced: boolean;
}

export function looksLikePng(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 8)).toString('hex') === SIGNATURE;
}

export function decodePng(bytes: Buffer, file: string): Picture {
  if (!looksLikePng(bytes)) throw invalid(file, 'not a PNG picture: its signature is missing');
  let header: Header | null = null;
  let palette: Buffer | null = null;
  let transparency: Buffer | null = null;
  const data: Buffer[] = [];
  for (const { type, body } of chunks(bytes, file)) {
    if (type === 'IHDR') header = readHeader(body, file);
    else if (!header) throw invalid(file, `the chunk ${type} comes before the header IHDR`);
    else if (type === 'PLTE') palette = body;
    else if (type === 'tRNS') transparency = body;
    else if (type === 'IDAT') data.push(body);
  }
  if (!header) throw invalid(file, 'the header IHDR is missing');
  if (header.color === 3 && !palette) throw invalid(file, 'the palette PLTE is missing');
  const samples = unpack(header, Buffer.concat(data), file);
  return resolve(header, samples, palette, transparency, file);
}

function* chunks(bytes: Buffer, file: string): Generator<{ type: string; body: Buffer }> {
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) throw invalid(file, 'the picture is cut off: the chunk IEND is missing');
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (at + 12 + size > bytes.length) throw invalid(file, `the picture is cut off within the chunk ${type}`);
    if (crc32(bytes.subarray(at + 4, at + 8 + size)) !== bytes.readUInt32BE(at + 8 + size))
      throw invalid(file, `the checksum of the chunk ${type} is wrong`);
    if (type === 'IEND') return;
    yield { type, body: bytes.subarray(at + 8, at + 8 + size) };
    at += 12 + size;
  }
}

function readHeader(body: Buffer, file: string): Header {
  if (body.length !== 13) throw invalid(file, 'the header IHDR has the wrong length');
  const [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
  const [depth, color, compression, filter, interlace] = body.subarray(8);
  if (!width || !height || width * height > MAX_PIXELS)
    throw invalid(file, `the header says ${width} x ${height} pixels; expected 1 to ${MAX_PIXELS} in all`);
  if (!SAMPLES[color!]?.depths.includes(depth!) || compression !== 0 || filter !== 0 || interlace! > 1)
    throw invalid(file, `the header is not valid (colour type ${color}, bit depth ${depth})`);
  return { width, height, depth: depth!, color: color!, interlaced: interlace === 1 };
}

/** Adam7: first column and row, and steps, of each pass. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Samples (height, width, count), palette indices and depths below 8 as they are, depth 16 cut to its upper byte. */
function unpack(header: Header, packed: Buffer, file: string): Uint8Array {
  const { width, height, depth, color, interlaced } = header;
  const count = SAMPLES[color]!.count;
  const passes = (interlaced ? PASSES : ([[0, 0, 1, 1]] as const)).map(([x, y, dx, dy]) => {
    const columns = Math.max(0, Math.ceil((width - x) / dx));
    const rows = Math.max(0, Math.ceil((height - y) / dy));
    return {
      x,
      y,
      dx,
      dy,
      columns,
      rows: columns === 0 ? 0 : rows,
      bytes: Math.ceil((columns * count * depth) / 8),
    };
  });
  const expected = passes.reduce((sum, pass) => sum + pass.rows * (pass.bytes + 1), 0);
  let raw: Buffer;
  try {
    raw = inflateSync(packed, { maxOutputLength: expected + 1024 });
  } catch (error) {
    throw invalid(
      file,
      `the pixels do not unpack (${error instanceof Error ? error.message : String(error)})`,
    );
  }
  if (raw.length < expected)
    throw invalid(file, `the pixels are cut off: ${raw.length} of ${expected} bytes`);
  const out = new Uint8Array(width * height * count);
  const pixel = Math.max(1, (count * depth) / 8);
  let at = 0;
  for (const { x, y, dx, dy, columns, rows, bytes } of passes) {
    let above: Uint8Array = new Uint8Array(bytes);
    for (let row = 0; row < rows; row++) {
      const line = raw.subarray(at + 1, at + 1 + bytes);
      unfilter(raw[at]!, line, above, pixel, file);
      const to = (y + row * dy) * width;
      for (let column = 0; column < columns; column++)
        for (let s = 0; s < count; s++)
          out[(to + x + column * dx) * count + s] = sampleAt(line, column * count + s, depth);
      above = line;
      at += bytes + 1;
    }
  }
  return out;
}

function sampleAt(line: Uint8Array, index: number, depth: number): number {
  if (depth === 8) return line[index]!;
  if (depth === 16) return line[2 * index]!;
  const bit = index * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/** Undoes a scan line's filter in place (chapter 9 of the standard). */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, pixel: number, file: string): void {
  if (filter > 4) throw invalid(file, `the filter type ${filter} is not one of PNG`);
  if (filter === 0) return;
  for (let i = 0; i < line.length; i++) {
    const left = i >= pixel ? line[i - pixel]! : 0;
    const up = above[i]!;
    const corner = i >= pixel ? above[i - pixel]! : 0;
    if (filter === 1) line[i]! += left;
    else if (filter === 2) line[i]! += up;
    else if (filter === 3) line[i]! += (left + up) >> 1;
    else line[i]! += paeth(left, up, corner);
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function resolve(
  { width, height, depth, color }: Header,
  samples: Uint8Array,
  palette: Buffer | null,
  transparency: Buffer | null,
  file: string,
): Picture {
  if (color === 3) {
    const channels = transparency ? 4 : 3;
    const data = new Uint8Array(width * height * channels);
    for (let i = 0; i < samples.length; i++) {
      const from = 3 * samples[i]!;
      if (from + 3 > palette!.length)
        throw invalid(file, `pixel ${i} uses a colour that the palette does not have`);
      for (let c = 0; c < 3; c++) data[i * channels + c] = palette![from + c]!;
      if (transparency) data[i * channels + 3] = transparency[samples[i]!] ?? 255;
    }
    return { width, height, channels, data };
  }
  const scale = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  const data = scale === 1 ? samples : samples.map((value) => value * scale);
  return { width, height, channels: SAMPLES[color]!.count, data, ...(depth === 16 ? { deep: true } : {}) };
}
