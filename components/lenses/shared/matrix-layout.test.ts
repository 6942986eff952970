import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layMatrix, matrixAt } from './matrix-layout.ts';

const names = (count: number, length: number) =>
  Array.from({ length: count }, (_, i) => `${i}`.padEnd(length, 'x'));
const anyMatrix = fc.record({
  rowNames: fc
    .tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 30 }))
    .map(([n, l]) => names(n, l)),
  columnNames: fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 30 }))
    .map(([n, l]) => names(n, l)),
  width: fc.integer({ min: 200, max: 1200 }),
  height: fc.integer({ min: 120, max: 900 }),
});

test('cells fill the width exactly and rows fit unless they are as low as may be', () => {
  fc.assert(
    fc.property(anyMatrix, (sizes) => {
      const layout = layMatrix({ ...sizes, right: 8 });
      expect(layout.left + layout.columns * layout.cellWidth + 8).toBeCloseTo(sizes.width, 6);
      if (layout.cellHeight > 12) expect(layout.height).toBeLessThanOrEqual(sizes.height);
    }),
  );
});

test('the place at the middle of a cell is that cell, scrolled or not', () => {
  fc.assert(
    fc.property(anyMatrix, fc.nat(), fc.nat(), fc.integer({ min: 0, max: 400 }), (sizes, r, c, scrolled) => {
      const layout = layMatrix(sizes);
      const [row, column] = [r % layout.rows, c % layout.columns];
      const x = layout.left + (column + 0.5) * layout.cellWidth;
      const y = layout.top + (row + 0.5) * layout.cellHeight - scrolled;
      fc.pre(y >= layout.top);
      expect(matrixAt(layout, x, y, scrolled)).toEqual({ row, column });
    }),
  );
});

test('the head gives a column, the gutter a row, their corner nothing', () => {
  const layout = layMatrix({ rowNames: names(5, 3), columnNames: names(4, 3), width: 400, height: 300 });
  expect(matrixAt(layout, layout.left + 1, 1, 0)).toEqual({ row: null, column: 0 });
  expect(matrixAt(layout, 1, layout.top + 1, 0)).toEqual({ row: 0, column: null });
  expect(matrixAt(layout, 1, 1, 0)).toBeNull();
  expect(matrixAt(layout, 399, layout.top + 1, 0)).toBeNull();
});

test('column names stand upright when they are wider than their cells', () => {
  const wide = layMatrix({ rowNames: names(2, 2), columnNames: names(3, 2), width: 400, height: 200 });
  const narrow = layMatrix({ rowNames: names(2, 2), columnNames: names(40, 9), width: 400, height: 200 });
  expect([wide.upright, narrow.upright]).toEqual([false, true]);
  expect(narrow.top).toBeGreaterThan(wide.top);
});
