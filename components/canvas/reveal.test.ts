import { describe, expect, test } from 'vitest';
import { revealed } from './reveal.ts';

const canvas = { width: 680, height: 716 };
const still = { x: 0, y: 0, zoom: 1 };

describe('bringing what was made into sight', () => {
  test('what is in sight moves nothing', () => {
    expect(revealed(still, { x: 40, y: 40, w: 200, h: 200 }, canvas)).toEqual(still);
  });

  test('what is below comes up just far enough', () => {
    expect(revealed(still, { x: 40, y: 800, w: 200, h: 200 }, canvas)).toEqual({ x: 0, y: -308, zoom: 1 });
  });

  test('what would lie under the minimap comes to lie above it', () => {
    const { y } = revealed(still, { x: 400, y: 500, w: 200, h: 200 }, canvas);
    expect(700 + y).toBe(716 - 116 - 24);
  });

  test('what is too high for that keeps its place; what is larger than the canvas is zoomed out', () => {
    expect(revealed(still, { x: 200, y: 40, w: 400, h: 600 }, canvas).y).toBe(0);
    const { zoom } = revealed(still, { x: 0, y: 0, w: 1000, h: 300 }, canvas);
    expect(zoom).toBeCloseTo(0.632);
  });
});
