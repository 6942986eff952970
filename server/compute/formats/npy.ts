/** NumPy's array file (NEP 1; numpy.lib.format): magic, version, a Python literal as header, then the numbers. */
import { z } from 'zod';
import { elementsOf, invalid, unsupported } from './context.ts';

export interface NumberArray {
  readonly shape: readonly number[];
  /** Bytes are kept as bytes; other whole numbers as int32 where they fit; all else as float32. */
  readonly data: Uint8Array | Int32Array | Float32Array;
}

const headerSchema = z.object({
  descr: z.string(),
  fortran: z.enum(['True', 'False']),
  shape: z.array(z.number()),
});
const MAX_HEADER = 65_536;

export function decodeNpy(bytes: Buffer, file: string): NumberArray {
  if (bytes.length < 10 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY')
    throw invalid(file, 'not a NumPy array: it does not begin with \\x93NUMPY; write it with numpy.save');
  const major = bytes[6]!;
  const wide = major >= 2;
  if (major < 1 || major > 3) throw unsupported(file, `NumPy format version ${major} is not known`);
  if (wide && bytes.length < 12) throw invalid(file, 'the file ends within its header');
  const size = wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const start = (wide ? 12 : 10) + size;
  if (size > MAX_HEADER || start > bytes.length)
    throw invalid(file, `the header says it is ${size} bytes long; the file has ${bytes.length}`);
  const header = parseHeader(bytes.toString('latin1', wide ? 12 : 10, start), file);
  const count = elementsOf(header.shape, file, 'the array');
  const width = widthOf(header.descr, file);
  if (bytes.length - start !== count * width)
    throw invalid(
      file,
      `the array [${header.shape.join(', ')}] of ${header.descr} needs ${count * width} bytes, found ${bytes.length - start}`,
    );
  const data = decode(bytes.subarray(start), count, header.descr, file);
  const { shape } = header;
  return { shape, data: header.fortran === 'True' ? rowMajor(data, shape) : data };
}

function parseHeader(text: string, file: string): z.infer<typeof headerSchema> {
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  const parsed = headerSchema.safeParse({
    descr: /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1],
    fortran: /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1],
    shape: shape
      ?.split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(Number),
  });
  if (parsed.success) return parsed.data;
  if (/'descr'\s*:\s*\[/.test(text))
    throw unsupported(file, 'the array has named fields; save each field as its own array');
  throw invalid(file, 'the header is not that of a NumPy array (descr, fortran_order, shape)');
}

function widthOf(descr: string, file: string): number {
  if (/O/.test(descr))
    throw unsupported(
      file,
      'the array holds Python objects (pickle), which are never loaded; save it with a number type',
    );
  const match = /^[<>|=]([biuf?])(\d*)$/.exec(descr);
  const width = match?.[1] === '?' ? 1 : Number(match?.[2]);
  const ok = match?.[1] === 'f' ? [2, 4, 8] : [1, 2, 4, 8];
  if (!match || !ok.includes(width))
    throw unsupported(file, `the number type ${descr} is not known; save it as uint8, int32 or float32`);
  return width;
}

function decode(raw: Buffer, count: number, descr: string, file: string): NumberArray['data'] {
  const kind = descr[1] === '?' ? 'b1' : descr.slice(1);
  if (kind === 'u1' || kind === 'b1') return new Uint8Array(raw.subarray(0, count));
  const little = descr[0] !== '>';
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (kind.startsWith('f')) {
    const out = new Float32Array(count);
    if (kind === 'f4') for (let i = 0; i < count; i++) out[i] = view.getFloat32(4 * i, little);
    else if (kind === 'f8') for (let i = 0; i < count; i++) out[i] = view.getFloat64(8 * i, little);
    else for (let i = 0; i < count; i++) out[i] = halfToNumber(view.getUint16(2 * i, little));
    return out;
  }
  const out = new Int32Array(count);
  const read: Record<string, (i: number) => number> = {
    i1: (i) => view.getInt8(i),
    i2: (i) => view.getInt16(2 * i, little),
    u2: (i) => view.getUint16(2 * i, little),
    i4: (i) => view.getInt32(4 * i, little),
    u4: (i) => view.getUint32(4 * i, little),
    i8: (i) => Number(view.getBigInt64(8 * i, little)),
    u8: (i) => Number(view.getBigUint64(8 * i, little)),
  };
  const at = read[kind]!;
  for (let i = 0; i < count; i++) {
    const value = at(i);
    if (value > 2147483647 || value < -2147483648)
      throw unsupported(file, `element ${i} is ${value}, beyond 32 bits; save the array as float32`);
    out[i] = value;
  }
  return out;
}

/** IEEE 754 half precision. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** From first axis fastest to last axis fastest. */
function rowMajor<T extends NumberArray['data']>(data: T, shape: readonly number[]): T {
  const out = data.slice();
  const strides: number[] = [];
  let stride = 1;
  for (const size of shape) {
    strides.push(stride);
    stride *= size;
  }
  const index = new Array<number>(shape.length).fill(0);
  for (let to = 0; to < data.length; to++) {
    out[to] = data[index.reduce((sum, value, axis) => sum + value * strides[axis]!, 0)]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return out as T;
}
