import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextSorting, sortedBy } from './sort.ts';

test('sorting is a permutation, in order, stable, and puts what is no number last either way', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.double(), fc.integer({ min: 0, max: 3 }))),
      fc.boolean(),
      (values, descending) => {
        const at = (row: number) => values[row] ?? Number.NaN;
        const order = sortedBy(values.length, at, descending);
        expect([...order].sort((a, b) => a - b)).toEqual(values.map((_, i) => i));
        for (let k = 1; k < order.length; k++) {
          const [a, b] = [order[k - 1] ?? 0, order[k] ?? 0];
          if (Number.isNaN(at(a))) expect(at(b)).toBeNaN();
          else if (!Number.isNaN(at(b))) {
            expect(descending ? at(a) >= at(b) : at(a) <= at(b)).toBe(true);
            if (at(a) === at(b)) expect(a).toBeLessThan(b);
          }
        }
      },
    ),
  );
});

test('a click on the sorted column turns it round', () => {
  const first = nextSorting({ column: 'index', descending: false }, 'mean');
  expect(first).toEqual({ column: 'mean', descending: true });
  expect(nextSorting(first, 'mean')).toEqual({ column: 'mean', descending: false });
});
