import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  COLOR_STEPS,
  divergingScale,
  extentOf,
  inkOn,
  linear,
  niceRange,
  niceTicks,
  rangeOf,
  sequentialScale,
} from './scales.ts';

/** CIE lightness of an sRGB colour, 0 to 100. */
function lightness([r, g, b]: readonly [number, number, number]): number {
  const [x, y, z] = [r, g, b].map((c) =>
    c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
  );
  const luminance = 0.2126 * (x ?? 0) + 0.7152 * (y ?? 0) + 0.0722 * (z ?? 0);
  return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
}
const distance = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(...a.map((c, i) => c - (b[i] ?? 0)));

describe.each([false, true])('dark %s', (dark) => {
  test('the diverging scale is symmetric about zero, whatever the extent', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (extent) => {
        const scale = divergingScale(extent, dark);
        expect(scale.min).toBe(-scale.max);
        const zero = scale.rgb(0);
        for (const f of [0.25, 0.5, 1]) {
          const [blue, red] = [scale.rgb(-f * extent), scale.rgb(f * extent)];
          expect(blue[2]).toBeGreaterThan(blue[0]);
          expect(red[0]).toBeGreaterThan(red[2]);
          // Equal sizes stand out alike: lightness within 12 of 100.
          expect(Math.abs(lightness(blue) - lightness(red))).toBeLessThan(12);
          expect(distance(blue, zero)).toBeGreaterThan(30);
        }
      }),
    );
  });
  test('lightness grows or falls steadily from zero to either end, and along viridis', () => {
    const diverging = divergingScale(1, dark);
    const sequential = sequentialScale(0, 1, dark);
    const sign = dark ? 1 : -1;
    for (let i = 0; i < 20; i++) {
      const [a, b] = [i / 20, (i + 1) / 20];
      expect(sign * (lightness(diverging.rgb(b)) - lightness(diverging.rgb(a)))).toBeGreaterThan(0);
      expect(sign * (lightness(diverging.rgb(-b)) - lightness(diverging.rgb(-a)))).toBeGreaterThan(0);
      expect(sign * (lightness(sequential.rgb(b)) - lightness(sequential.rgb(a)))).toBeGreaterThan(0);
    }
  });
  test('what is not finite is grey, and what is beyond the ends is clamped', () => {
    const scale = sequentialScale(2, 5, dark);
    expect(scale.rgb(Number.NaN)).toEqual([128, 128, 128]);
    expect(scale.rgb(99)).toEqual(scale.rgb(5));
    expect(scale.rgb(-99)).toEqual(scale.rgb(2));
  });
});

test('zero has a colour of its own: the table is odd', () => {
  expect(COLOR_STEPS % 2).toBe(1);
  expect(divergingScale(3, false).rgb(0)).toEqual([243, 243, 246]);
});

test('magnitudes are drawn in viridis as it was published, its light end at the larger in the dark theme', () => {
  expect([0, 0.5, 1].map((share) => sequentialScale(0, 1, true).rgb(share))).toEqual([
    [68, 1, 84],
    [33, 145, 140],
    [253, 231, 37],
  ]);
  expect(sequentialScale(0, 1, false).rgb(1)).toEqual([68, 1, 84]);
});

test('what is no number has no place', () => {
  expect(linear(0, 1, 0, 10)(Number.NaN)).toBeNaN();
});

test('extent and range pass over what is not finite', () => {
  const values = [Number.NaN, -3, 2, Number.POSITIVE_INFINITY];
  expect(extentOf(values)).toBe(3);
  expect(rangeOf(values)).toEqual([-3, 2]);
  expect(rangeOf([])).toEqual([0, 0]);
  expect(rangeOf([9, 1, 4], 1, 3)).toEqual([1, 4]);
});

test('ink is dark on light colours and light on dark ones', () => {
  expect(inkOn([253, 231, 37])).toBe('#15161b');
  expect(inkOn([68, 1, 84])).toBe('#ffffff');
});

test('ticks are round, ascending, within the range, and about as many as asked for', () => {
  expect(niceTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(niceTicks(0.1, 0.3, 2)).toEqual([0.1, 0.2, 0.3]);
  expect(niceTicks(0.01, 1.2, 5)).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1.2]);
  expect(niceTicks(0, 7, 5)).toEqual([0, 2, 4, 6]);
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      fc.integer({ min: 1, max: 12 }),
      (min, span, count) => {
        const max = min + span;
        const ticks = niceTicks(min, max, count);
        expect(ticks.length).toBeLessThanOrEqual(count + 1);
        const [low, high] = niceRange(min, max, count);
        const slack = span * 1e-6;
        expect(low).toBeLessThanOrEqual(min + slack);
        expect(high).toBeGreaterThanOrEqual(max - slack);
        for (const [i, tick] of ticks.entries()) {
          expect(tick).toBeGreaterThanOrEqual(min - slack);
          expect(tick).toBeLessThanOrEqual(max + slack);
          if (i > 0) expect(tick).toBeGreaterThan(ticks[i - 1] ?? 0);
        }
      },
    ),
  );
});

test('a linear map and its inverse undo each other', () => {
  const map = linear(2, 10, 100, 20);
  expect(map(2)).toBe(100);
  expect(map(10)).toBe(20);
  expect(map.invert(map(7))).toBeCloseTo(7, 12);
  expect(linear(3, 3, 0, 10)(3)).toBe(5);
});
