/** Which stored values are drawn black and white. It has nothing to do with what a model is given. */
import type { DatasetManifest } from '../artifacts/index.ts';

export interface DisplayRange {
  readonly range: readonly [number, number];
  readonly warnings: readonly string[];
}

export function displayRange({
  dtype,
  range,
  declaredScale,
}: Pick<DatasetManifest, 'dtype' | 'range' | 'declaredScale'>): DisplayRange {
  const silent = (low: number, high: number): DisplayRange => ({ range: [low, high], warnings: [] });
  if (declaredScale !== null) return silent(0, declaredScale);
  const [low, high] = range ?? [0, 1];
  if (low >= 0 && high <= 1) return silent(0, 1);
  if (dtype !== 'F32' && low >= 0 && high <= 255) {
    // Sixteen greys are as many as the scanned digits have.
    return silent(0, high <= 16 ? 16 : 255);
  }
  if (low >= -1 && high <= 1) return silent(-1, 1);
  const digits = (value: number) => Number(value.toPrecision(4));
  return {
    range: [low, high],
    warnings: [`Pictures are drawn from ${digits(low)} (black) to ${digits(high)} (white).`],
  };
}
