/** Number types of two bytes, which are kept in float32: a number rounded to them, as a file that holds them has it. */

export const HALF_TYPES = ['float16', 'bfloat16'] as const;
export type HalfType = (typeof HALF_TYPES)[number];

/** IEEE 754 half precision: 10 bits after the first, to the nearest, ties to even; infinite from 65520. */
export function toFloat16(value: number): number {
  const rounded = toBits(value, 10, -14);
  return Math.abs(rounded) > 65504 ? Math.sign(value) * Number.POSITIVE_INFINITY : rounded;
}

/** bfloat16: 7 bits after the first, and the range of float32. */
export function toBfloat16(value: number): number {
  return Math.fround(toBits(value, 7, -126));
}

function toBits(value: number, bits: number, leastExponent: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), leastExponent);
  const unit = 2 ** (exponent - bits);
  return even(value / unit) * unit;
}

function even(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
