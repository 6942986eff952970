'use client';
/** Rows of marked examples in a window: as many elements as can be seen, however long the list. */
import { CircleX, FlagOff } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Sorting } from '../lenses/options.ts';
import { type DataColumn, DataTable } from '../lenses/shared/grids/data-table.tsx';
import { sortedBy } from '../lenses/shared/grids/sort.ts';
import { afterClick } from '../lenses/shared/result/subject.ts';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { formatShare } from '../ui/format.ts';
import type { Listed } from './files.ts';

/** Size of an element in pixels, as it changes. */
function useSize(): [React.RefObject<HTMLDivElement | null>, { width: number; height: number }] {
  const element = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const { current } = element;
    if (!current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [element, size];
}

export function MarksTable({ rows }: { readonly rows: readonly Listed[] }) {
  const board = useBoard();
  const editable = useMay('edit');
  const model = useBindings().f;
  const [area, { width, height }] = useSize();
  const [sorting, setSorting] = useState<Sorting>({ column: 'example', descending: false });
  const examples = useStore(board.selection.store, (s) => s.examples);
  const chosen = useMemo(() => new Set(examples), [examples]);
  const order = useMemo(() => ordered(rows, sorting), [rows, sorting]);
  const reveal = useMemo(() => {
    const at = order.findIndex((i) => chosen.has(rows[i]?.address ?? ''));
    return at < 0 ? null : at;
  }, [order, rows, chosen]);
  const columns: DataColumn[] = [
    {
      id: 'example',
      name: 'example',
      grow: 2.6,
      least: 110,
      cell: (i) => (
        <span className="font-mono text-xs" title={rows[i]?.mark.note}>
          {rows[i]?.address}
        </span>
      ),
    },
    {
      id: 'label',
      name: 'true',
      title: 'Sort by true class',
      grow: 0.8,
      least: 40,
      cell: (i) => rows[i]?.prediction.label ?? '–',
    },
    {
      id: 'predicted',
      name: 'pred.',
      title: `Sort by the class that ${model ?? 'the model'} predicts`,
      grow: 1,
      least: 44,
      cell: (i) => {
        const { predicted = null, right = null, confidence = null } = rows[i]?.prediction ?? {};
        return (
          <span
            className="flex items-center gap-1"
            title={confidence === null ? undefined : `confidence ${formatShare(confidence)}`}
          >
            <span className="truncate">{predicted ?? '–'}</span>
            {right === false ? <CircleX aria-label="wrong" className="size-3.5 shrink-0 text-fault" /> : null}
          </span>
        );
      },
    },
    {
      id: 'by',
      name: 'by',
      title: 'Sort by who marked it',
      grow: 0.5,
      least: 28,
      cell: (i) => (
        <span className="flex">
          <Avatar size={16} name={rows[i]?.by ?? ''} color={rows[i]?.color ?? 0} />
        </span>
      ),
    },
    ...(editable
      ? [
          {
            id: 'unmark',
            name: '',
            title: 'Back to the order of examples',
            grow: 0.5,
            least: 28,
            cell: (i: number) => {
              const address = rows[i]?.address;
              return address === undefined ? null : (
                <IconButton
                  size="sm"
                  className="-mx-1 size-5!"
                  label={`Unmark ${address}`}
                  // By keyboard, Delete unmarks what is selected: one stop of Tab for the whole list.
                  tabIndex={-1}
                  icon={<FlagOff />}
                  onClick={(event) => {
                    event.stopPropagation();
                    board.marks.unmark([address]);
                  }}
                />
              );
            },
          },
        ]
      : []),
  ];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the grid inside has the focus; this hears a key that it leaves
    <div
      ref={area}
      className="min-h-40 flex-1 overflow-hidden rounded-md border"
      onKeyDown={(event) => {
        if (event.key !== 'Delete' && event.key !== 'Backspace') return;
        event.preventDefault();
        board.marks.unmark(board.selection.current.examples);
      }}
    >
      <DataTable
        label={`Marked examples: ${rows.length}. Delete unmarks the selected.`}
        width={width}
        height={height}
        columns={columns}
        order={order}
        sorting={sorting}
        reveal={reveal}
        onSort={(next) =>
          setSorting(next.column === 'unmark' ? { column: 'example', descending: false } : next)
        }
        isSelected={(i) => chosen.has(rows[i]?.address ?? '')}
        onPick={(i, keys) => {
          const address = rows[i]?.address;
          if (address !== undefined) board.selectExamples(afterClick(examples, address, keys));
        }}
        onActivate={(i) => {
          const address = rows[i]?.address;
          if (address !== undefined) board.selectExamples([address]);
        }}
      />
    </div>
  );
}

function ordered(rows: readonly Listed[], { column, descending }: Sorting): number[] {
  const texts = new Map<string, number>();
  const words = (pick: (row: Listed) => string | null) => {
    const all = [...new Set(rows.map((row) => pick(row) ?? '\uffff'))].sort((a, b) =>
      a.localeCompare(b, undefined, { numeric: true }),
    );
    for (const [i, word] of all.entries()) texts.set(word, i);
    return (i: number) => {
      const row = rows[i];
      return row ? (texts.get(pick(row) ?? '\uffff') ?? 0) : 0;
    };
  };
  const value =
    column === 'label'
      ? words((row) => row.prediction.label)
      : column === 'predicted'
        ? words((row) => row.prediction.predicted)
        : column === 'by'
          ? words((row) => row.by)
          : (i: number) => i;
  return sortedBy(rows.length, value, descending);
}
