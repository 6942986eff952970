'use client';
import { ListChecks } from 'lucide-react';
import { useMemo } from 'react';
import { formatCount, formatExact, formatShare } from '@/components/ui/format.ts';
import { predictionRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { sortingRow } from '../options.ts';
import { SignedBar } from '../shared/drawing/signed-bar.tsx';
import { classColor, useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import { type DataColumn, DataTable } from '../shared/grids/data-table.tsx';
import { sortedBy } from '../shared/grids/sort.ts';
import { useOptions } from '../shared/options/use-options.ts';
import { optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { compare } from './compare.tsx';
import { macroOf } from './macro.ts';

const SHARES = ['precision', 'recall', 'f1'] as const;
const MEANINGS: Record<(typeof SHARES)[number], string> = {
  precision: 'Of those predicted as this class, the share that is',
  recall: 'Of those of this class, the share that is found',
  f1: 'Harmonic mean of precision and recall',
};

const SORT = sortingRow({
  columns: ['class', ...SHARES, 'support', 'predicted'],
  start: { column: 'class', descending: false },
});
const OPTIONS = [SORT];

function ClassMetrics(props: LensProps) {
  const { result, width, height, selectedClass, modelColor } = props;
  const chosen = useOptions(props, OPTIONS);
  const theme = useTheme();
  const record = recordOf(result, predictionRecordSchema);
  const f1 = tensorOf(result, 'f1').data;
  const support = tensorOf(result, 'support').data;
  const predictedCount = optionalTensor(result, 'predicted_count')?.data ?? null;
  const shares = {
    precision: tensorOf(result, 'precision').data,
    recall: tensorOf(result, 'recall').data,
    f1,
  };
  const n = f1.length;
  const sorting = chosen.value(SORT);
  const by: Record<string, ArrayLike<number> | null> = { ...shares, support, predicted: predictedCount };
  const column = by[sorting.column] ?? null;
  const order = useMemo(
    () => sortedBy(n, (row) => (column ? (column[row] ?? Number.NaN) : row), sorting.descending),
    [n, column, sorting.descending],
  );
  const name = (row: number) => record.classes[row] ?? String(row);
  const color = `var(--model-${((modelColor % 8) + 8) % 8})`;
  const columns: DataColumn[] = [
    {
      id: 'class',
      name: 'class',
      grow: 1.2,
      least: 64,
      cell: (row) => (
        <span className="flex items-center gap-1.5">
          <span
            aria-hidden
            className="size-2 shrink-0 rounded-full"
            style={{ background: classColor(theme, row) }}
          />
          <span className="truncate">{name(row)}</span>
        </span>
      ),
    },
    ...SHARES.map((share): DataColumn => {
      const values = shares[share];
      return {
        id: share,
        name: share === 'f1' ? 'F1' : share,
        title: `${MEANINGS[share]}. Click to sort.`,
        grow: 1.8,
        least: 92,
        cell: (row) => (
          <span
            className="flex items-center gap-1.5"
            title={`${name(row)}, ${MEANINGS[share].toLowerCase()}: ${formatExact(values[row])}`}
          >
            <span className="min-w-0 flex-1">
              <SignedBar domain={[0, 1]} bars={[{ value: values[row] ?? Number.NaN, color }]} />
            </span>
            <span className="w-12 shrink-0 text-right">{formatShare(values[row])}</span>
          </span>
        ),
      };
    }),
    {
      id: 'support',
      name: 'support',
      title: 'Examples of this class. Click to sort.',
      numeric: true,
      cell: (row) => formatCount(support[row] ?? 0),
    },
    ...(predictedCount
      ? [
          {
            id: 'predicted',
            name: 'predicted',
            title: 'Examples predicted as this class. Click to sort.',
            numeric: true,
            grow: 1.2,
            least: 72,
            cell: (row: number) => formatCount(predictedCount[row] ?? 0),
          },
        ]
      : []),
  ];
  return (
    <Frame
      width={width}
      height={height}
      name="Class metrics"
      empty={n === 0 ? 'This model gives no classes.' : null}
      foot={
        <>
          {result.meta.n !== undefined && <span>n = {formatCount(result.meta.n)} examples</span>}
          {record.accuracy !== null && <span>accuracy {formatShare(record.accuracy)}</span>}
          <span title="Mean over the classes that have examples, each counted once">
            macro F1 {formatShare(macroOf(f1, support))}
          </span>
        </>
      }
    >
      {(w, h) => (
        <DataTable
          label={`Precision, recall and F1 of ${n} classes`}
          width={w}
          height={h}
          columns={columns}
          order={order}
          sorting={sorting}
          onSort={(next) => chosen.set(SORT, next)}
          isSelected={(row) => row === selectedClass}
          isFaded={(row) => selectedClass !== null && row !== selectedClass}
          onPick={() => {}}
        />
      )}
    </Frame>
  );
}

export const classMetrics: LensSpec = {
  id: 'class-metrics',
  name: 'Class metrics',
  icon: ListChecks,
  types: ['table[class]'],
  rank: 10,
  honoursClass: true,
  size: { w: 560, h: 320 },
  options: OPTIONS,
  Component: ClassMetrics,
  compare,
};
