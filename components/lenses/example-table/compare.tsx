'use client';
import { Check, CircleX } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { formatExact } from '@/components/ui/format.ts';
import { predictionRecordSchema } from '@/core/result/types.ts';
import type { CompareProps, CompareSpec } from '../contract.ts';
import { sortingRow } from '../options.ts';
import { type DataColumn, DataTable } from '../shared/grids/data-table.tsx';
import { sortedBy } from '../shared/grids/sort.ts';
import { useOptions } from '../shared/options/use-options.ts';
import { formatOutput, outputsOf } from '../shared/result/outputs.ts';
import { optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import { useScrollToSelected, useTargets } from '../shared/result/targets.ts';
import { flipSentence, flipsOf, outputsThatChange } from './flips.ts';

/** Outputs of no class that are shown beside each example, from the first on. */
const MAX_OUTPUTS = 4;

const SORT = sortingRow({
  key: 'changeSort',
  columns({ result }) {
    const { scores, classes } = recordOf(result, predictionRecordSchema);
    return [
      'index',
      'label',
      'before',
      'after',
      ...(scores === 'output' ? classes.slice(0, MAX_OUTPUTS) : []),
    ];
  },
  start: { column: 'index', descending: false },
});
const OPTIONS = [SORT];

/** The examples whose prediction changes, or whose outputs do where they are of no class. */
export function ExamplesChange(props: CompareProps) {
  const { before, after, width, height, selection, selectedClass } = props;
  const choice = useOptions(props, OPTIONS);
  const record = recordOf(after, predictionRecordSchema);
  const index = tensorOf(after, 'index').data;
  const label = optionalTensor(after, 'label')?.data ?? null;
  const predicted = useMemo(
    () => [before, after].map((side) => tensorOf(side, 'predicted').data),
    [before, after],
  );
  const [old = [], now = []] = predicted;
  const { scores, classes } = record;
  const format = formatOutput(scores);
  /** Of each side: the number of the class that it predicts, or the outputs one by one. */
  const numbers = useMemo(
    () =>
      [before, after].map((side, which) =>
        scores === 'output'
          ? classes.slice(0, MAX_OUTPUTS).map((_, unit) => outputsOf(side, index.length, () => unit))
          : [
              scores === 'probability'
                ? (optionalTensor(side, 'confidence')?.data ?? [])
                : outputsOf(side, index.length, (row) => predicted[which]?.[row] ?? -1),
            ],
      ),
    [before, after, scores, classes, index, predicted],
  );
  const changed = useMemo(
    () =>
      (scores === 'output' ? outputsThatChange(before, after) : flipsOf(old, now, label).changed).filter(
        (row) => selectedClass === null || (label ?? now)[row] === selectedClass,
      ),
    [before, after, scores, old, now, label, selectedClass],
  );
  const outputs = useMemo(
    () => (scores === 'output' ? classes.slice(0, MAX_OUTPUTS) : []),
    [scores, classes],
  );
  const sorting = choice.value(SORT);
  const order = useMemo(() => {
    const after = Object.fromEntries(outputs.map((output, unit) => [output, numbers[1]?.[unit] ?? null]));
    const by: Record<string, ArrayLike<number> | null> = { index, label, before: old, after: now, ...after };
    const column = by[sorting.column] ?? null;
    return sortedBy(
      changed.length,
      (at) => column?.[changed[at] ?? 0] ?? Number.NaN,
      sorting.descending,
    ).flatMap((at) => changed[at] ?? []);
  }, [changed, index, label, old, now, sorting.column, sorting.descending, outputs, numbers]);
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
  const reveal = useScrollToSelected(order.length, isPlaceSelected, selection.examples);
  if (changed.length === 0)
    return (
      <p role="status" className="flex h-full items-center justify-center p-3 text-center text-muted">
        {scores === 'output' ? 'No output changes here.' : 'No prediction changes here.'}
      </p>
    );
  const name = (c: number | undefined) => (c === undefined || c < 0 ? '–' : (record.classes[c] ?? String(c)));
  const side = (which: 0 | 1) => (row: number) => {
    const c = predicted[which]?.[row];
    const right = label !== null && (label[row] ?? -1) >= 0 ? label[row] === c : null;
    return (
      <span className="flex items-center gap-1" title={formatExact(numbers[which]?.[0]?.[row])}>
        <span className="truncate">{name(c)}</span>
        <span className="text-muted">{format(numbers[which]?.[0]?.[row])}</span>
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
    ...(label?.some((c) => c >= 0)
      ? [{ id: 'label', name: 'true class', cell: (row: number) => name(label[row]) }]
      : []),
    ...(scores === 'output'
      ? outputs.map((output, unit) => ({
          id: output,
          name: output,
          grow: 1.4,
          least: 80,
          cell: (row: number) => (
            <span>
              <span className="text-muted">{format(numbers[0]?.[unit]?.[row])} → </span>
              {format(numbers[1]?.[unit]?.[row])}
            </span>
          ),
        }))
      : [
          { id: 'before', name: 'before', grow: 1.4, least: 80, cell: side(0) },
          { id: 'after', name: 'after', grow: 1.4, least: 80, cell: side(1) },
        ]),
  ];
  return (
    <DataTable
      label={`${changed.length} examples whose ${scores === 'output' ? 'outputs change' : 'prediction changes'}`}
      width={width}
      height={height}
      columns={columns}
      order={order}
      sorting={sorting}
      reveal={reveal}
      onSort={(next) => choice.set(SORT, next)}
      {...targets}
    />
  );
}

export const compare: CompareSpec = {
  options: OPTIONS,
  Component: ExamplesChange,
  first: true,
  sentence: flipSentence,
};
