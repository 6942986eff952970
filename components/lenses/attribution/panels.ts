/** How panels share an area: in a row or in a column, whichever makes the pictures larger. */
export interface Arrangement {
  readonly direction: 'row' | 'column';
  readonly width: number;
  readonly height: number;
}

/** `ratio`: width through height of one picture; `head`: height of a panel's heading. */
export function arrange(count: number, ratio: number, width: number, height: number, head = 0): Arrangement {
  const n = Math.max(1, count);
  const side = (w: number, h: number) => Math.min(w, Math.max(0, h - head) * ratio);
  const row = { direction: 'row' as const, width: Math.floor(width / n), height };
  const column = { direction: 'column' as const, width, height: Math.floor(height / n) };
  return side(row.width, row.height) >= side(column.width, column.height) ? row : column;
}
