/** How far an answer is from what was expected. */
import type { NamedTensor } from '../../../core/result/index.ts';

export interface Nearness {
  /** Relative to the largest value. */
  readonly tolerance: number;
  /** Smaller values are compared as if the largest were this. */
  readonly floor: number;
}

/** What is wrong with the answer, in a line; null where nothing is. */
export function difference(
  name: string,
  found: NamedTensor | undefined,
  expected: NamedTensor,
  { tolerance, floor }: Nearness,
): string | null {
  if (!found) return `${name} is missing`;
  if (found.shape.join() !== expected.shape.join())
    return `${name} has the shape [${found.shape.join(', ')}], expected [${expected.shape.join(', ')}]`;
  let largest = 0;
  for (const value of expected.data) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const allowed = expected.dtype === 'I32' ? 0 : tolerance * Math.max(largest, floor);
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [found.data[i] ?? Number.NaN, expected.data[i] ?? Number.NaN];
    if (!(Math.abs(a - b) <= allowed) && !Object.is(a, b) && a !== b)
      return `${name}[${i}] is ${a}, expected ${b} (largest ${largest})`;
  }
  return null;
}
