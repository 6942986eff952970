'use client';
import { useCallback, useMemo } from 'react';
import { formatExact, formatNumber } from '@/components/ui/format.ts';
import type { Result } from '@/core/result/types.ts';
import type { CompareProps, CompareSpec } from '../contract.ts';
import { sortingRow } from '../options.ts';
import { linear } from '../shared/drawing/scales.ts';
import { barDomain } from '../shared/drawing/signed-bar.tsx';
import { type DataColumn, DataTable } from '../shared/grids/data-table.tsx';
import { sortedBy } from '../shared/grids/sort.ts';
import { useOptions } from '../shared/options/use-options.ts';
import { arrow, lostSentence, sizeOfChange } from '../shared/result/changes.ts';
import { optionalTensor, tensorOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import { useScrollToSelected, useTargets } from '../shared/result/targets.ts';

const SORT = sortingRow({
  key: 'changeSort',
  columns: ['unit', 'moved', 'before', 'after'],
  start: { column: 'moved', descending: true },
});
const OPTIONS = [SORT];

/** Each unit's mean before (ring) and after (disc) on one line, those that moved most first. */
export function StatsChange(props: CompareProps) {
  const { before, after, width, height, selection, modelColor } = props;
  const chosen = useOptions(props, OPTIONS);
  const old = tensorOf(before, 'mean').data;
  const now = tensorOf(after, 'mean').data;
  const spread = [before, after].map((side) => optionalTensor(side, 'sd')?.data ?? null);
  const n = now.length;
  const subject = useMemo(() => subjectOf(after), [after]);
  const sorting = chosen.value(SORT);
  const order = useMemo(() => {
    const by: Record<string, (row: number) => number> = {
      unit: (row) => row,
      before: (row) => old[row] ?? Number.NaN,
      after: (row) => now[row] ?? Number.NaN,
      moved: (row) => Math.abs((now[row] ?? Number.NaN) - (old[row] ?? Number.NaN)),
    };
    return sortedBy(n, by[sorting.column] ?? ((row) => row), sorting.descending);
  }, [n, old, now, sorting.column, sorting.descending]);
  const addressOf = useCallback((row: number) => subject.unitAddress(row), [subject]);
  const targets = useTargets(props, 'units', subject, addressOf);
  const isPlaceSelected = useCallback(
    (at: number) => targets.isSelected(order[at] ?? -1),
    [targets.isSelected, order],
  );
  const reveal = useScrollToSelected(order.length, isPlaceSelected, selection.units);
  const domain = useMemo(() => barDomain([old, now]), [old, now]);
  const x = linear(domain[0], domain[1], 3, 97);
  const color = `var(--model-${((modelColor % 8) + 8) % 8})`;
  const name = (row: number) => `${subject.layer ?? 'unit'}#${subject.unitIndex(row)}`;
  const columns: DataColumn[] = [
    {
      id: 'unit',
      name: 'unit',
      grow: 1.4,
      least: 88,
      cell: (row) => <span title={name(row)}>{name(row)}</span>,
    },
    {
      id: 'line',
      name: 'mean, before ○ and after ●',
      grow: 3,
      least: 100,
      cell: (row) => {
        const [a, b] = [old[row] ?? Number.NaN, now[row] ?? Number.NaN];
        if (!Number.isFinite(a) || !Number.isFinite(b)) return '–';
        const [low, high] = a < b ? [x(a), x(b)] : [x(b), x(a)];
        return (
          <span
            className="relative block h-4"
            title={`${name(row)}: mean ${formatExact(a)} before, ${formatExact(b)} after; deviation ${formatNumber(spread[0]?.[row])} before, ${formatNumber(spread[1]?.[row])} after`}
          >
            <span
              aria-hidden
              className="absolute inset-y-0 w-px bg-line-strong"
              style={{ left: `${x(0)}%` }}
            />
            <span
              aria-hidden
              className="absolute top-1/2 h-px bg-text"
              style={{ left: `${low}%`, width: `${high - low}%` }}
            />
            <span
              aria-hidden
              className="absolute top-1/2 size-2 -translate-x-1/2 -translate-y-1/2 rounded-full border border-text bg-surface"
              style={{ left: `${x(a)}%` }}
            />
            <span
              aria-hidden
              className="absolute top-1/2 size-2 -translate-x-1/2 -translate-y-1/2 rounded-full"
              style={{ left: `${x(b)}%`, background: color }}
            />
          </span>
        );
      },
    },
    { id: 'before', name: 'before', numeric: true, cell: (row) => formatNumber(old[row]) },
    { id: 'after', name: 'after', numeric: true, cell: (row) => formatNumber(now[row]) },
    {
      id: 'moved',
      name: 'change',
      title: 'Sort by the size of the change',
      numeric: true,
      cell: (row) => formatNumber((now[row] ?? Number.NaN) - (old[row] ?? Number.NaN)),
    },
  ];
  return (
    <DataTable
      label={`Mean of ${n} units before and after`}
      width={width}
      height={height}
      columns={columns}
      order={order}
      sorting={sorting}
      reveal={reveal}
      onSort={(next) => chosen.set(SORT, next)}
      {...targets}
    />
  );
}

/** The unit whose mean moves most. */
function sentence(before: Result, after: Result): string | null {
  const [old, now] = [before.tensors.mean?.data, after.tensors.mean?.data];
  if (!old || !now) return null;
  const { largest, at, changed, lost } = sizeOfChange(
    Array.from(now, (value, i) => value - (old[i] ?? Number.NaN)),
  );
  const name = after.meta.axes.find((axis) => axis.name === 'unit')?.labels?.[at] ?? `unit ${at}`;
  const told =
    changed > 0
      ? `${name} moves most: ${arrow(formatNumber(old[at]), formatNumber(now[at]))} (${largest > 0 ? '+' : ''}${formatNumber(largest)})`
      : lost > 0
        ? 'no finite mean changes'
        : 'no mean changes';
  return told + lostSentence(lost);
}

export const compare: CompareSpec = { options: OPTIONS, Component: StatsChange, first: true, sentence };
