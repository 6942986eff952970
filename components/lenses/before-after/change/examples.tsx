'use client';
import { Check, CircleX } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { formatShare } from '@/components/ui/format.ts';
import { predictionRecordSchema } from '@/core/result/types.ts';
import { type DataColumn, DataTable } from '../../shared/data-table.tsx';
import { optionalTensor, recordOf, tensorOf } from '../../shared/read.ts';
import { readSorting, sortedBy, writeSorting } from '../../shared/sort.ts';
import { subjectOf } from '../../shared/subject.ts';
import { useReveal, useTargets } from '../../shared/targets.ts';
import { flipsOf } from '../words.ts';
import type { ChangeProps } from './types.ts';

/** The examples whose prediction changes. */
export function ExamplesChange(props: ChangeProps) {
  const { before, after, width, height, selection, selectedClass, options, onOption } = props;
  const record = recordOf(after, predictionRecordSchema);
  const index = tensorOf(after, 'index', 1).data;
  const label = optionalTensor(after, 'label', 1)?.data ?? null;
  const predicted = [before, after].map((side) => tensorOf(side, 'predicted', 1).data);
  const confidence = [before, after].map((side) => optionalTensor(side, 'confidence', 1)?.data ?? null);
  const [old = [], now = []] = predicted;
  const changed = useMemo(
    () =>
      flipsOf(old, now, label).changed.filter(
        (row) => selectedClass === null || (label ?? now)[row] === selectedClass,
      ),
    [old, now, label, selectedClass],
  );
  const sorting = readSorting(options.changeSort, ['index', 'label', 'before', 'after'], {
    column: 'index',
    descending: false,
  });
  const order = useMemo(() => {
    const by: Record<string, ArrayLike<number> | null> = { index, label, before: old, after: now };
    const column = by[sorting.column] ?? null;
    return sortedBy(
      changed.length,
      (at) => column?.[changed[at] ?? 0] ?? Number.NaN,
      sorting.descending,
    ).flatMap((at) => changed[at] ?? []);
  }, [changed, index, label, old, now, sorting.column, sorting.descending]);
  const subject = useMemo(() => subjectOf(after), [after]);
  const addressOf = useCallback(
    (row: number) => subject.exampleAddress(Number(index[row] ?? 0)),
    [subject, index],
  );
  const targets = useTargets(props, 'examples', subject, addressOf);
  const isPlaceSelected = useCallback(
    (at: number) => targets.isSelected(order[at] ?? -1),
    [targets.isSelected, order],
  );
  const reveal = useReveal(order.length, isPlaceSelected, selection.examples);
  if (changed.length === 0)
    return (
      <p role="status" className="flex h-full items-center justify-center p-3 text-center text-muted">
        No prediction changes here.
      </p>
    );
  const name = (c: number | undefined) => (c === undefined || c < 0 ? '–' : (record.classes[c] ?? String(c)));
  const side = (which: 0 | 1) => (row: number) => {
    const c = predicted[which]?.[row];
    const right = label !== null && (label[row] ?? -1) >= 0 ? label[row] === c : null;
    return (
      <span className="flex items-center gap-1" title={String(confidence[which]?.[row] ?? '')}>
        <span className="truncate">{name(c)}</span>
        <span className="text-muted">{formatShare(confidence[which]?.[row])}</span>
        {right === true && <Check aria-label="right" className="size-3.5 shrink-0 text-faint" />}
        {right === false && <CircleX aria-label="wrong" className="size-3.5 shrink-0 text-fault" />}
      </span>
    );
  };
  const columns: DataColumn[] = [
    {
      id: 'index',
      name: 'example',
      grow: 1.5,
      least: 104,
      cell: (row) => <span className="font-mono text-xs">{addressOf(row) ?? index[row]}</span>,
    },
    ...(label ? [{ id: 'label', name: 'true class', cell: (row: number) => name(label[row]) }] : []),
    { id: 'before', name: 'before', grow: 1.4, least: 80, cell: side(0) },
    { id: 'after', name: 'after', grow: 1.4, least: 80, cell: side(1) },
  ];
  return (
    <DataTable
      label={`${changed.length} examples whose prediction changes`}
      width={width}
      height={height}
      columns={columns}
      order={order}
      sorting={sorting}
      reveal={reveal}
      onSort={(next) => onOption('changeSort', writeSorting(next))}
      {...targets}
    />
  );
}
