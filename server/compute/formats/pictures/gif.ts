/** GIF decoder (GIF89a, CompuServe 1990): the first frame on its canvas, RGB, transparent and uncovered places black. */
import { invalid } from '../files/context.ts';
import { MAX_PIXELS, type Picture } from './picture.ts';

export function looksLikeGif(bytes: Uint8Array): boolean {
  return /^GIF8[79]a/.test(Buffer.from(bytes.subarray(0, 6)).toString('latin1'));
}

export function decodeGif(bytes: Buffer, file: string): Picture {
  const cut = () => invalid(file, 'the GIF picture is damaged or cut off');
  if (bytes.length < 14) throw cut();
  const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  if (!width || !height || width * height > MAX_PIXELS)
    throw invalid(file, `the header says ${width} x ${height} pixels; expected 1 to ${MAX_PIXELS} in all`);
  const tableAt = (at: number, flags: number) =>
    flags & 0x80 ? bytes.subarray(at, at + 3 * (2 << (flags & 7))) : null;
  const global = tableAt(13, bytes[10]!);
  let at = 13 + (global?.length ?? 0);
  let transparent = -1;
  let frames = 0;
  let data: Uint8Array | null = null;
  while (at < bytes.length && bytes[at] !== 0x3b) {
    if (bytes[at] === 0x21) {
      // A graphic control extension says which colour is none.
      if (bytes[at + 1] === 0xf9 && at + 7 < bytes.length && data === null)
        transparent = bytes[at + 3]! & 1 ? bytes[at + 6]! : -1;
      at = afterBlocks(bytes, at + 2, cut);
      continue;
    }
    if (bytes[at] !== 0x2c || at + 11 > bytes.length) throw cut();
    const [left, top, w, h] = [1, 3, 5, 7].map((offset) => bytes.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
      number,
    ];
    const flags = bytes[at + 9]!;
    const local = tableAt(at + 10, flags);
    at += 10 + (local?.length ?? 0);
    frames++;
    if (data === null) {
      const palette = local ?? global;
      if (!palette) throw invalid(file, 'the picture has no palette');
      if (w * h > MAX_PIXELS) throw cut();
      const end = afterBlocks(bytes, at + 1, cut);
      const indices = unpack(blocksOf(bytes, at + 1, end), bytes[at]!, w * h, cut);
      data = new Uint8Array(width * height * 3);
      for (let i = 0; i < w * h; i++) {
        const x = left + (i % w);
        const y = top + (flags & 0x40 ? interlacedRow(Math.floor(i / w), h) : Math.floor(i / w));
        const index = indices[i]!;
        if (x >= width || y >= height || index === transparent) continue;
        if (3 * index + 2 >= palette.length)
          throw invalid(file, `pixel (${x}, ${y}) uses a colour that the palette does not have`);
        for (let c = 0; c < 3; c++) data[3 * (y * width + x) + c] = palette[3 * index + c]!;
      }
      at = end;
    } else at = afterBlocks(bytes, at + 1, cut);
  }
  if (!data) throw invalid(file, 'the GIF file holds no picture');
  return { width, height, channels: 3, data, ...(frames > 1 ? { frames } : {}) };
}

/** Behind the sub-blocks that begin at `at`. */
function afterBlocks(bytes: Buffer, from: number, cut: () => Error): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!;
  if (at >= bytes.length) throw cut();
  return at + 1;
}

function blocksOf(bytes: Buffer, from: number, end: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = from; at < end - 1; at += 1 + bytes[at]!)
    parts.push(bytes.subarray(at + 1, at + 1 + bytes[at]!));
  return Buffer.concat(parts);
}

/** Interlaced pictures come in four passes: every 8th row from 0, from 4, every 4th from 2, every 2nd from 1. */
function interlacedRow(line: number, height: number): number {
  let rest = line;
  for (const [first, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const) {
    const rows = Math.max(0, Math.ceil((height - first) / step));
    if (rest < rows) return first + rest * step;
    rest -= rows;
  }
  return height;
}

/** LZW with codes of growing width, from the lowest bit (appendix F of the standard). */
function unpack(packed: Buffer, bits: number, count: number, cut: () => Error): Uint8Array {
  if (bits < 1 || bits > 11) throw cut();
  const clear = 1 << bits;
  const out = new Uint8Array(count);
  const prefix = new Uint16Array(4096);
  const suffix = new Uint8Array(4096);
  const stack = new Uint8Array(4097);
  for (let i = 0; i < clear; i++) suffix[i] = i;
  let [width, next, previous, first] = [bits + 1, clear + 2, -1, 0];
  let [buffer, held, at, done] = [0, 0, 0, 0];
  while (done < count) {
    while (held < width) {
      if (at >= packed.length) throw cut();
      buffer |= packed[at++]! << held;
      held += 8;
    }
    const code = buffer & ((1 << width) - 1);
    buffer >>>= width;
    held -= width;
    if (code === clear) {
      [width, next, previous] = [bits + 1, clear + 2, -1];
      continue;
    }
    if (code === clear + 1) throw cut();
    if (code > next || (previous < 0 && code >= clear)) throw cut();
    let size = 0;
    let walk = code;
    if (code === next) {
      stack[size++] = first;
      walk = previous;
    }
    while (walk >= clear) {
      stack[size++] = suffix[walk]!;
      walk = prefix[walk]!;
    }
    first = suffix[walk]!;
    stack[size++] = first;
    while (size > 0 && done < count) out[done++] = stack[--size]!;
    if (previous >= 0 && next < 4096) {
      prefix[next] = previous;
      suffix[next] = first;
      next++;
      if (next === 1 << width && width < 12) width++;
    }
    previous = code;
  }
  return out;
}
