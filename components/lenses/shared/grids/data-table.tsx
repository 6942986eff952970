// biome-ignore-all lint/a11y/useSemanticElements: rows in a window are placed by hand, which a <table> cannot be.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and moves its cursor (ARIA grid pattern).
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid's own keys select and open rows.
'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { cx } from '@/components/ui/cx.ts';
import type { Sorting } from '../../options.ts';
import { nextSorting } from './sort.ts';

export interface DataColumn {
  readonly id: string;
  readonly name: string;
  readonly title?: string;
  /** Share of the width. */
  readonly grow?: number;
  /** Pixels that it needs; the last columns give way where there is less. */
  readonly least?: number;
  readonly numeric?: boolean;
  readonly cell: (row: number) => ReactNode;
}
export interface DataTableProps {
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly columns: readonly DataColumn[];
  /** Row numbers in the order shown. */
  readonly order: readonly number[];
  readonly sorting?: Sorting;
  /** Left out where the order has a meaning of its own: the heads are no buttons then. */
  onSort?(next: Sorting): void;
  /** Place in `order` that is brought into sight when it changes: the first that was selected elsewhere. */
  readonly reveal?: number | null;
  isSelected(row: number): boolean;
  isFaded?(row: number): boolean;
  onPick(row: number, keys: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): void;
  onActivate?(row: number): void;
}

const UNSORTED: Sorting = { column: '', descending: false };
const HEAD = 24;
const ROW = 22;
/** Rows beyond the window, so that a quick scroll shows no hole. */
const OVERSCAN_ROWS = 6;

/** As many columns from the left as have the room that they need; the first in any case. */
function fitting(columns: readonly DataColumn[], width: number): readonly DataColumn[] {
  let used = 0;
  return columns.filter((column, i) => {
    used += column.least ?? 56;
    return i === 0 || used <= width;
  });
}

/** Rows in a window: as many elements as can be seen, however long the table. */
export function DataTable(props: DataTableProps) {
  const { label, width, height, order, onSort, isSelected, isFaded, onPick, onActivate } = props;
  const sorting = props.sorting ?? UNSORTED;
  const columns = fitting(props.columns, width);
  const [cursor, setCursor] = useState<number | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const { reveal = null } = props;
  const rows = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN_ROWS,
    // The head stands over what scrolls below it.
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
    initialRect: { width, height },
    useFlushSync: false,
  });
  useEffect(() => {
    if (reveal === null || reveal < 0) return;
    const { startIndex, endIndex } = rows.range ?? { startIndex: 0, endIndex: -1 };
    rows.scrollToIndex(reveal, { align: reveal < startIndex || reveal > endIndex ? 'center' : 'auto' });
  }, [reveal, rows]);
  const shares = columns.map((c) => `minmax(0, ${c.grow ?? 1}fr)`).join(' ');

  const key = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
    const by = moves[event.key];
    const row = cursor === null ? undefined : order[cursor];
    if (by !== undefined) {
      const next = cursor === null ? 0 : Math.min(order.length - 1, Math.max(0, cursor + by));
      setCursor(next);
      rows.scrollToIndex(next);
    } else if (event.key === ' ' && row !== undefined) onPick(row, event);
    else if (event.key === 'Enter' && row !== undefined) onActivate?.(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={order.length + 1}
      tabIndex={0}
      className="nodrag nowheel relative overflow-y-auto overflow-x-hidden text-sm outline-offset-[-2px]"
      style={{ width, height }}
      onKeyDown={key}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setCursor(null)}
    >
      <div
        role="row"
        className="sticky top-0 z-10 grid border-b bg-surface"
        style={{ gridTemplateColumns: shares, height: HEAD }}
      >
        {columns.map((column) => {
          const sorted = sorting.column === column.id;
          const Arrow = sorting.descending ? ArrowDown : ArrowUp;
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-sort={
                sorted ? (sorting.descending ? 'descending' : 'ascending') : onSort ? 'none' : undefined
              }
              className="min-w-0"
            >
              {onSort ? (
                <button
                  type="button"
                  title={column.title ?? `Sort by ${column.name}`}
                  onClick={() => onSort(nextSorting(sorting, column.id))}
                  className={cx(
                    'flex h-full w-full items-center gap-0.5 px-1.5 text-muted transition-colors hover:bg-hover hover:text-text',
                    column.numeric && 'justify-end',
                    sorted && 'font-medium text-text',
                  )}
                >
                  <span className="truncate">{column.name}</span>
                  {sorted && <Arrow aria-hidden className="size-3 shrink-0" />}
                </button>
              ) : (
                <span
                  title={column.title}
                  className={cx(
                    'flex h-full items-center px-1.5 text-muted',
                    column.numeric && 'justify-end',
                  )}
                >
                  <span className="truncate">{column.name}</span>
                </span>
              )}
            </div>
          );
        })}
      </div>
      <div role="presentation" style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index: place, start }) => {
          const row = order[place] ?? place;
          const selected = isSelected(row);
          return (
            <div
              key={row}
              role="row"
              aria-rowindex={place + 2}
              aria-selected={selected}
              className={cx(
                'absolute inset-x-0 grid items-center border-line/60 border-b hover:bg-hover',
                selected && 'bg-accent-soft hover:bg-accent-soft',
                cursor === place && 'outline-2 outline-accent outline-offset-[-2px]',
                isFaded?.(row) && 'opacity-30',
              )}
              style={{ top: start - HEAD, height: ROW, gridTemplateColumns: shares }}
              onClick={(event) => onPick(row, event)}
              onDoubleClick={() => onActivate?.(row)}
            >
              {columns.map((column) => (
                <div
                  key={column.id}
                  role="gridcell"
                  className={cx('min-w-0 truncate px-1.5', column.numeric && 'text-right')}
                >
                  {column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
