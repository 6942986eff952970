/** Where the cells of a matrix are: a head of column names, a gutter of row names, cells that scroll below and beside them. */
export interface MatrixLayout {
  readonly rows: number;
  readonly columns: number;
  /** Width of the gutter of row names. */
  readonly left: number;
  /** Height of the head: axis title and column names. */
  readonly top: number;
  /** Column names stand upright where they would not fit side by side. */
  readonly upright: boolean;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Height of head and all rows; more than the area's height means scrolling. */
  readonly height: number;
  /** Width of gutter, all columns and totals; more than the area's width means scrolling. */
  readonly width: number;
}

/** Average width of a character of 11 px text. */
const CHARACTER = 6.2;
const TITLE = 16;

export interface MatrixSizes {
  readonly rowNames: readonly string[];
  readonly columnNames: readonly string[];
  readonly width: number;
  readonly height: number;
  /** Room at the left of the row names, for badges. */
  readonly before?: number;
  /** Room at the right, for a column of totals. */
  readonly right?: number;
  readonly leastRow?: number;
  readonly mostRow?: number;
  /** Columns are never narrower. */
  readonly leastColumn?: number | undefined;
}

export function layMatrix(sizes: MatrixSizes): MatrixLayout {
  const { rowNames, columnNames, width, height, before = 0, right = 8 } = sizes;
  const { leastRow = 12, mostRow = 64, leastColumn = 2 } = sizes;
  const [rows, columns] = [rowNames.length, columnNames.length];
  const longest = (names: readonly string[]) =>
    names.reduce((most, name) => Math.max(most, name.length), 0) * CHARACTER;
  const left = before + Math.min(Math.max(48, longest(rowNames) + 12), Math.max(48, width * 0.3));
  const cellWidth = Math.max(leastColumn, (width - left - right) / Math.max(1, columns));
  const upright = longest(columnNames) + 4 > cellWidth;
  const names = upright ? Math.min(72, longest(columnNames) + 8) : 16;
  const top = TITLE + names;
  const fitting = (height - top - 2) / Math.max(1, rows);
  const cellHeight = Math.min(mostRow, Math.max(leastRow, fitting));
  const size = { height: top + rows * cellHeight, width: left + columns * cellWidth + right };
  return { rows, columns, left, top, upright, cellWidth, cellHeight, ...size };
}

export interface MatrixPlace {
  /** Null in the head. */
  readonly row: number | null;
  /** Null in the gutter. */
  readonly column: number | null;
}
/** What is at a place of the area, scrolled so many pixels down and aside; null outside of everything. */
export function matrixAt(
  layout: MatrixLayout,
  x: number,
  y: number,
  down: number,
  aside: number,
): MatrixPlace | null {
  const column = x < layout.left ? null : Math.floor((x + aside - layout.left) / layout.cellWidth);
  const row = y < layout.top ? null : Math.floor((y + down - layout.top) / layout.cellHeight);
  if (column !== null && column >= layout.columns) return null;
  if (row !== null && row >= layout.rows) return null;
  if (row === null && column === null) return null;
  return { row, column };
}

/** A name cut to so many pixels with an ellipsis; `widthOf` measures a text. */
export function fittedName(name: string, most: number, widthOf: (text: string) => number): string {
  if (widthOf(name) <= most) return name;
  let [low, high] = [0, name.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (widthOf(`${name.slice(0, middle)}…`) <= most) low = middle;
    else high = middle - 1;
  }
  return `${name.slice(0, low)}…`;
}
