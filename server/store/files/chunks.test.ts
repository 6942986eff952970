import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunksOf } from './chunks.ts';

/** Bytes that look random, the same for the same seed. */
function noise(length: number, seed = 1): Uint8Array {
  let x = seed;
  return Uint8Array.from({ length }, () => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
    return x >>> 24;
  });
}

test('chunks are the bytes again, and of bounded size whatever the bytes are', () => {
  fc.assert(
    fc.property(fc.nat(1_500_000), fc.nat(255), fc.boolean(), (length, fill, random) => {
      const bytes = random ? noise(length, fill) : new Uint8Array(length).fill(fill);
      const chunks = chunksOf(bytes);
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
      for (const chunk of chunks.slice(0, -1)) {
        expect(chunk.length).toBeGreaterThanOrEqual(32 * 1024);
        expect(chunk.length).toBeLessThanOrEqual(512 * 1024);
      }
    }),
    { numRuns: 20 },
  );
});

test('an insertion, a removal and a change in the middle leave all but a few chunks as they were', () => {
  const bytes = noise(8 << 20);
  const before = new Set(chunksOf(bytes).map((chunk) => Buffer.from(chunk).toString('base64')));
  const middle = 5_000_000;
  for (const changed of [
    [bytes.subarray(0, middle), Uint8Array.of(1, 2, 3), bytes.subarray(middle)],
    [bytes.subarray(0, middle), bytes.subarray(middle + 1_000)],
    [bytes.subarray(0, middle), Uint8Array.of(7), bytes.subarray(middle + 1)],
  ]) {
    const chunks = chunksOf(Buffer.concat(changed));
    const fresh = chunks.filter((chunk) => !before.has(Buffer.from(chunk).toString('base64')));
    expect(chunks.length).toBeGreaterThan(20);
    expect(fresh.length).toBeLessThanOrEqual(3);
  }
});
