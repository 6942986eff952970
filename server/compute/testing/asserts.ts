/** Comparisons of tensors with plain numbers. */
import { expect } from 'vitest';
import type { NamedTensor } from '../../../core/result/index.ts';

/** Every number within `digits` decimal digits, and as many of them. */
export function expectNumbers(
  tensor: NamedTensor | undefined,
  expected: readonly number[],
  digits: number,
): void {
  const data = [...(tensor?.data ?? [])];
  expect(data.length).toBe(expected.length);
  const off = data.findIndex((value, i) => !(Math.abs(value - expected[i]!) < 0.5 * 10 ** -digits));
  if (off >= 0) expect.fail(`number ${off} of ${data.length}: found ${data[off]}, expected ${expected[off]}`);
}
