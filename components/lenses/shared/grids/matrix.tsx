'use client';
import { type MouseEvent, useCallback, useMemo, useRef, useState } from 'react';
import { BADGE, PlacedBadge } from '../drawing/badge-mark.tsx';
import { Picture, placeIn } from '../drawing/picture.tsx';
import { useTheme } from '../drawing/theme.ts';
import type { Marked } from '../result/badges.ts';
import type { ModifierKeys } from '../result/targets.ts';
import { fittedName, layMatrix, type MatrixPlace, matrixAt } from './matrix-layout.ts';
import { HoverNote } from './tile-grid.tsx';

export interface MatrixProps {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly rowTitle: string;
  readonly columnTitle: string;
  readonly rowNames: readonly string[];
  readonly columnNames: readonly string[];
  /** Name of the column at the right and its texts, one per row. */
  readonly totals?: { readonly name: string; readonly of: (row: number) => string };
  readonly mostRow?: number;
  /** Columns are never narrower; what has no room is reached by scrolling. */
  readonly leastColumn?: number;
  /** Fill, and the text on it where it fits (null: none). Stable identities. */
  color(row: number, column: number): string;
  text?(row: number, column: number): { readonly value: string; readonly ink: string } | null;
  isMarked?(row: number, column: number): boolean;
  isRowMarked?(row: number): boolean;
  isRowFaded?(row: number): boolean;
  /** Badges of rows. */
  readonly rowMarks?: readonly Marked[];
  /** Badges of cells, counted row by row. */
  readonly cellMarks?: readonly Marked[];
  /** The column that the rows are sorted by, or that is chosen. */
  readonly column?: number | null;
  explain(place: MatrixPlace): string;
  onCell(row: number, column: number, keys: ModifierKeys): void;
  onRow?(row: number, keys: ModifierKeys): void;
  onColumn?(column: number): void;
  onActivate?(row: number, column: number | null): void;
}

/** Width of the column of totals. */
const TOTALS = 52;
/** Height that upright names have. */
const ROTATED_NAME_HEIGHT = 66;

/** Cells of a matrix on one canvas, with a crosshair at the pointer or at the keyboard's place. */
export function Matrix(props: MatrixProps) {
  const { width, height, label, rowTitle, columnTitle, rowNames, columnNames, totals } = props;
  const { rowMarks = [], cellMarks = [], mostRow, leastColumn } = props;
  const {
    color,
    text,
    isMarked,
    isRowMarked,
    isRowFaded,
    column: sorted,
    explain,
    onCell,
    onRow,
    onColumn,
  } = props;
  const theme = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [aside, setAside] = useState(0);
  const [at, setAt] = useState<(MatrixPlace & { x: number; y: number }) | null>(null);
  const inner = width - 8;
  const before = rowMarks.length > 0 ? BADGE.w : 0;
  const layout = useMemo(
    () =>
      layMatrix({
        ...{ rowNames, columnNames, width: inner, height, before, mostRow, leastColumn },
        right: totals ? TOTALS : 8,
      }),
    [rowNames, columnNames, inner, height, before, totals, mostRow, leastColumn],
  );
  const [row, column] = [at?.row ?? null, at?.column ?? null];

  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const { left, top: head, cellWidth: cw, cellHeight: ch, columns, rows, upright } = layout;
      context.clearRect(0, 0, inner, height);
      const first = Math.max(0, Math.floor(top / ch));
      const last = Math.min(rows, Math.ceil((top + height - head) / ch));
      context.textBaseline = 'middle';
      const gap = cw > 6 && ch > 6 ? 1 : 0;
      const inset = Math.min(left + columns * cw, inner - (totals ? TOTALS : 0));
      const firstColumn = Math.floor(aside / cw);
      const lastColumn = Math.min(columns, Math.ceil((aside + inner - left) / cw));
      const widthOf = (name: string) => context.measureText(name).width;
      for (let r = first; r < last; r++) {
        const y = head + r * ch - top;
        context.globalAlpha = isRowFaded?.(r) ? 0.25 : 1;
        for (let c = firstColumn; c < lastColumn; c++) {
          const x = left + c * cw - aside;
          context.fillStyle = color(r, c);
          context.fillRect(x, y, cw - gap, ch - gap);
          const label = cw >= 22 && ch >= 13 ? text?.(r, c) : null;
          if (label) {
            context.fillStyle = label.ink;
            context.font = '11px "Inter Variable", system-ui, sans-serif';
            context.textAlign = 'center';
            context.fillText(label.value, x + (cw - gap) / 2, y + (ch - gap) / 2 + 0.5, cw - 3);
          }
          if (isMarked?.(r, c)) {
            context.strokeStyle = theme.color.accent;
            context.lineWidth = 2;
            context.strokeRect(x + 1, y + 1, cw - gap - 2, ch - gap - 2);
          }
        }
        // Names and totals stay where they are when the cells scroll aside.
        context.globalAlpha = 1;
        context.fillStyle = theme.color.surface;
        context.fillRect(0, y, left, ch);
        if (totals) context.fillRect(inset, y, inner - inset, ch);
        context.globalAlpha = isRowFaded?.(r) ? 0.25 : 1;
        const marked = isRowMarked?.(r) ?? false;
        context.font = `${r === row || marked ? '600 ' : ''}11px "Inter Variable", system-ui, sans-serif`;
        context.textAlign = 'right';
        context.fillStyle = marked ? theme.color.accent : r === row ? theme.color.text : theme.color.muted;
        if (ch >= 10 || r === row || marked)
          context.fillText(fittedName(rowNames[r] ?? '', left - 8, widthOf), left - 6, y + ch / 2);
        if (totals && ch >= 10) {
          context.textAlign = 'left';
          context.fillStyle = theme.color.muted;
          context.font = '11px "Inter Variable", system-ui, sans-serif';
          context.fillText(totals.of(r), inset + 6, y + ch / 2, 46);
        }
        if (marked) {
          context.fillStyle = theme.color.accent;
          context.fillRect(0, y, 3, ch - gap);
        }
      }
      context.globalAlpha = 1;
      // The head stands over what scrolls below it.
      context.fillStyle = theme.color.surface;
      context.fillRect(0, 0, inner, head - 1);
      context.font = '11px "Inter Variable", system-ui, sans-serif';
      context.fillStyle = theme.color.muted;
      context.textAlign = 'left';
      context.fillText(`${rowTitle} ↓`, 6, 8);
      context.fillText(
        `${columnTitle} →`,
        Math.max(left, context.measureText(`${rowTitle} ↓`).width + 18),
        8,
      );
      if (totals) context.fillText(totals.name, inset + 6, 8, 46);
      context.save();
      context.beginPath();
      context.rect(left, 0, inset - left, head);
      context.clip();
      for (let c = firstColumn; c < lastColumn; c++) {
        const strong = c === column || c === sorted;
        context.font = `${strong ? '600 ' : ''}11px "Inter Variable", system-ui, sans-serif`;
        context.fillStyle = c === sorted ? theme.color.accent : strong ? theme.color.text : theme.color.muted;
        if (upright && cw < 10 && !strong) continue;
        const x = left + (c + 0.5) * cw - aside;
        context.save();
        context.translate(x, head - 5);
        if (upright) context.rotate(-Math.PI / 2);
        context.textAlign = upright ? 'left' : 'center';
        const name = columnNames[c] ?? '';
        context.fillText(
          upright ? fittedName(name, ROTATED_NAME_HEIGHT, widthOf) : name,
          0,
          upright ? 0 : -4,
        );
        context.restore();
      }
      context.restore();
      if (row !== null || column !== null) {
        context.strokeStyle = theme.color.text;
        context.lineWidth = 1;
        if (row !== null) context.strokeRect(left - 0.5, head + row * ch - top - 0.5, inset - left, ch);
        if (column !== null)
          context.strokeRect(
            left + column * cw - aside - 0.5,
            head - 0.5,
            cw,
            Math.min(rows * ch - top, height - head),
          );
      }
    },
    [
      layout,
      inner,
      height,
      top,
      aside,
      color,
      text,
      isMarked,
      isRowMarked,
      isRowFaded,
      rowNames,
      columnNames,
      rowTitle,
      columnTitle,
      totals,
      row,
      column,
      sorted,
      theme,
    ],
  );

  const hit = (event: MouseEvent) => {
    if (!box.current) return null;
    const { x, y } = placeIn(event, box.current, width, height);
    const found = matrixAt(layout, x, y, top, aside);
    return found ? { ...found, x, y } : null;
  };
  const act = (place: MatrixPlace, keys: ModifierKeys) => {
    if (place.row !== null && place.column !== null) onCell(place.row, place.column, keys);
    else if (place.row !== null) onRow?.(place.row, keys);
    else if (place.column !== null) onColumn?.(place.column);
  };
  /** The keyboard walks cells; above the first row is the head. */
  const walk = (dy: number, dx: number) => {
    const c = Math.min(layout.columns - 1, Math.max(0, (column ?? 0) + (at ? dx : 0)));
    const wanted = at ? (row ?? -1) + dy : 0;
    const r = Math.min(layout.rows - 1, wanted);
    const next = r < 0 ? null : r;
    const y = r * layout.cellHeight;
    if (next !== null && y < top) box.current?.scrollTo({ top: y });
    else if (y + layout.cellHeight > top + height - layout.top)
      box.current?.scrollTo({ top: y + layout.cellHeight - height + layout.top });
    const x = c * layout.cellWidth;
    const room = inner - layout.left - (totals ? TOTALS : 0);
    if (x < aside) box.current?.scrollTo({ left: x });
    else if (x + layout.cellWidth > aside + room)
      box.current?.scrollTo({ left: x + layout.cellWidth - room });
    setAt({
      row: next,
      column: c,
      x: layout.left + Math.min(room, Math.max(0, x + layout.cellWidth / 2 - aside)),
      y: layout.top + Math.max(0, y - top),
    });
  };

  /** So far below a row's upper edge; what has scrolled below the head is out of sight, not over it. */
  const below = (r: number, offset: number) => {
    const y = layout.top + r * layout.cellHeight + offset;
    return y - top < layout.top ? -BADGE.h : y;
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a canvas has no elements of its own; the arrows walk its cells.
    <div
      ref={box}
      role="group"
      aria-label={`${label}. Arrows move, Space or Enter acts.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys act on the cells.
      tabIndex={0}
      className="nodrag nowheel absolute inset-0 overflow-auto outline-offset-[-2px]"
      onScroll={(event) => {
        setTop(event.currentTarget.scrollTop);
        setAside(event.currentTarget.scrollLeft);
      }}
      onPointerMove={(event) => setAt(hit(event))}
      onPointerLeave={() => setAt(null)}
      onBlur={() => setAt(null)}
      onClick={(event) => {
        const place = hit(event);
        if (place) act(place, event);
      }}
      onDoubleClick={(event) => {
        const place = hit(event);
        if (place?.row !== null && place) props.onActivate?.(place.row ?? 0, place.column);
      }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown') walk(1, 0);
        else if (event.key === 'ArrowUp') walk(-1, 0);
        else if (event.key === 'ArrowRight') walk(0, 1);
        else if (event.key === 'ArrowLeft') walk(0, -1);
        else if ((event.key === ' ' || event.key === 'Enter') && at) act(at, event);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <div style={{ height: Math.max(height, layout.height), width: Math.max(inner, layout.width) }}>
        <Picture width={inner} height={height} label={label} draw={draw} className="sticky top-0 left-0" />
      </div>
      {rowMarks.map(({ place, ...mark }) => (
        <PlacedBadge
          key={mark.address}
          {...mark}
          x={BADGE.w / 2 + 3 + aside}
          y={below(place, (layout.cellHeight + BADGE.h) / 2)}
        />
      ))}
      {cellMarks.map(({ place, ...mark }) => (
        <PlacedBadge
          key={mark.address}
          {...mark}
          x={layout.left + ((place % layout.columns) + 1) * layout.cellWidth - 4}
          y={below(Math.floor(place / layout.columns), 9)}
        />
      ))}
      <span className="sr-only" aria-live="polite">
        {at ? explain(at) : ''}
      </span>
      {at && (
        <div className="absolute" style={{ left: aside, top, width }}>
          <HoverNote x={at.x} y={at.y} width={width} text={explain(at)} />
        </div>
      )}
    </div>
  );
}
