import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fittedName, layMatrix, matrixAt } from './matrix-layout.ts';

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
  const scrolled = fc.integer({ min: 0, max: 400 });
  fc.assert(
    fc.property(anyMatrix, fc.nat(), fc.nat(), scrolled, scrolled, (sizes, r, c, down, aside) => {
      const layout = layMatrix(sizes);
      const [row, column] = [r % layout.rows, c % layout.columns];
      const x = layout.left + (column + 0.5) * layout.cellWidth - aside;
      const y = layout.top + (row + 0.5) * layout.cellHeight - down;
      fc.pre(y >= layout.top && x >= layout.left);
      expect(matrixAt(layout, x, y, down, aside)).toEqual({ row, column });
    }),
  );
});

test('columns are never narrower than asked; what has no room is reached by scrolling', () => {
  const layout = layMatrix({
    ...{ rowNames: names(300, 40), columnNames: names(300, 40), width: 440, height: 400 },
    leastColumn: 12,
  });
  expect(layout.cellWidth).toBe(12);
  expect(layout.left).toBeLessThanOrEqual(132);
  expect(layout.width).toBe(layout.left + 300 * 12 + 8);
  expect(matrixAt(layout, layout.left + 6, 1, 0, 299 * 12)).toEqual({ row: null, column: 299 });
});

test('a long name ends in an ellipsis and fits; a short one is left alone', () => {
  const widthOf = (text: string) => text.length * 6;
  expect(fittedName('zebra', 30, widthOf)).toBe('zebra');
  expect(fittedName('class_with_a_long_name', 60, widthOf)).toBe('class_wit…');
  expect(fittedName('abc', 1, widthOf)).toBe('…');
});

test('the head gives a column, the gutter a row, their corner nothing', () => {
  const layout = layMatrix({ rowNames: names(5, 3), columnNames: names(4, 3), width: 400, height: 300 });
  expect(matrixAt(layout, layout.left + 1, 1, 0, 0)).toEqual({ row: null, column: 0 });
  expect(matrixAt(layout, 1, layout.top + 1, 0, 0)).toEqual({ row: 0, column: null });
  expect(matrixAt(layout, 1, 1, 0, 0)).toBeNull();
  expect(matrixAt(layout, 399, layout.top + 1, 0, 0)).toBeNull();
});

test('column names stand upright when they are wider than their cells', () => {
  const wide = layMatrix({ rowNames: names(2, 2), columnNames: names(3, 2), width: 400, height: 200 });
  const narrow = layMatrix({ rowNames: names(2, 2), columnNames: names(40, 9), width: 400, height: 200 });
  expect([wide.upright, narrow.upright]).toEqual([false, true]);
  expect(narrow.top).toBeGreaterThan(wide.top);
});
