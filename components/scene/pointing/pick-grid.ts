/** The point at a place of the screen, by a grid over the projected points: exact, and quick for 100,000. */
import type { Projected } from '../projection.ts';

/** Side of a cell in CSS pixels. */
const CELL = 16;
/** A pointer beside all discs takes the nearest within this many CSS pixels. */
export const PICK_RADIUS = 8;

export interface PickGrid {
  /** The index at (x, y) in CSS pixels, or null. */
  pick(x: number, y: number): number | null;
}

export interface PickRules {
  /** Diameter of a point's disc in CSS pixels. */
  diameter(index: number): number;
  /** 0 is not picked at all; among discs that hold the pointer a higher rank wins, then the one in front. */
  rank(index: number): number;
}

/**
 * Where discs hold the pointer, the one of the highest rank and then the front-most is picked, for that is what is
 * seen there; else the nearest centre within REACH, the front-most of equals.
 */
export function pickGrid(projected: Projected, width: number, height: number, rules: PickRules): PickGrid {
  const { count, x: px, y: py, depth } = projected;
  let widest = 0;
  for (let i = 0; i < count; i++)
    if (!Number.isNaN(px[i]!) && rules.rank(i) > 0) widest = Math.max(widest, rules.diameter(i));
  const reach = Math.max(PICK_RADIUS, widest / 2);
  // So many rings of cells around the picture hold what lies within reach of its edge.
  const rings = Math.ceil(reach / CELL);
  const columns = Math.max(1, Math.ceil(width / CELL) + 2 * rings);
  const rows = Math.max(1, Math.ceil(height / CELL) + 2 * rings);
  const cellOf = (x: number, y: number) => {
    const column = Math.floor(x / CELL) + rings;
    const row = Math.floor(y / CELL) + rings;
    return column >= 0 && column < columns && row >= 0 && row < rows ? row * columns + column : -1;
  };
  const cells = new Int32Array(count).fill(-1);
  const starts = new Uint32Array(columns * rows + 1);
  for (let i = 0; i < count; i++) {
    if (Number.isNaN(px[i]!) || rules.rank(i) === 0) continue;
    const cell = cellOf(px[i]!, py[i]!);
    if (cell < 0) continue;
    cells[i] = cell;
    starts[cell + 1]! += 1;
  }
  for (let c = 1; c < starts.length; c++) starts[c]! += starts[c - 1]!;
  const members = new Uint32Array(starts[starts.length - 1]!);
  const next = starts.slice();
  for (let i = 0; i < count; i++) {
    const cell = cells[i]!;
    if (cell < 0) continue;
    members[next[cell]!] = i;
    next[cell]! += 1;
  }
  return {
    pick(x, y) {
      let [held, heldRank, heldDepth] = [-1, 0, 0];
      let [near, nearSquare, nearDepth] = [-1, PICK_RADIUS * PICK_RADIUS, 0];
      const c0 = Math.max(0, Math.floor((x - reach) / CELL) + rings);
      const c1 = Math.min(columns - 1, Math.floor((x + reach) / CELL) + rings);
      const r0 = Math.max(0, Math.floor((y - reach) / CELL) + rings);
      const r1 = Math.min(rows - 1, Math.floor((y + reach) / CELL) + rings);
      for (let row = r0; row <= r1; row++) {
        // Cells of a row lie side by side, and so do their members.
        const end = starts[row * columns + c1 + 1] ?? 0;
        for (let k = starts[row * columns + c0] ?? 0; k < end; k++) {
          const i = members[k]!;
          const square = (px[i]! - x) ** 2 + (py[i]! - y) ** 2;
          const radius = rules.diameter(i) / 2;
          if (square <= radius * radius) {
            const rank = rules.rank(i);
            if (held < 0 || rank > heldRank || (rank === heldRank && depth[i]! < heldDepth))
              [held, heldRank, heldDepth] = [i, rank, depth[i]!];
          }
          if (square < nearSquare || (near >= 0 && square === nearSquare && depth[i]! < nearDepth))
            [near, nearSquare, nearDepth] = [i, square, depth[i]!];
        }
      }
      return held >= 0 ? held : near >= 0 ? near : null;
    },
  };
}
