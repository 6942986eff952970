import fc from 'fast-check';
import { expect, test } from 'vitest';
import { membersOf, sumsOf } from './counts.ts';

const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), {
  maxLength: 200,
});

test('the examples of a cell are as many as its count, and rows and wrong ones add up', () => {
  fc.assert(
    fc.property(pairs, (examples) => {
      const counts = new Int32Array(25);
      for (const [t, p] of examples) counts[t * 5 + p] = (counts[t * 5 + p] ?? 0) + 1;
      const [labels, predictions] = [examples.map(([t]) => t), examples.map(([, p]) => p)];
      const sums = sumsOf(counts, 5);
      for (let t = 0; t < 5; t++) {
        for (let p = 0; p < 5; p++)
          expect(membersOf(labels, predictions, t, p)).toHaveLength(counts[t * 5 + p] ?? 0);
        expect(membersOf(labels, predictions, t, null)).toHaveLength(sums.rows[t] ?? 0);
      }
      expect(sums.total).toBe(examples.length);
      expect(sums.wrong).toBe(examples.filter(([t, p]) => t !== p).length);
      expect(sums.mostWrongShare).toBeLessThanOrEqual(1);
    }),
  );
});

test('the colours span what is wrong, not the diagonal', () => {
  expect(sumsOf([90, 3, 10, 40], 2)).toMatchObject({
    mostWrong: 10,
    mostWrongShare: 0.2,
    wrong: 13,
    total: 143,
  });
});
