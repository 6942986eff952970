/** Number types of array files, in NumPy's words, and how their bytes are read. */
import { unsupported } from './context.ts';

/** Bytes stay bytes and whole numbers int32 where they fit; float16 and float32 are float32, all else float64. */
export type ArrayData = Uint8Array | Int32Array | Float32Array | Float64Array;

export const NUMBER_TYPES = [
  'bool',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'float16',
  'bfloat16',
  'float32',
  'float64',
] as const;
export type NumberType = (typeof NUMBER_TYPES)[number];

/** Bytes of one number. */
export function widthOf(type: NumberType): number {
  return type === 'bool' ? 1 : Number(/\d+/.exec(type)![0]) / 8;
}

type Read = (view: DataView, at: number, little: boolean) => number;
const WHOLE: Partial<Record<NumberType, Read>> = {
  int8: (v, at) => v.getInt8(at),
  uint16: (v, at, little) => v.getUint16(at, little),
  int16: (v, at, little) => v.getInt16(at, little),
  uint32: (v, at, little) => v.getUint32(at, little),
  int32: (v, at, little) => v.getInt32(at, little),
  uint64: (v, at, little) => Number(v.getBigUint64(at, little)),
  int64: (v, at, little) => Number(v.getBigInt64(at, little)),
};
const FRACTIONS: Partial<Record<NumberType, Read>> = {
  float16: (v, at, little) => halfToNumber(v.getUint16(at, little)),
  bfloat16: (v, at, little) => bfloatToNumber(v.getUint16(at, little)),
  float32: (v, at, little) => v.getFloat32(at, little),
  float64: (v, at, little) => v.getFloat64(at, little),
};

/** `raw` holds count numbers of the type; throws for whole numbers beyond 2^53, which no double holds exactly. */
export function decodeNumbers(
  raw: Buffer,
  count: number,
  type: NumberType,
  little: boolean,
  file: string,
): ArrayData {
  if (type === 'uint8') return new Uint8Array(raw.subarray(0, count));
  if (type === 'bool') return Uint8Array.from(raw.subarray(0, count), (byte) => (byte === 0 ? 0 : 1));
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const width = widthOf(type);
  const fraction = FRACTIONS[type];
  if (fraction) {
    const out = type === 'float64' ? new Float64Array(count) : new Float32Array(count);
    for (let i = 0; i < count; i++) out[i] = fraction(view, i * width, little);
    return out;
  }
  const whole = WHOLE[type]!;
  const out = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const value = whole(view, i * width, little);
    if (value > 2147483647 || value < -2147483648) return wide(view, count, type, little, file);
    out[i] = value;
  }
  return out;
}

function wide(view: DataView, count: number, type: NumberType, little: boolean, file: string): Float64Array {
  const whole = WHOLE[type]!;
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const value = whole(view, i * widthOf(type), little);
    if (!Number.isSafeInteger(value))
      throw unsupported(
        file,
        `element ${i} is about ${value}, beyond 2^53, which cannot be kept exactly; save smaller numbers, or the array as float64`,
      );
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

/** bfloat16: the upper half of a float32. */
function bfloatToNumber(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;
}
