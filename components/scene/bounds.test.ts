import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstTwo, lostPoints, normalise } from './bounds.ts';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const rows = (dims: 2 | 3) =>
  fc.array(fc.array(value, { minLength: dims, maxLength: dims }), { minLength: 1, maxLength: 40 });

test('all points come into the unit ball, and one of them to its edge', () => {
  fc.assert(
    fc.property(rows(3), (points) => {
      const { positions, count, radius, lost } = normalise(points.flat(), 3);
      expect([count, lost]).toEqual([points.length, 0]);
      let farthest = 0;
      for (let i = 0; i < count; i++)
        farthest = Math.max(
          farthest,
          Math.hypot(positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!),
        );
      // float32
      if (radius > 0) expect(farthest).toBeCloseTo(1, 5);
      else expect(farthest).toBe(0);
    }),
  );
});

test('one scale for all axes: shares of distances stay what they were', () => {
  const { positions, radius, center, half } = normalise([0, 0, 0, 6, 0, 0, 0, 8, 0], 3);
  expect(radius).toBe(5);
  expect(center).toEqual([3, 4, 0]);
  expect(half).toEqual([0.6, 0.8, 0]);
  const between = (a: number, b: number) =>
    Math.hypot(...[0, 1, 2].map((d) => positions[3 * a + d]! - positions[3 * b + d]!));
  expect(between(0, 2) / between(0, 1)).toBeCloseTo(8 / 6, 6);
});

test('a shift and a growth of all points change nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 2 }), { minLength: 2 }),
      fc.integer({ min: -4, max: 4 }),
      fc.integer({ min: 1, max: 7 }),
      (points, shift, growth) => {
        const plain = normalise(points.flat(), 2).positions;
        const moved = normalise(
          points.flat().map((v) => v * growth + shift),
          2,
        ).positions;
        for (let i = 0; i < plain.length; i++) expect(moved[i]).toBeCloseTo(plain[i]!, 5);
      },
    ),
  );
});

test('points that are no numbers are counted and not drawn, and spoil no bounds', () => {
  const { positions, lost, radius } = normalise([Number.NaN, 0, 0, 0, 2, Number.POSITIVE_INFINITY, 2, 0], 2);
  expect(lost).toBe(2);
  expect(radius).toBe(1);
  expect(Number.isNaN(positions[0])).toBe(true);
  expect(Array.from(positions.slice(3, 6))).toEqual([-1, 0, 0]);
  expect(normalise([Number.NaN, Number.NaN], 2)).toMatchObject({ lost: 1, radius: 0, half: [0, 0, 0] });
  expect(normalise([], 3).count).toBe(0);
});

test('the first two components of three', () => {
  expect(Array.from(firstTwo([1, 2, 3, 4, 5, 6], 3))).toEqual([1, 2, 4, 5]);
});

test.each([1e-320, 1e-200, 1e-30, 1e30, 1e38, 1e200, 8e307])(
  'points of any size come into the unit ball with their shape: %d',
  (size) => {
    const square = [-1, -1, 1, -1, 1, 1, -1, 1].map((v) => v * size);
    const { positions, half, center } = normalise(square, 2);
    const side = Math.SQRT1_2;
    const expected = [-side, -side, 0, side, -side, 0, side, side, 0, -side, side, 0];
    for (const [i, v] of expected.entries()) expect(positions[i]).toBeCloseTo(v, 6);
    expect(half[0]).toBeCloseTo(side, 6);
    expect(center).toEqual([0, 0, 0]);
  },
);

test('points without a place are counted by the components that are shown', () => {
  expect(lostPoints([1, 2, Number.NaN, 1, Number.NaN, 3, 4, 5, 6], 3, 3)).toBe(2);
  expect(lostPoints([1, 2, Number.NaN, 1, Number.NaN, 3, 4, 5, 6], 3, 2)).toBe(1);
  expect(lostPoints([], 2, 2)).toBe(0);
});
