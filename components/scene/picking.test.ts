import fc from 'fast-check';
import { Matrix4, PerspectiveCamera, Vector3 } from 'three';
import { expect, test } from 'vitest';
import { insidePolygon, intoBall, pointSize, project, ScreenGrid } from './picking.ts';

const finite = (size: number) => fc.double({ min: -size, max: size, noNaN: true });
const cloud = fc.array(fc.tuple(finite(1), finite(1), finite(1)), { minLength: 1, maxLength: 60 });

function camera() {
  const made = new PerspectiveCamera(40, 480 / 320, 0.1, 20);
  made.position.set(1.4, 0.8, 2.6);
  made.lookAt(0, 0, 0);
  made.updateMatrixWorld();
  made.updateProjectionMatrix();
  return made;
}
const matrixOf = (of: PerspectiveCamera) =>
  new Matrix4().multiplyMatrices(of.projectionMatrix, of.matrixWorldInverse).elements;

test('projection agrees with three.js, point by point', () => {
  const eye = camera();
  fc.assert(
    fc.property(cloud, (points) => {
      const screen = project(points.flat(), matrixOf(eye), 480, 320);
      for (const [i, [x, y, z]] of points.entries()) {
        const seen = new Vector3(x, y, z).project(eye);
        expect(screen.x[i]).toBeCloseTo(((seen.x + 1) / 2) * 480, 2);
        expect(screen.y[i]).toBeCloseTo(((1 - seen.y) / 2) * 320, 2);
        expect(screen.z[i]).toBeCloseTo(seen.z, 4);
      }
    }),
  );
});

test('what is behind the camera is never picked', () => {
  const eye = camera();
  const behind = eye.position.clone().multiplyScalar(2);
  const screen = project(behind.toArray(), matrixOf(eye), 480, 320);
  expect(screen.z[0]).toBeNaN();
  expect(new ScreenGrid(screen).nearest(screen.x[0] ?? 0, screen.y[0] ?? 0, 24)).toBeNull();
});

test('the grid finds what a search of all points finds', () => {
  const place = fc.tuple(finite(200), finite(150), finite(1));
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 200 }), place, (points, [x, y]) => {
      const screen = {
        x: Float32Array.from(points, (p) => p[0] + 200),
        y: Float32Array.from(points, (p) => p[1] + 150),
        z: Float32Array.from(points, (p) => p[2]),
      };
      const [px, py] = [x + 200, y + 150];
      const cost = (i: number) =>
        Math.hypot((screen.x[i] ?? 0) - px, (screen.y[i] ?? 0) - py) + (screen.z[i] ?? 0) + 1;
      const near = points
        .map((_, i) => i)
        .filter((i) => Math.hypot((screen.x[i] ?? 0) - px, (screen.y[i] ?? 0) - py) <= 12);
      const found = new ScreenGrid(screen).nearest(px, py, 12);
      if (near.length === 0) expect(found).toBeNull();
      else expect(cost(found ?? -1)).toBeCloseTo(Math.min(...near.map(cost)), 6);
    }),
  );
});

test('of two points at one place the one in front is picked', () => {
  const screen = { x: Float32Array.of(50, 50), y: Float32Array.of(40, 40), z: Float32Array.of(0.9, 0.2) };
  expect(new ScreenGrid(screen).nearest(51, 41, 8)).toBe(1);
});

test('a lasso holds what is inside its outline, concave ones too', () => {
  const hook: [number, number][] = [
    [0, 0],
    [100, 0],
    [100, 100],
    [60, 100],
    [60, 40],
    [40, 40],
    [40, 100],
    [0, 100],
  ];
  expect([insidePolygon(hook, 20, 80), insidePolygon(hook, 50, 80), insidePolygon(hook, 50, 20)]).toEqual([
    true,
    false,
    true,
  ]);
  const screen = {
    x: Float32Array.of(20, 50, 80, 500),
    y: Float32Array.of(80, 80, 80, 80),
    z: Float32Array.of(0, 0, Number.NaN, 0),
  };
  expect(new ScreenGrid(screen).inside(hook)).toEqual([0]);
  expect(new ScreenGrid(screen).inside(hook.slice(0, 2))).toEqual([]);
});

test('points are moved into the unit ball and keep their shape', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(finite(1e3), finite(1e3), finite(1e3)), { minLength: 2, maxLength: 50 }),
      (points) => {
        const { positions, centre, scale } = intoBall(points.flat(), 3, [0, 1, 2]);
        for (const [i, point] of points.entries()) {
          const length = Math.hypot(...[0, 1, 2].map((d) => positions[3 * i + d] ?? 0));
          expect(length).toBeLessThanOrEqual(1 + 1e-5);
          for (const d of [0, 1, 2] as const)
            expect((positions[3 * i + d] ?? 0) * scale + centre[d]).toBeCloseTo(point[d], 1);
        }
      },
    ),
  );
});

test('axes choose the columns of a flat projection; what is not finite stands in the middle', () => {
  const { positions } = intoBall([1, 9, -1, 3, 9, 1, Number.NaN, 9, 0], 3, [0, 2]);
  expect(Array.from(positions.slice(0, 6)).map((v) => Math.round(v * 1000))).toEqual([
    -707, -707, 0, 707, 707, 0,
  ]);
  expect(positions[6]).toBe(0);
  expect(intoBall([], 3, [0, 1, 2]).positions).toHaveLength(0);
});

test('more points are smaller, within what can be seen and picked', () => {
  const sizes = [10, 100, 1000, 20_000, 100_000].map((n) => pointSize(n, 480, 400));
  expect([...sizes].sort((a, b) => b - a)).toEqual(sizes);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(2.5);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(11);
});

test('20,000 points are projected, sorted into cells and picked fast enough for a pointer', () => {
  const points = Float32Array.from({ length: 60_000 }, (_, i) => Math.sin(i * 12.9898) % 1);
  const start = performance.now();
  const grid = new ScreenGrid(project(points, matrixOf(camera()), 480, 320));
  for (let k = 0; k < 200; k++) grid.nearest((k * 37) % 480, (k * 61) % 320, 10);
  // About 15 ms here; the bound only catches a slip into quadratic time.
  expect(performance.now() - start).toBeLessThan(400);
});
