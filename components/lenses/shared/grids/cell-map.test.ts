import { expect, test } from 'vitest';
import { boxWithin, cellAt, cellBeside } from './cell-map.tsx';

test('a box keeps its ratio and fits its area', () => {
  expect(boxWithin(2, 100, 100)).toEqual({ x: 0, y: 25, w: 100, h: 50 });
  expect(boxWithin(0.5, 100, 60, 5)).toEqual({ x: 37.5, y: 5, w: 25, h: 50 });
});
test('a place is a cell, or none outside of the box', () => {
  const box = { x: 10, y: 20, w: 30, h: 60 };
  expect(cellAt(box, 2, 3, 10, 20)).toEqual({ row: 0, column: 0 });
  expect(cellAt(box, 2, 3, 39.9, 79.9)).toEqual({ row: 1, column: 2 });
  expect(cellAt(box, 2, 3, 40, 30)).toBeNull();
  expect(cellAt(box, 2, 3, 9, 30)).toBeNull();
});
test('arrows walk the cells and stop at the edge', () => {
  expect(cellBeside(null, 2, 3, 'ArrowDown')).toEqual({ row: 0, column: 0 });
  expect(cellBeside({ row: 0, column: 2 }, 2, 3, 'ArrowRight')).toEqual({ row: 0, column: 2 });
  expect(cellBeside({ row: 0, column: 2 }, 2, 3, 'ArrowDown')).toEqual({ row: 1, column: 2 });
  expect(cellBeside({ row: 0, column: 2 }, 2, 3, 'Tab')).toBeNull();
});
