import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyProjection } from '../projection.ts';
import { inPolygon, pointsInLasso } from './lasso.ts';

const number = fc.double({ min: -50, max: 50, noNaN: true });
const corner = fc.record({ x: number, y: number });

test('a rectangle holds what lies between its sides, drawn either way round', () => {
  fc.assert(
    fc.property(number, number, number, number, corner, (a, b, c, d, { x, y }) => {
      const [left, right, top, bottom] = [Math.min(a, b), Math.max(a, b), Math.min(c, d), Math.max(c, d)];
      fc.pre(x !== left && x !== right && y !== top && y !== bottom);
      const loop = [
        { x: left, y: top },
        { x: right, y: top },
        { x: right, y: bottom },
        { x: left, y: bottom },
      ];
      const inside = x > left && x < right && y > top && y < bottom;
      expect(inPolygon(loop, x, y)).toBe(inside);
      expect(inPolygon(loop.toReversed(), x, y)).toBe(inside);
    }),
  );
});

test('where the loop begins does not matter, and nothing beyond its corners is inside', () => {
  fc.assert(
    fc.property(fc.array(corner, { minLength: 3, maxLength: 12 }), corner, fc.nat(), (loop, { x, y }, k) => {
      const turned = [...loop.slice(k % loop.length), ...loop.slice(0, k % loop.length)];
      // Only where no corner is level with the point does rounding leave no doubt.
      fc.pre(loop.every((c) => Math.abs(c.y - y) > 1e-6));
      expect(inPolygon(turned, x, y)).toBe(inPolygon(loop, x, y));
      expect(inPolygon(loop, Math.max(...loop.map((c) => c.x)) + 1, y)).toBe(false);
    }),
  );
});

test('a loop that crosses itself leaves out what it went round twice', () => {
  const once = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 10 },
    { x: 0, y: 10 },
  ];
  expect(inPolygon([...once, ...once], 5, 5)).toBe(false);
  expect(inPolygon(once, 5, 5)).toBe(true);
});

test('the lasso gives indices in rising order, without what is unseen or not to be taken', () => {
  const at = emptyProjection(5);
  at.x.set([5, 50, 6, Number.NaN, 7]);
  at.y.set([5, 50, 6, Number.NaN, 7]);
  const loop = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 10 },
    { x: 0, y: 10 },
  ];
  expect(pointsInLasso(at, loop)).toEqual([0, 2, 4]);
  expect(pointsInLasso(at, loop, (i) => i !== 2)).toEqual([0, 4]);
  expect(pointsInLasso(at, loop.slice(0, 2))).toEqual([]);
});

test('of 100,000 points a lasso finds the share that it covers', () => {
  const side = 316;
  const at = emptyProjection(side * side);
  for (let i = 0; i < at.count; i++) {
    at.x[i] = (i % side) + 0.5;
    at.y[i] = Math.floor(i / side) + 0.5;
  }
  const triangle = [
    { x: 0, y: 0 },
    { x: side, y: 0 },
    { x: 0, y: side },
  ];
  const found = pointsInLasso(at, triangle);
  // Below the diagonal: half of the grid, less or more half of the points on it.
  expect(Math.abs(found.length - (side * side) / 2)).toBeLessThanOrEqual(side);
});
