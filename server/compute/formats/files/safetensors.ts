/** Tensors of a safetensors file, by name. */
import { openSafetensors, SafetensorsError } from '../../../../core/result/index.ts';
import { elementsOf, invalid } from './context.ts';
import { decodeNumbers, type NumberType, widthOf } from './number-types.ts';
import type { NumberArray } from './numbers.ts';

/** The format's names for the types that are read: all but its 8-bit floats. */
const TYPES = {
  BOOL: 'bool',
  U8: 'uint8',
  I8: 'int8',
  U16: 'uint16',
  I16: 'int16',
  U32: 'uint32',
  I32: 'int32',
  U64: 'uint64',
  I64: 'int64',
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float64',
} as const satisfies Record<string, NumberType>;
const NAMES = Object.keys(TYPES) as (keyof typeof TYPES)[];

export function readSafetensors(
  bytes: Buffer,
  file: string,
): { tensors: Record<string, NumberArray>; metadata: Record<string, string> } {
  try {
    const { entries, metadata } = openSafetensors(bytes, NAMES, (dtype) => widthOf(TYPES[dtype]));
    const tensors: Record<string, NumberArray> = {};
    for (const [name, { dtype, shape, count, at }] of Object.entries(entries)) {
      elementsOf(shape, file, name);
      const type = TYPES[dtype];
      const raw = bytes.subarray(at, at + count * widthOf(type));
      tensors[name] = { shape, type, data: decodeNumbers(raw, count, type, true, `${file}: ${name}`) };
    }
    return { tensors, metadata };
  } catch (error) {
    if (error instanceof SafetensorsError)
      throw invalid(file, `not a valid safetensors file: ${error.message}`);
    throw error;
  }
}
