import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyProjection, type Projected } from '../projection.ts';
import { PICK_RADIUS, type PickRules, pickGrid } from './pick-grid.ts';

const WIDTH = 317;
const HEIGHT = 211;

function projectionOf(points: readonly (readonly [number, number, number])[]): Projected {
  const out = emptyProjection(points.length);
  points.forEach(([x, y, depth], i) => {
    out.x[i] = x;
    out.y[i] = y;
    out.depth[i] = depth;
  });
  return out;
}
/** By looking at every point. */
function slowly(at: Projected, rules: PickRules, x: number, y: number): number | null {
  const all = Array.from({ length: at.count }, (_, i) => ({
    i,
    away: Math.hypot(at.x[i]! - x, at.y[i]! - y),
    rank: rules.rank(i),
    depth: at.depth[i]!,
    radius: rules.diameter(i) / 2,
  })).filter((p) => p.rank > 0 && !Number.isNaN(p.away));
  const held = all
    .filter((p) => p.away <= p.radius)
    .sort((a, b) => b.rank - a.rank || a.depth - b.depth || a.i - b.i);
  const near = all.filter((p) => p.away < PICK_RADIUS).sort((a, b) => a.away - b.away || a.depth - b.depth);
  return held[0]?.i ?? near[0]?.i ?? null;
}

const coordinate = (most: number) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -20 * 4, max: (most + 20) * 4 }).map((v) => v / 4) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  );
const points = fc.array(
  // Depths of their own, so that one point is in front.
  fc.tuple(coordinate(WIDTH), coordinate(HEIGHT), fc.double({ min: -1, max: 1, noNaN: true })),
  { maxLength: 120 },
);

test('the grid picks what looking at every point picks', () => {
  fc.assert(
    fc.property(
      points,
      fc.array(
        fc.record({ diameter: fc.integer({ min: 1, max: 40 }), rank: fc.integer({ min: 0, max: 4 }) }),
        {
          minLength: 120,
          maxLength: 120,
        },
      ),
      fc.integer({ min: 0, max: WIDTH }),
      fc.integer({ min: 0, max: HEIGHT }),
      (places, looks, x, y) => {
        const at = projectionOf(places.map(([px, py], i) => [px, py, i / 120]));
        const rules: PickRules = { diameter: (i) => looks[i]!.diameter, rank: (i) => looks[i]!.rank };
        const found = pickGrid(at, WIDTH, HEIGHT, rules).pick(x, y);
        const wanted = slowly(at, rules, x, y);
        // A disc's edge and REACH are met by whole quarters, so no rounding stands between the two.
        expect(found).toBe(wanted);
      },
    ),
    { numRuns: 400 },
  );
});

test('where discs lie on each other the front one is picked, though another centre is nearer', () => {
  const at = projectionOf([
    [50, 50, 0.6],
    [54, 50, 0.2],
  ]);
  const grid = pickGrid(at, WIDTH, HEIGHT, { diameter: () => 12, rank: () => 1 });
  expect(grid.pick(50, 50)).toBe(1);
  expect(grid.pick(46, 50)).toBe(0);
});

test('a wide disc whose centre lies beyond the edge of the picture is picked by the part that is seen', () => {
  const at = projectionOf([[0, -16.25, 0.5]]);
  expect(pickGrid(at, WIDTH, HEIGHT, { diameter: () => 35, rank: () => 1 }).pick(0, 1)).toBe(0);
  expect(pickGrid(at, WIDTH, HEIGHT, { diameter: () => 34, rank: () => 1 }).pick(0, 1)).toBeNull();
});

test('nothing is picked 8 pixels off, nor a hidden point, nor an unseen one', () => {
  const at = projectionOf([
    [50, 50, 0],
    [90, 50, 0],
    [Number.NaN, Number.NaN, 0],
  ]);
  const grid = pickGrid(at, WIDTH, HEIGHT, { diameter: () => 4, rank: (i) => (i === 1 ? 0 : 1) });
  expect(grid.pick(57.9, 50)).toBe(0);
  expect(grid.pick(58, 50)).toBeNull();
  expect(grid.pick(90, 50)).toBeNull();
});

test('of 100,000 points the picked one is the nearest, and the grid is built in a part of a second', () => {
  const n = 100_000;
  const at = emptyProjection(n);
  let seed = 9;
  const next = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let i = 0; i < n; i++) {
    at.x[i] = next() * 800;
    at.y[i] = next() * 600;
    at.depth[i] = next();
  }
  const rules: PickRules = { diameter: () => 0.01, rank: () => 1 };
  const began = performance.now();
  const grid = pickGrid(at, 800, 600, rules);
  const built = performance.now() - began;
  for (let k = 0; k < 50; k++) {
    const [x, y] = [next() * 800, next() * 600];
    let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
    for (let i = 0; i < n; i++) {
      const square = (at.x[i]! - x) ** 2 + (at.y[i]! - y) ** 2;
      if (square < least) [nearest, least] = [i, square];
    }
    expect(grid.pick(x, y)).toBe(least < PICK_RADIUS * PICK_RADIUS ? nearest : null);
  }
  // 5 ms on a laptop; the bound only tells a grid from a search of all pairs.
  expect(built).toBeLessThan(1000);
});
