import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layTiles, tileAt, tileBeside, tileCorner, tilesBetween } from './tiles.ts';

const anyTiles = fc
  .tuple(
    fc.integer({ min: 1, max: 900 }),
    fc.double({ min: 0.25, max: 4, noNaN: true }),
    fc.integer({ min: 130, max: 1400 }),
    fc.integer({ min: 80, max: 900 }),
  )
  .map(([count, ratio, width, height]) => ({
    count,
    width,
    height,
    tiles: layTiles(count, ratio, width, height),
  }));

test('every tile lies within the width, and within the height unless the tiles are as small as may be', () => {
  fc.assert(
    fc.property(anyTiles, ({ count, width, height, tiles }) => {
      const last = tileCorner(tiles, count - 1);
      for (let i = 0; i < Math.min(count, tiles.columns); i++)
        expect(tileCorner(tiles, i).x + tiles.w).toBeLessThanOrEqual(width);
      expect(last.y + tiles.h + tiles.label + tiles.gap).toBeCloseTo(tiles.height, 6);
      if (Math.max(tiles.w, tiles.h) > 24) expect(tiles.height).toBeLessThanOrEqual(height);
    }),
  );
});

test('the tile at a place inside a tile is that tile, and gaps are no tile', () => {
  fc.assert(
    fc.property(anyTiles, fc.nat(), ({ count, tiles }, pick) => {
      const index = pick % count;
      const { x, y } = tileCorner(tiles, index);
      expect(tileAt(tiles, x + tiles.w / 2, y + tiles.h / 2)).toMatchObject({ index });
      expect(tileAt(tiles, x - tiles.gap / 2, y)).toBeNull();
      expect(tileAt(tiles, x, -1)).toBeNull();
    }),
  );
  const tiles = layTiles(5, 1, 200, 200);
  const beyond = tileCorner(tiles, 5);
  expect(tileAt(tiles, beyond.x + 1, beyond.y + 1)).toBeNull();
});

test('the tiles between two heights are all that show and no row more than needed', () => {
  const tiles = layTiles(1000, 1, 300, 120);
  const [first, last] = tilesBetween(tiles, 500, 620);
  for (let i = 0; i < 1000; i++) {
    const { y } = tileCorner(tiles, i);
    const shows = y < 620 && y + tiles.h > 500;
    if (shows) expect(i >= first && i < last).toBe(true);
  }
  expect(last - first).toBeLessThan(tiles.columns * 8);
});

test('arrows move by one and by a row, and stay at the edges', () => {
  const tiles = { ...layTiles(10, 1, 300, 300), columns: 4 };
  expect(tileBeside(tiles, 1, 'ArrowRight')).toBe(2);
  expect(tileBeside(tiles, 1, 'ArrowDown')).toBe(5);
  expect(tileBeside(tiles, 0, 'ArrowLeft')).toBe(0);
  expect(tileBeside(tiles, 8, 'ArrowDown')).toBe(8);
  expect(tileBeside(tiles, 3, 'End')).toBe(9);
  expect(tileBeside(tiles, 3, 'x')).toBeNull();
});
