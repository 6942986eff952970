import fc from 'fast-check';
import { expect, test } from 'vitest';
import { badgesFor } from '../shared/result/badges.ts';
import { membersOf, sumsOf, threadsInCells } from './counts.ts';

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

test('T2: threads on examples are counted in the cell that holds them, and those without a label in none', () => {
  const of = badgesFor({ 'd.t[4]': 2, 'd.t[9]': 1, 'd.t[5]': 1, 'd.t[6]': 7 }, 'm@1');
  const members = { index: [4, 9, 5, 6, 7], label: [1, 1, 2, -1, 0], predicted: [0, 0, 2, 1, 0] };
  expect(threadsInCells(members, 3, (index) => `d.t[${index}]`, of)).toEqual([
    { place: 3, address: 'd.t[4], d.t[9]', count: 3 },
    { place: 8, address: 'd.t[5]', count: 1 },
  ]);
});
