import fc from 'fast-check';
import { expect, test } from 'vitest';
import { barsOf } from './bars.ts';

test('bars cover every unit once, in order, and show the value farthest from zero', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true }), { maxLength: 300 }),
      fc.integer({ min: 1, max: 90 }),
      (values, most) => {
        const bars = barsOf(values.length, most, (p) => values[p] ?? 0);
        expect(bars.length).toBe(Math.min(values.length, most));
        expect(bars.map((b) => b.from)).toEqual([0, ...bars.map((b) => b.to)].slice(0, bars.length));
        expect(bars.at(-1)?.to ?? 0).toBe(values.length);
        for (const bar of bars) {
          const sizes = values.slice(bar.from, bar.to).map(Math.abs);
          expect(Math.abs(values[bar.peak] ?? 0)).toBe(Math.max(...sizes));
        }
      },
    ),
  );
});

test('with room for all there is one bar for each unit; a value that is no number gives way', () => {
  expect(barsOf(3, 500, () => 1)).toEqual([
    { from: 0, to: 1, peak: 0 },
    { from: 1, to: 2, peak: 1 },
    { from: 2, to: 3, peak: 2 },
  ]);
  expect(barsOf(2, 1, (p) => (p === 0 ? Number.NaN : 0.5))).toEqual([{ from: 0, to: 2, peak: 1 }]);
});
