import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binAt, heightOf } from './bins.ts';

test('a value is in the one bin whose edges hold it', () => {
  const widths = fc.array(fc.double({ min: 0.01, max: 9, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(widths, fc.double({ min: 0, max: 1, noNaN: true }), (parts, share) => {
      const edges = [-3];
      for (const w of parts) edges.push((edges.at(-1) ?? 0) + w);
      const last = edges.at(-1) ?? 0;
      // The sum may round past the last edge.
      const value = Math.min(last, -3 + share * (last + 3));
      const bin = binAt(edges, value);
      expect(bin).not.toBeNull();
      expect(edges[bin ?? 0]).toBeLessThanOrEqual(value);
      expect(edges[(bin ?? 0) + 1]).toBeGreaterThanOrEqual(value);
    }),
  );
  expect(binAt([0, 1, 2], 1)).toBe(1);
  expect(binAt([0, 1, 2], 2)).toBe(1);
  expect(binAt([0, 1, 2], 2.1)).toBeNull();
  expect(binAt([0, 1, 2], Number.NaN)).toBeNull();
});

test('on the log scale an empty bin has no height and one value shows', () => {
  expect(heightOf(0, true)).toBe(0);
  expect(heightOf(1, true)).toBeGreaterThan(0);
  expect(heightOf(99, true)).toBeCloseTo(2);
});
