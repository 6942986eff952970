import { describe, expect, it } from 'vitest';
import { firstLook } from './first-look.ts';

describe('where a board opens', () => {
  const screen = { width: 680, height: 716 };
  /** Screen points of a frame's corners. */
  const seen = ({ x, y, w, h }: { x: number; y: number; w: number; h: number }, size = screen) => {
    const look = firstLook({ x, y, w, h }, size);
    return {
      zoom: look.zoom,
      left: Math.round(x * look.zoom + look.x),
      top: Math.round(y * look.zoom + look.y),
      right: Math.round((x + w) * look.zoom + look.x),
      bottom: Math.round((y + h) * look.zoom + look.y),
    };
  };

  it('shows a small board whole, in the middle, at its natural size', () => {
    expect(seen({ x: 1000, y: -500, w: 200, h: 100 })).toEqual({
      zoom: 1,
      left: 240,
      top: 308,
      right: 440,
      bottom: 408,
    });
  });

  it('shows the top of a high board at its full width', () => {
    const { zoom, left, top, right, bottom } = seen({ x: 0, y: 0, w: 1000, h: 6000 });
    expect(zoom).toBeGreaterThan(0.6);
    expect([left, top]).toEqual([16, 16]);
    expect(right).toBe(664);
    expect(bottom).toBeGreaterThan(screen.height);
  });

  it('begins a board that is too wide at its left edge', () => {
    const { zoom, left, right } = seen({ x: -300, y: 0, w: 9000, h: 9000 });
    expect([zoom, left]).toEqual([0.5, 24]);
    expect(right).toBeGreaterThan(screen.width);
  });
});
