/** Equal tiles in rows: as large as fit, never smaller than can be read; then the rows scroll. */
export interface Tiles {
  readonly count: number;
  readonly columns: number;
  readonly rows: number;
  /** CSS pixels of one picture, without label and gap. */
  readonly w: number;
  readonly h: number;
  /** Height of the label below each picture; 0 when there is no room for it. */
  readonly label: number;
  readonly gap: number;
  /** Height of all rows; more than the area's height means scrolling. */
  readonly height: number;
}

const LABEL = 14;
/** A label needs so many pixels of width. */
const LABEL_NEEDS = 28;

/** `ratio` is width through height of a picture; `least` and `most` bound its longer side. */
export function layTiles(
  count: number,
  ratio: number,
  width: number,
  height: number,
  { gap = 6, least = 24, most = 160 }: { gap?: number; least?: number; most?: number } = {},
): Tiles {
  const inner = Math.max(1, width - gap);
  const sides = (longer: number) =>
    ratio >= 1 ? { w: longer, h: longer / ratio } : { w: longer * ratio, h: longer };
  const at = (longer: number): Tiles => {
    const { w, h } = sides(longer);
    const label = w >= LABEL_NEEDS ? LABEL : 0;
    const columns = Math.max(1, Math.min(Math.max(1, count), Math.floor(inner / (w + gap))));
    const rows = Math.ceil(count / columns);
    return { count, columns, rows, w, h, label, gap, height: gap + rows * (h + label + gap) };
  };
  // The longest side that fits, in whole pixels; few steps, so no cleverness.
  for (let longer = Math.floor(most); longer > least; longer--) {
    const tiles = at(longer);
    if (tiles.w + 2 * gap <= width && tiles.height <= height) return tiles;
  }
  return at(Math.max(1, Math.min(least, ratio >= 1 ? width - 2 * gap : (width - 2 * gap) / ratio)));
}

/** Upper left corner of a tile's picture in the content. */
export function tileCorner(tiles: Tiles, index: number): { x: number; y: number } {
  const [row, column] = [Math.floor(index / tiles.columns), index % tiles.columns];
  return {
    x: tiles.gap + column * (tiles.w + tiles.gap),
    y: tiles.gap + row * (tiles.h + tiles.label + tiles.gap),
  };
}

/** Which tile (its label included) is at a place of the content, and where in its picture, as shares of 0 to 1. */
export function tileAt(
  tiles: Tiles,
  x: number,
  y: number,
): { readonly index: number; readonly fx: number; readonly fy: number } | null {
  const column = Math.floor((x - tiles.gap) / (tiles.w + tiles.gap));
  const row = Math.floor((y - tiles.gap) / (tiles.h + tiles.label + tiles.gap));
  if (column < 0 || column >= tiles.columns || row < 0) return null;
  const index = row * tiles.columns + column;
  if (index >= tiles.count) return null;
  const corner = tileCorner(tiles, index);
  const [dx, dy] = [x - corner.x, y - corner.y];
  if (dx >= tiles.w || dy >= tiles.h + tiles.label) return null;
  return { index, fx: dx / tiles.w, fy: Math.min(1, dy / tiles.h) };
}

/** First and one past the last tile of the rows that show between two heights of the content. */
export function tilesBetween(tiles: Tiles, top: number, bottom: number): readonly [number, number] {
  const pitch = tiles.h + tiles.label + tiles.gap;
  const first = Math.max(0, Math.floor((top - tiles.gap) / pitch));
  const last = Math.max(first, Math.ceil((bottom - tiles.gap) / pitch));
  return [Math.min(tiles.count, first * tiles.columns), Math.min(tiles.count, last * tiles.columns)];
}

/** Where an arrow key leads from a tile; the same tile at an edge. */
export function tileBeside(tiles: Tiles, index: number, key: string): number | null {
  const move: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -tiles.columns,
    ArrowDown: tiles.columns,
  };
  const by = move[key];
  if (by !== undefined) return index + by >= 0 && index + by < tiles.count ? index + by : index;
  if (key === 'Home') return 0;
  if (key === 'End') return Math.max(0, tiles.count - 1);
  return null;
}
