import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitAll, reveal, shows, ZOOM, zoomAt } from './view.ts';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const anyView = fc.record({ x: number(-900, 900), y: number(-900, 900), zoom: number(0.1, 2) });

test('a zoom keeps the place under the pointer, and stays in its bounds', () => {
  fc.assert(
    fc.property(anyView, number(0.1, 10), number(0, 500), number(0, 500), (view, factor, x, y) => {
      const next = zoomAt(view, factor, x, y);
      expect((x - next.x) / next.zoom).toBeCloseTo((x - view.x) / view.zoom, 4);
      expect(next.zoom).toBeGreaterThanOrEqual(ZOOM.least);
      expect(next.zoom).toBeLessThanOrEqual(ZOOM.most);
    }),
  );
});

test('a drawing that fits is whole and in the middle; a long one begins at its beginning, readable', () => {
  expect(fitAll({ width: 100, height: 200 }, { width: 300, height: 400 })).toEqual({
    zoom: 1,
    x: 100,
    y: 100,
  });
  // Smaller than with ease, but with all its text: whole rather than cut for a hair.
  expect(fitAll({ width: 200, height: 600 }, { width: 300, height: 400 })).toMatchObject({
    zoom: 400 / 600,
    y: 0,
  });
  expect(fitAll({ width: 400, height: 400 }, { width: 300, height: 400 }).zoom).toBe(0.75);
  expect(fitAll({ width: 200, height: 9000 }, { width: 300, height: 400 })).toEqual({
    zoom: 0.75,
    x: 75,
    y: 0,
  });
});

test('a revealed box shows, and a box that shows with its margin moves nothing', () => {
  const area = { width: 320, height: 240 };
  fc.assert(
    fc.property(anyView, number(-2000, 2000), number(-2000, 2000), (view, x, y) => {
      const box = { x, y, width: 100, height: 44 };
      const next = reveal(view, box, area);
      expect(shows(next, box, area)).toBe(true);
      const again = reveal(next, box, area);
      expect(again.x).toBeCloseTo(next.x, 6);
      expect(again.y).toBeCloseTo(next.y, 6);
    }),
  );
});

test('what is beside the area does not show', () => {
  const box = { x: 0, y: 0, width: 10, height: 10 };
  const area = { width: 100, height: 100 };
  expect(shows({ x: -11, y: 0, zoom: 1 }, box, area)).toBe(false);
  expect(shows({ x: -11, y: 0, zoom: 1.2 }, box, area)).toBe(true);
  expect(shows({ x: 100, y: 0, zoom: 1 }, box, area)).toBe(false);
});

test('A drawing that is too wide shows what it begins with, and no empty side', () => {
  const wide = { width: 4000, height: 9000 };
  const area = { width: 300, height: 400 };
  const at = (x: number) => fitAll(wide, area, { first: { x, y: 16, width: 200, height: 44 } });
  expect(at(2000)).toEqual({ zoom: 0.75, x: 150 - 2100 * 0.75, y: 0 });
  expect(at(0).x).toBe(0);
  expect(at(3800).x).toBe(300 - 4000 * 0.75);
});
