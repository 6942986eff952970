/** Numbers as narrower types round them. */
import type { ElementType } from '../../../../core/artifacts/operators.ts';

interface FloatFormat {
  /** Bits of the fraction that are written. */
  readonly fraction: number;
  /** Exponent of the smallest normal number. */
  readonly least: number;
  readonly largest: number;
  readonly infinite: boolean;
}

const FORMATS: Partial<Record<ElementType, FloatFormat>> = {
  float16: { fraction: 10, least: -14, largest: 65504, infinite: true },
  bfloat16: { fraction: 7, least: -126, largest: 3.3895313892515355e38, infinite: true },
  float8e4m3fn: { fraction: 3, least: -6, largest: 448, infinite: false },
  float8e4m3fnuz: { fraction: 3, least: -7, largest: 240, infinite: false },
  float8e5m2: { fraction: 2, least: -14, largest: 57344, infinite: true },
  float8e5m2fnuz: { fraction: 2, least: -15, largest: 57344, infinite: false },
};

/**
 * To the nearest, of two the even one. What is too large becomes the largest where `saturate` says so (of 8 bits only),
 * else an infinity, or NaN in a type that has none. Other types than those: as float32 has it.
 */
export function roundedTo(type: ElementType | null, saturate = true): (value: number) => number {
  const format = type ? FORMATS[type] : undefined;
  if (!format) return Math.fround;
  const { fraction, least, largest, infinite } = format;
  const narrow = type?.startsWith('float8') === true;
  const over = infinite ? Number.POSITIVE_INFINITY : Number.NaN;
  return (value) => {
    if (Number.isNaN(value)) return value;
    const size = Math.abs(value);
    const beyond = narrow && saturate ? largest : over;
    if (size === Number.POSITIVE_INFINITY) return Math.sign(value) * beyond;
    if (size === 0) return type?.endsWith('fnuz') ? 0 : value;
    const exponent = Math.max(Math.floor(Math.log2(size)), least);
    // log2 may be off by a unit next to a power of two.
    const own =
      size < 2 ** exponent && exponent > least
        ? exponent - 1
        : size >= 2 ** (exponent + 1)
          ? exponent + 1
          : exponent;
    const unit = 2 ** (own - fraction);
    const rounded = halfToEven(size / unit) * unit;
    return Math.sign(value) * (rounded > largest ? beyond : rounded);
  };
}

export function halfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
