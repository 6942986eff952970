import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sparse } from './labels.ts';
import { MAX_DIAMETER, MAX_GROWTH, MIN_DIAMETER, MIN_GROWTH, pointSize, sizeAt } from './sizes.ts';
import { DIMMED, drawOrder, FADED, HIDDEN, SELECTED, SHOWN, statesOf } from './states.ts';

test('the more points and the smaller the picture, the smaller each, within bounds', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 200_000 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 100, max: 1500 }),
      (count, more, width) => {
        const size = pointSize(count, width, 400);
        expect(size >= MIN_DIAMETER && size <= MAX_DIAMETER).toBe(true);
        expect(pointSize(count + more, width, 400)).toBeLessThanOrEqual(size);
        expect(pointSize(count, width + more, 400)).toBeGreaterThanOrEqual(size);
      },
    ),
  );
  expect(pointSize(20_000, 440, 330)).toBe(MIN_DIAMETER);
  expect(pointSize(60, 440, 330)).toBe(MAX_DIAMETER);
});

test('near points are larger and far ones smaller, within bounds; a map knows no near and far', () => {
  expect(sizeAt(10, 3, 3)).toBe(10);
  expect(sizeAt(10, 2, 3)).toBe(15);
  expect(sizeAt(10, 0.01, 3)).toBe(10 * MAX_GROWTH);
  expect(sizeAt(10, 99, 3)).toBe(10 * MIN_GROWTH);
  expect(sizeAt(10, 7, 0)).toBe(10);
});

test('with a selection the others fade; what is aside stays aside; nothing selected fades nothing', () => {
  expect(Array.from(statesOf(4, null, []))).toEqual([SHOWN, SHOWN, SHOWN, SHOWN]);
  expect(Array.from(statesOf(4, (i) => i > 1, [1, 3, 99]))).toEqual([FADED, SELECTED, DIMMED, SELECTED]);
});

test('the order draws each point once, selected first, and none of the hidden', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(HIDDEN, DIMMED, FADED, SHOWN, SELECTED)), (states) => {
      const { order, drawn } = drawOrder(Uint8Array.from(states));
      expect(Array.from(order).sort((a, b) => a - b)).toEqual(states.map((_, i) => i));
      const seen = Array.from(order.slice(0, drawn), (i) => states[i]!);
      expect(seen).toEqual(seen.toSorted((a, b) => b - a));
      expect(drawn).toBe(states.filter((s) => s !== HIDDEN).length);
    }),
  );
});

test('labels never lie on each other, and the first ones win', () => {
  const box = fc.record({
    x: fc.integer({ min: -20, max: 300 }),
    y: fc.integer({ min: -20, max: 200 }),
    width: fc.integer({ min: 4, max: 60 }),
    height: fc.constant(13),
  });
  fc.assert(
    fc.property(fc.array(box, { maxLength: 40 }), (boxes) => {
      const kept = sparse(boxes, 300, 200, 12);
      expect(kept.length).toBeLessThanOrEqual(12);
      for (const i of kept)
        for (const j of kept) {
          const [a, b] = [boxes[i]!, boxes[j]!];
          const apart =
            a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
          expect(i === j || apart).toBe(true);
        }
    }),
  );
  const same = { x: 10, y: 10, width: 20, height: 13 };
  expect(sparse([same, same], 300, 200, 12)).toEqual([0]);
});
