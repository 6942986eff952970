/** Number types of ONNX: their codes, widths and bits. */
import type { ElementType } from '../../../../core/artifacts/operators.ts';
import { halfToNumber } from '../files/number-types.ts';

/** By code of TensorProto.DataType. */
const TYPES: Readonly<Record<number, ElementType>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
};
/** Those that are not read, for messages. */
const OTHERS: Readonly<Record<number, string>> = {
  14: 'complex64',
  15: 'complex128',
  23: 'float4e2m1',
  24: 'float8e8m0',
  25: 'uint2',
  26: 'int2',
  27: 'float6e2m3',
  28: 'float6e3m2',
};

/** Null for one that is not read. */
export function elementTypeOf(code: number): ElementType | null {
  return TYPES[code] ?? null;
}

export function elementTypeName(code: number): string {
  return TYPES[code] ?? OTHERS[code] ?? `number ${code}`;
}

export function isFloating(type: ElementType): boolean {
  return /float/.test(type);
}

type Numeric = Exclude<ElementType, 'string'>;

/** Bits of one number. */
export function bitsOf(type: Numeric): number {
  if (type === 'bool') return 8;
  return Number(/^b?u?(?:float|int)(\d+)/.exec(type)![1]);
}

type Read = (view: DataView, at: number) => number;

/** Four bits: the lower half of a byte comes first. */
const nibble = (view: DataView, at: number) => (view.getUint8(at >> 1) >> (at % 2 === 0 ? 0 : 4)) & 15;

const widen = new DataView(new ArrayBuffer(4));
function bfloatToNumber(bits: number): number {
  widen.setUint32(0, bits << 16);
  return widen.getFloat32(0);
}

/**
 * The 256 numbers of an 8-bit float. `ieee`: exponent of ones means infinity and NaN. Else all numbers are finite, but NaN
 * at the largest code of each sign (`fn`) or where minus zero would be (`fnuz`).
 */
function floats8(fractionBits: number, bias: number, kind: 'ieee' | 'fn' | 'fnuz'): Float32Array {
  return Float32Array.from({ length: 256 }, (_, bits) => {
    const sign = bits & 128 ? -1 : 1;
    const exponent = (bits & 127) >> fractionBits;
    const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
    if (kind === 'fnuz' && bits === 128) return Number.NaN;
    if (kind === 'fn' && (bits & 127) === 127) return Number.NaN;
    if (kind === 'ieee' && exponent === 2 ** (7 - fractionBits) - 1)
      return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
    return sign * (1 + fraction) * 2 ** (exponent - bias);
  });
}
const E4M3FN = floats8(3, 7, 'fn');
const E4M3FNUZ = floats8(3, 8, 'fnuz');
const E5M2 = floats8(2, 15, 'ieee');
const E5M2FNUZ = floats8(2, 16, 'fnuz');

/** The number at a place of little-endian values of the type. */
export const READ: Readonly<Record<Numeric, Read>> = {
  float32: (view, at) => view.getFloat32(4 * at, true),
  float64: (view, at) => view.getFloat64(8 * at, true),
  float16: (view, at) => halfToNumber(view.getUint16(2 * at, true)),
  bfloat16: (view, at) => bfloatToNumber(view.getUint16(2 * at, true)),
  float8e4m3fn: (view, at) => E4M3FN[view.getUint8(at)]!,
  float8e4m3fnuz: (view, at) => E4M3FNUZ[view.getUint8(at)]!,
  float8e5m2: (view, at) => E5M2[view.getUint8(at)]!,
  float8e5m2fnuz: (view, at) => E5M2FNUZ[view.getUint8(at)]!,
  int8: (view, at) => view.getInt8(at),
  int16: (view, at) => view.getInt16(2 * at, true),
  int32: (view, at) => view.getInt32(4 * at, true),
  int64: (view, at) => Number(view.getBigInt64(8 * at, true)),
  int4: (view, at) => (nibble(view, at) << 28) >> 28,
  uint8: (view, at) => view.getUint8(at),
  uint16: (view, at) => view.getUint16(2 * at, true),
  uint32: (view, at) => view.getUint32(4 * at, true),
  uint64: (view, at) => Number(view.getBigUint64(8 * at, true)),
  uint4: nibble,
  bool: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
};
