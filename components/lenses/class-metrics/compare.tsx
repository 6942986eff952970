'use client';
import { useMemo } from 'react';
import { formatCount, formatShare } from '@/components/ui/format.ts';
import { predictionRecordSchema } from '@/core/result/types.ts';
import type { CompareProps, CompareSpec } from '../contract.ts';
import { sortingRow } from '../options.ts';
import { divergingScale } from '../shared/drawing/scales.ts';
import { SignedBar } from '../shared/drawing/signed-bar.tsx';
import { useTheme } from '../shared/drawing/theme.ts';
import { type DataColumn, DataTable } from '../shared/grids/data-table.tsx';
import { sortedBy } from '../shared/grids/sort.ts';
import { useOptions } from '../shared/options/use-options.ts';
import { accuracySentence } from '../shared/result/changes.ts';
import { recordOf, tensorOf } from '../shared/result/read.ts';

const SHARES = ['precision', 'recall', 'f1'] as const;

const SORT = sortingRow({
  key: 'changeSort',
  columns: ['class', ...SHARES, 'support'],
  start: { column: 'class', descending: false },
});
const OPTIONS = [SORT];

/** How much each class gained or lost. */
export function ClassesChange(props: CompareProps) {
  const { before, after, width, height, selectedClass } = props;
  const choice = useOptions(props, OPTIONS);
  const theme = useTheme();
  const record = recordOf(after, predictionRecordSchema);
  const support = tensorOf(after, 'support').data;
  const n = support.length;
  const pairs = useMemo(
    () =>
      SHARES.map((share) => {
        const old = tensorOf(before, share).data;
        const now = tensorOf(after, share).data;
        return { share, old, now, change: Array.from(now, (value, c) => value - (old[c] ?? Number.NaN)) };
      }),
    [before, after],
  );
  const reach = Math.max(0.01, ...pairs.flatMap((pair) => pair.change.filter(Number.isFinite).map(Math.abs)));
  const scale = divergingScale(reach, theme.dark);
  const sorting = choice.value(SORT);
  const chosen = pairs.find((pair) => pair.share === sorting.column)?.change;
  const order = useMemo(
    () =>
      sortedBy(
        n,
        (c) => (sorting.column === 'support' ? (support[c] ?? 0) : chosen ? (chosen[c] ?? Number.NaN) : c),
        sorting.descending,
      ),
    [n, support, chosen, sorting.column, sorting.descending],
  );
  const name = (c: number) => record.classes[c] ?? String(c);
  const columns: DataColumn[] = [
    { id: 'class', name: 'class', least: 56, cell: name },
    ...pairs.map(
      ({ share, old, now, change }): DataColumn => ({
        id: share,
        name: share === 'f1' ? 'F1' : share,
        title: `Change of ${share === 'f1' ? 'F1' : share}, in points. Click to sort.`,
        grow: 1.8,
        least: 96,
        cell: (c) => (
          <span
            className="flex items-center gap-1.5"
            title={`${name(c)}: ${formatShare(old[c])} before, ${formatShare(now[c])} after`}
          >
            <span className="min-w-0 flex-1">
              <SignedBar
                domain={[-reach, reach]}
                bars={[{ value: change[c] ?? Number.NaN, color: scale.css(change[c] ?? 0) }]}
              />
            </span>
            <span className="w-14 shrink-0 text-right">
              {(change[c] ?? 0) > 0 ? '+' : ''}
              {formatShare(change[c])}
            </span>
          </span>
        ),
      }),
    ),
    { id: 'support', name: 'support', numeric: true, cell: (c) => formatCount(support[c] ?? 0) },
  ];
  return (
    <DataTable
      label={`Change of ${n} classes`}
      width={width}
      height={height}
      columns={columns}
      order={order}
      sorting={sorting}
      onSort={(next) => choice.set(SORT, next)}
      isSelected={(c) => c === selectedClass}
      isFaded={(c) => selectedClass !== null && c !== selectedClass}
      onPick={() => {}}
    />
  );
}

export const compare: CompareSpec = {
  options: OPTIONS,
  Component: ClassesChange,
  first: true,
  sentence: accuracySentence,
};
