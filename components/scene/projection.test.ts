import fc from 'fast-check';
import { PerspectiveCamera, Vector3 } from 'three';
import { expect, test } from 'vitest';
import { emptyProjection, project } from './projection.ts';
import { fitCamera, fitZoom, makeCamera, shape } from './view.ts';

const unit = fc.double({ min: -1, max: 1, noNaN: true });

test('points fall where three.js puts them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(unit, unit, unit), { minLength: 1, maxLength: 20 }),
      fc.tuple(unit, unit, unit),
      (points, [a, b, c]) => {
        const camera = new PerspectiveCamera(38, 400 / 300, 0.01, 100);
        camera.position.set(a * 3, b * 3, 3 + c);
        camera.lookAt(0, 0, 0);
        camera.updateMatrixWorld();
        const matrix = camera.projectionMatrix.clone().multiply(camera.matrixWorldInverse).elements;
        const at = project(points.flat(), matrix, 400, 300, emptyProjection(points.length));
        points.forEach((point, i) => {
          const wanted = new Vector3(...point).project(camera);
          const behind = new Vector3(...point).applyMatrix4(camera.matrixWorldInverse).z > -0.01;
          if (behind) expect(Number.isNaN(at.x[i])).toBe(true);
          else if (Math.abs(wanted.x) < 4 && Math.abs(wanted.y) < 4) {
            expect(at.x[i]).toBeCloseTo((wanted.x + 1) * 200, 2);
            expect(at.y[i]).toBeCloseTo((1 - wanted.y) * 150, 2);
            expect(at.depth[i]).toBeCloseTo(wanted.z, 4);
          }
        });
      },
    ),
  );
});

test('after a fit every point of the unit ball is in the picture, whatever its shape', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 120, max: 1200 }),
      fc.integer({ min: 80, max: 900 }),
      fc.array(fc.tuple(unit, unit, unit), { minLength: 1, maxLength: 30 }),
      (width, height, points) => {
        const inBall = points.map((p) => {
          const away = Math.hypot(...p);
          return p.map((v) => (away > 1 ? v / away : v));
        });
        const camera = makeCamera(3);
        shape(camera, width, height);
        const inView = { positions: inBall.flat(), half: [1, 1, 1] };
        fitCamera(camera, new Vector3(), inView, width, height, true);
        camera.updateMatrixWorld();
        const matrix = camera.projectionMatrix.clone().multiply(camera.matrixWorldInverse).elements;
        const at = project(inView.positions, matrix, width, height, emptyProjection(points.length));
        for (let i = 0; i < at.count; i++) {
          expect(at.x[i]! >= 0 && at.x[i]! <= width).toBe(true);
          expect(at.y[i]! >= 0 && at.y[i]! <= height).toBe(true);
        }
      },
    ),
  );
});

test('a map shows its whole box, as large as fits', () => {
  const camera = makeCamera(2);
  const half = [0.9, 0.3, 0];
  shape(camera, 400, 300);
  fitCamera(camera, new Vector3(), { positions: [], half }, 400, 300, true);
  camera.updateMatrixWorld();
  const matrix = camera.projectionMatrix.clone().multiply(camera.matrixWorldInverse).elements;
  const at = project([-0.9, 0.3, 0, 0.9, -0.3, 0], matrix, 400, 300, emptyProjection(2));
  expect(at.x[0]).toBeCloseTo(200 - 200 / 1.08, 3);
  expect(at.x[1]).toBeCloseTo(200 + 200 / 1.08, 3);
  expect(at.y[0]! < at.y[1]!).toBe(true);
  expect(at.w[0]).toBe(1);
  expect(fitZoom([0, 0, 0], 400, 300)).toBeGreaterThan(0);
});

test('100,000 points are projected within a part of a second', () => {
  const n = 100_000;
  const positions = Float32Array.from({ length: 3 * n }, (_, i) => Math.sin(i));
  const camera = makeCamera(3);
  fitCamera(camera, new Vector3(), { positions, half: [1, 1, 1] }, 800, 600, true);
  camera.updateMatrixWorld();
  const { elements } = camera.projectionMatrix.clone().multiply(camera.matrixWorldInverse);
  const began = performance.now();
  project(positions, elements, 800, 600, emptyProjection(n));
  expect(performance.now() - began).toBeLessThan(500);
});
