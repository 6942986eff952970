'use client';
import { CircleX, Waypoints } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { formatCount, formatExact, formatNumber, formatShare } from '@/components/ui/format.ts';
import { rankedRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { sortingRow, switchRow } from '../options.ts';
import { Threads } from '../shared/drawing/badge-mark.tsx';
import { MarkSign } from '../shared/drawing/mark.tsx';
import { NotFinite } from '../shared/drawing/not-finite.tsx';
import { Frame } from '../shared/frame.tsx';
import { type DataColumn, DataTable } from '../shared/grids/data-table.tsx';
import { sortedBy } from '../shared/grids/sort.ts';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { useBadges } from '../shared/result/badges.ts';
import { optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import { useScrollToSelected, useTargets } from '../shared/result/targets.ts';
import { verdictOf } from '../shared/result/verdict.ts';
import { countsInWords, labelsOfNeighbours } from './neighbours.ts';

/** Nobody agrees: a label that may be wrong, or an example on a border. */
const FEW = 0.5;

const ONLY_FEW = switchRow({ key: 'few', label: 'Below one half only', start: false });
const SORT = sortingRow({
  columns: ['index', 'label', 'predicted', 'agreement', 'distance'],
  start: { column: 'agreement', descending: false },
});
const OPTIONS = [ONLY_FEW, SORT];

function Agreement(props: LensProps) {
  const { result, width, height, selection, selectedClass, badges, marked } = props;
  const chosen = useOptions(props, OPTIONS);
  const record = recordOf(result, rankedRecordSchema);
  const index = tensorOf(result, 'index').data;
  const agreement = tensorOf(result, 'agreement').data;
  const neighbours = optionalTensor(result, 'neighbours');
  const distance = optionalTensor(result, 'distance');
  const label = optionalTensor(result, 'label')?.data ?? null;
  const predicted = optionalTensor(result, 'predicted')?.data ?? null;
  const k = neighbours?.shape[1] ?? record.k;
  const few = chosen.value(ONLY_FEW);
  const sorting = chosen.value(SORT);
  const nearest = useMemo(
    () => Array.from({ length: index.length }, (_, row) => distance?.data[row * k] ?? Number.NaN),
    [index, distance, k],
  );
  const order = useMemo(() => {
    const by: Record<string, ArrayLike<number> | null> = {
      index,
      label,
      predicted,
      agreement,
      distance: nearest,
    };
    const column = by[sorting.column];
    return sortedBy(index.length, (row) => column?.[row] ?? Number.NaN, sorting.descending).filter(
      (row) =>
        (!few || (agreement[row] ?? 1) < FEW) &&
        (selectedClass === null || label === null || label[row] === selectedClass),
    );
  }, [index, label, predicted, agreement, nearest, sorting.column, sorting.descending, few, selectedClass]);
  const labelAt = useMemo(
    () => labelsOfNeighbours(index, label, neighbours?.data ?? null, k),
    [index, label, neighbours, k],
  );
  const subject = useMemo(() => subjectOf(result), [result]);
  const { badgeOf, about } = useBadges(badges, subject);
  const addressOf = useCallback(
    (row: number) => subject.exampleAddress(Number(index[row] ?? 0)),
    [subject, index],
  );
  const targets = useTargets(props, 'examples', subject, addressOf);
  const isPlaceSelected = useCallback(
    (at: number) => targets.isSelected(order[at] ?? -1),
    [targets.isSelected, order],
  );
  const reveal = useScrollToSelected(order.length, isPlaceSelected, selection.examples);
  const name = (c: number | undefined) => (c === undefined || c < 0 ? '–' : (record.classes[c] ?? String(c)));
  const low = Array.from(agreement).filter((share) => share < FEW).length;
  const known = Array.from(agreement).filter(Number.isFinite);
  const mean = known.length > 0 ? known.reduce((a, b) => a + b, 0) / known.length : Number.NaN;

  const columns: DataColumn[] = [
    {
      id: 'index',
      name: 'example',
      grow: 2,
      least: 112,
      cell: (row) => (
        <span className="flex items-center gap-1">
          <span className="truncate font-mono text-xs">{addressOf(row) ?? index[row]}</span>
          {marked?.has(addressOf(row) ?? '') ? <MarkSign /> : null}
          <Threads address={addressOf(row)} badgeOf={badgeOf} />
        </span>
      ),
    },
    {
      id: 'agreement',
      name: 'agreement',
      title: `Share of the ${k} nearest with the same label. Click to sort.`,
      numeric: true,
      grow: 1.4,
      least: 92,
      cell: (row) => {
        const share = agreement[row] ?? Number.NaN;
        return (
          <span
            title={Number.isFinite(share) ? `${share}: ${formatCount(share * k)} of ${k}` : 'none'}
            className="relative block"
          >
            <span
              aria-hidden
              className="absolute bottom-0 left-0 h-0.5 bg-line-strong"
              style={{ width: `${Math.max(0, Math.min(1, Number.isFinite(share) ? share : 0)) * 100}%` }}
            />
            {formatShare(share)}
          </span>
        );
      },
    },
    ...(label ? [{ id: 'label', name: 'true class', cell: (row: number) => name(label[row]) }] : []),
    {
      id: 'neighbours',
      name: 'neighbours say',
      title: 'Labels of the nearest examples, as far as they are listed here',
      grow: 1.4,
      least: 96,
      cell: (row) => {
        const counts = countsInWords(labelAt(row), (c) => name(c));
        const near = neighbours
          ? Array.from({ length: Math.min(8, k) }, (_, j) => neighbours.data[row * k + j] ?? -1)
              .filter((index) => index >= 0)
              .join(', ')
          : '';
        return (
          <span title={near === '' ? counts : `${counts}\nnearest first: ${near}`}>{counts || '–'}</span>
        );
      },
    },
    ...(predicted
      ? [
          {
            id: 'predicted',
            name: 'predicted',
            cell: (row: number) => (
              <span className="flex items-center gap-1">
                <span className="truncate">{name(predicted[row])}</span>
                {verdictOf(label?.[row], predicted[row]) === 'wrong' && (
                  <CircleX aria-label="wrong" className="size-3.5 shrink-0 text-fault" />
                )}
              </span>
            ),
          },
        ]
      : []),
    ...(distance
      ? [
          {
            id: 'distance',
            name: 'nearest',
            title: 'Distance to the nearest example. Click to sort.',
            numeric: true,
            cell: (row: number) => (
              <span title={formatExact(nearest[row])}>{formatNumber(nearest[row])}</span>
            ),
          },
        ]
      : []),
  ];

  return (
    <Frame
      width={width}
      height={height}
      name="Neighbour agreement"
      about={about}
      empty={
        index.length === 0
          ? 'No examples here. Widen the slice.'
          : order.length === 0
            ? 'No such example here. Choose another class, or show all.'
            : null
      }
      controls={<OptionControls of={chosen} labels={{ few: `Below one half only (${formatCount(low)})` }} />}
      foot={
        <>
          <span>n = {formatCount(index.length)} examples</span>
          <span>
            {k} nearest at {record.layer}
          </span>
          <NotFinite of={[agreement, result.tensors.distance?.data]} />
          <span title={formatExact(mean)}>mean agreement {formatShare(mean)}</span>
          {record.recall !== undefined && (
            <span className="text-warning">
              approximate: {formatShare(record.recall)} of the true neighbours
            </span>
          )}
        </>
      }
    >
      {(w, h) => (
        <DataTable
          label={`Agreement of ${order.length} examples with their neighbours at ${record.layer}`}
          width={w}
          height={h}
          columns={columns}
          order={order}
          sorting={sorting}
          reveal={reveal}
          onSort={(next) =>
            chosen.set(SORT, next.column === 'neighbours' ? { column: 'agreement', descending: false } : next)
          }
          {...targets}
        />
      )}
    </Frame>
  );
}

export const agreement: LensSpec = {
  id: 'agreement',
  name: 'Neighbour agreement',
  icon: Waypoints,
  types: ['agreement[example]'],
  rank: 10,
  honoursClass: true,
  size: { w: 520, h: 340 },
  options: OPTIONS,
  Component: Agreement,
};
