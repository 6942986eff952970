'use client';
import { type MouseEvent, useRef } from 'react';
import { Picture, placeIn } from '../drawing/picture.tsx';
import { HoverNote } from './tile-grid.tsx';

/** A cell of a grid. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}
/** CSS pixels. */
export interface CellMapBox {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** The largest box of a ratio (width through height) in the middle of an area. */
export function boxWithin(ratio: number, width: number, height: number, margin = 0): CellMapBox {
  const [aw, ah] = [Math.max(1, width - 2 * margin), Math.max(1, height - 2 * margin)];
  const w = Math.min(aw, ah * ratio);
  const h = w / ratio;
  return { x: (width - w) / 2, y: (height - h) / 2, w, h };
}

/** The cell at a place; null outside of the box. */
export function cellAt(box: CellMapBox, rows: number, columns: number, x: number, y: number): Cell | null {
  const column = Math.floor(((x - box.x) / box.w) * columns);
  const row = Math.floor(((y - box.y) / box.h) * rows);
  return column >= 0 && column < columns && row >= 0 && row < rows ? { row, column } : null;
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
/** Where an arrow key leads; the first cell when none is pointed at, null for other keys. */
export function cellBeside(at: Cell | null, rows: number, columns: number, key: string): Cell | null {
  const move = MOVES[key];
  if (!move) return null;
  if (!at) return { row: 0, column: 0 };
  return {
    row: Math.min(rows - 1, Math.max(0, at.row + move[0])),
    column: Math.min(columns - 1, Math.max(0, at.column + move[1])),
  };
}

export interface CellMapProps {
  readonly width: number;
  readonly height: number;
  /** Where the cells are in the picture. */
  readonly box: CellMapBox;
  readonly rows: number;
  readonly columns: number;
  readonly label: string;
  /** Paints everything but the mark of the cell. Stable identity. */
  draw(context: CanvasRenderingContext2D): void;
  /** Pointed at here or in a picture beside it. */
  readonly at: Cell | null;
  /** Whether this is the picture that is pointed at: it tells the number. */
  readonly speaks: boolean;
  onAt(cell: Cell | null): void;
  explain(cell: Cell): string;
  onPick?(keys: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): void;
}

/** A picture of cells that are pointed at, walked with the arrows, and told by number and place. */
export function CellMap(props: CellMapProps) {
  const { width, height, box, rows, columns, label, draw, at, speaks, onAt, explain, onPick } = props;
  const area = useRef<HTMLDivElement>(null);
  const hit = (event: MouseEvent) => {
    if (!area.current) return null;
    const { x, y } = placeIn(event, area.current, width, height);
    return cellAt(box, rows, columns, x, y);
  };
  const [cw, ch] = [box.w / Math.max(1, columns), box.h / Math.max(1, rows)];
  const left = at ? box.x + at.column * cw : 0;
  const top = at ? box.y + at.row * ch : 0;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a canvas has no elements of its own; the arrows walk its cells.
    <div
      ref={area}
      role="group"
      aria-label={`${label}. Arrows move${onPick ? ', Space selects' : ''}.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys act on the cells.
      tabIndex={0}
      className="nodrag relative outline-offset-[-2px]"
      style={{ width, height }}
      onPointerMove={(event) => onAt(hit(event))}
      onPointerLeave={() => onAt(null)}
      onBlur={() => onAt(null)}
      onClick={(event) => hit(event) && onPick?.(event)}
      onKeyDown={(event) => {
        const next = cellBeside(at, rows, columns, event.key);
        if (next) onAt(next);
        else if (event.key === ' ' && onPick) onPick(event);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Picture width={width} height={height} label={label} draw={draw} />
      {at && (
        <span
          aria-hidden
          className="pointer-events-none absolute border border-text outline outline-surface"
          style={{ left, top, width: Math.max(3, cw), height: Math.max(3, ch) }}
        />
      )}
      <span className="sr-only" aria-live="polite">
        {at && speaks ? explain(at) : ''}
      </span>
      {at && speaks && <HoverNote x={left + cw / 2} y={top} width={width} text={explain(at)} />}
    </div>
  );
}
