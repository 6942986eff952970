import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '@/core/board/index.ts';
import { align, bounds, distribute, freePlace, overlaps, snap } from './geometry.ts';

const frame = fc.record({
  x: fc.integer({ min: -2000, max: 2000 }),
  y: fc.integer({ min: -2000, max: 2000 }),
  w: fc.integer({ min: 20, max: 600 }),
  h: fc.integer({ min: 20, max: 600 }),
});
const frames = fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), frame, {
  minKeys: 1,
  maxKeys: 8,
  noNullPrototype: true,
});

describe('snapping', () => {
  it('B3: brings the nearest edge or middle within reach into line, each axis alone', () => {
    const other: Frame = { x: 100, y: 50, w: 200, h: 80 };
    const moving: Frame = { x: 303, y: 401, w: 60, h: 30 };
    const { dx, dy, guides } = snap(moving, [other], 6);
    expect(dx).toBe(-3);
    expect(moving.y + dy).toBe(400);
    expect(guides).toEqual([{ axis: 'x', at: 300, from: 50, to: 431 }]);
  });

  it('B3: keeps to the grid of 4 when nothing is near', () => {
    fc.assert(
      fc.property(frame, (f) => {
        const { dx, dy } = snap(f, [], 6);
        expect(Math.abs(f.x + dx) % 4).toBe(0);
        expect(Math.abs(f.y + dy) % 4).toBe(0);
        expect(Math.max(Math.abs(dx), Math.abs(dy))).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('B3: never moves a frame further than its reach or the half of a grid cell', () => {
    fc.assert(
      fc.property(frame, fc.array(frame, { maxLength: 6 }), (f, others) => {
        const { dx, dy } = snap(f, others, 6);
        expect(Math.max(Math.abs(dx), Math.abs(dy))).toBeLessThanOrEqual(6);
      }),
    );
  });
});

describe('alignment', () => {
  it('B3: keeps sizes, stays inside what surrounded the frames, and aligning twice changes nothing more', () => {
    fc.assert(
      fc.property(
        frames,
        fc.constantFrom('left', 'right', 'top', 'bottom', 'centre', 'middle'),
        (before, how) => {
          const after = align(before, how);
          const around = bounds(Object.values(before))!;
          for (const [id, f] of Object.entries(after)) {
            expect([f.w, f.h]).toEqual([before[id]!.w, before[id]!.h]);
            expect(f.x).toBeGreaterThanOrEqual(around.x);
            expect(f.x + f.w).toBeLessThanOrEqual(around.x + around.w);
          }
          const again = align(after, how);
          for (const [id, f] of Object.entries(again)) {
            expect(f.x).toBeCloseTo(after[id]!.x, 6);
            expect(f.y).toBeCloseTo(after[id]!.y, 6);
          }
        },
      ),
    );
  });

  it('B3: distributes with equal gaps and leaves the outermost where they are', () => {
    const out = distribute(
      { a: { x: 0, y: 0, w: 10, h: 5 }, b: { x: 95, y: 0, w: 30, h: 5 }, c: { x: 20, y: 7, w: 20, h: 5 } },
      'x',
    );
    expect(out).toEqual({
      a: { x: 0, y: 0, w: 10, h: 5 },
      c: { x: 42.5, y: 7, w: 20, h: 5 },
      b: { x: 95, y: 0, w: 30, h: 5 },
    });
  });
});

describe('room for a new view', () => {
  it('is where it was asked for when nothing is in the way, and never on another view', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), (taken) => {
        const place = freePlace({ w: 320, h: 240 }, { x: 0, y: 0 }, taken);
        expect(taken.some((f) => overlaps(place, f))).toBe(false);
      }),
    );
    // Off the grid on both sides: found by chance, and kept.
    const off = { x: 1, y: 0, w: 20, h: 25 };
    expect(overlaps(freePlace({ w: 320, h: 240 }, { x: 0, y: 0 }, [off]), off)).toBe(false);
    expect(freePlace({ w: 100, h: 50 }, { x: 8, y: 12 }, [])).toEqual({ x: 8, y: 12, w: 100, h: 50 });
  });
});
