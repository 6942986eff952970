'use client';
import { Check, CircleX, Table2 } from 'lucide-react';
import { useMemo } from 'react';
import { formatCount, formatExact, formatShare } from '@/components/ui/format.ts';
import { type PredictionRecord, predictionRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { sortingRow, switchRow } from '../options.ts';
import { Threads } from '../shared/drawing/badge-mark.tsx';
import { MarkSign } from '../shared/drawing/mark.tsx';
import { classColor, useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import { type DataColumn, DataTable } from '../shared/grids/data-table.tsx';
import { sortedBy } from '../shared/grids/sort.ts';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { useBadges } from '../shared/result/badges.ts';
import { formatOutput, outputsOf } from '../shared/result/outputs.ts';
import { optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { afterClick, subjectOf } from '../shared/result/subject.ts';
import { verdictOf } from '../shared/result/verdict.ts';
import { compare } from './compare.tsx';

/** Outputs of no class that are shown beside each example, from the first on. */
const MAX_OUTPUTS = 8;

const namesOfNumbers = ({
  scores,
  classes,
}: Pick<PredictionRecord, 'scores' | 'classes'>): readonly string[] =>
  scores === 'probability' ? ['confidence'] : scores === 'score' ? ['score'] : classes.slice(0, MAX_OUTPUTS);

/** Columns of numbers: how sure the prediction is; its score, where that is no probability; or the outputs. */
function numbersOf(
  result: LensProps['result'],
  { scores, classes }: PredictionRecord,
  predicted: ArrayLike<number>,
  confidence: ArrayLike<number>,
): Readonly<Record<string, ArrayLike<number>>> {
  if (scores === 'probability') return { confidence };
  const column = (unit: (row: number) => number) => outputsOf(result, predicted.length, unit);
  if (scores === 'score') return { score: column((row) => predicted[row] ?? -1) };
  const shown = namesOfNumbers({ scores, classes });
  return Object.fromEntries(shown.map((name, unit) => [name, column(() => unit)]));
}

/** Null where no example has a label: then there is neither a true class nor a right answer. */
function labelsOf(result: LensProps['result']): ArrayLike<number> | null {
  const labels = optionalTensor(result, 'label')?.data;
  return labels && Array.from(labels).some((label) => label >= 0) ? labels : null;
}

const ONLY_WRONG = switchRow({ key: 'wrong', label: 'Wrong only', start: false });
const SORT = sortingRow({
  columns: ({ result }) => [
    ...['index', 'label', 'predicted'],
    ...namesOfNumbers(recordOf(result, predictionRecordSchema)),
  ],
  start: { column: 'index', descending: false },
});
const OPTIONS = [ONLY_WRONG, SORT];

function ExampleTable(props: LensProps) {
  const { result, width, height, selection, onSelect, selectedClass } = props;
  const choice = useOptions(props, OPTIONS);
  const { badges, armed, onActivate, marked } = props;
  const theme = useTheme();
  const record = useMemo(() => recordOf(result, predictionRecordSchema), [result]);
  const index = tensorOf(result, 'index').data;
  const predicted = tensorOf(result, 'predicted').data;
  const confidence = tensorOf(result, 'confidence').data;
  const label = useMemo(() => labelsOf(result), [result]);
  const subject = useMemo(() => subjectOf(result), [result]);
  const { badgeOf } = useBadges(badges, subject);
  const numbers = useMemo(
    () => numbersOf(result, record, predicted, confidence),
    [result, record, predicted, confidence],
  );
  const format = formatOutput(record.scores);
  const judged = label !== null && record.scores !== 'output';
  const onlyWrong = choice.value(ONLY_WRONG) && judged;
  const sorting = choice.value(SORT);
  const order = useMemo(() => {
    const columns: Record<string, ArrayLike<number> | null> = { index, label, predicted, ...numbers };
    const values = columns[sorting.column];
    return sortedBy(index.length, (row) => values?.[row] ?? Number.NaN, sorting.descending).filter(
      (row) =>
        (!onlyWrong || verdictOf(label?.[row], predicted[row]) === 'wrong') &&
        (selectedClass === null || (label ?? predicted)[row] === selectedClass),
    );
  }, [index, label, predicted, numbers, sorting.column, sorting.descending, onlyWrong, selectedClass]);
  const chosen = useMemo(() => new Set(selection.examples), [selection.examples]);
  const name = (c: number | undefined) => (c === undefined || c < 0 ? '–' : (record.classes[c] ?? String(c)));
  const classCell = (c: number | undefined) => (
    <span className="flex min-w-0 items-center gap-1.5" title={name(c)}>
      <span
        aria-hidden
        className="size-2 shrink-0 rounded-full"
        style={{ background: c === undefined || c < 0 ? theme.color.line : classColor(theme, c) }}
      />
      <span className="truncate">{name(c)}</span>
    </span>
  );
  const addressOf = (row: number) => subject.exampleAddress(index[row] ?? 0);
  const predictedColumn: DataColumn = {
    id: 'predicted',
    name: 'predicted',
    cell: (row) => (
      <span className="flex min-w-0 items-center justify-between gap-1">
        {(predicted[row] ?? -1) < 0 ? <span className="text-muted">none</span> : classCell(predicted[row])}
        {verdictOf(label?.[row], predicted[row]) === 'right' && (
          <Check aria-label="right" className="size-3.5 shrink-0 text-faint" />
        )}
        {verdictOf(label?.[row], predicted[row]) === 'wrong' && (
          <CircleX aria-label="wrong" className="size-3.5 shrink-0 text-fault" />
        )}
      </span>
    ),
  };
  const columns: DataColumn[] = [
    {
      id: 'index',
      name: 'example',
      grow: 1.7,
      least: 104,
      cell: (row) => (
        <span className="flex items-center gap-1">
          <span className="truncate font-mono text-xs">{addressOf(row) ?? index[row]}</span>
          {marked?.has(addressOf(row) ?? '') ? <MarkSign /> : null}
          <Threads address={addressOf(row)} badgeOf={badgeOf} />
        </span>
      ),
    },
    ...(label ? [{ id: 'label', name: 'true class', cell: (row: number) => classCell(label[row]) }] : []),
    ...(record.scores === 'output' ? [] : [predictedColumn]),
    ...Object.entries(numbers).map(([id, values]) => ({
      id,
      name: id,
      numeric: true,
      cell: (row: number) => <span title={formatExact(values[row])}>{format(values[row])}</span>,
    })),
  ];
  const wrong = label
    ? Array.from(label).filter((c, row) => verdictOf(c, predicted[row]) === 'wrong').length
    : 0;

  const reveal = useMemo(() => {
    const at =
      chosen.size === 0
        ? -1
        : order.findIndex((row) => chosen.has(subject.exampleAddress(index[row] ?? 0) ?? ''));
    return at < 0 ? null : at;
  }, [chosen, order, subject, index]);

  return (
    <Frame
      width={width}
      height={height}
      name="Examples"
      empty={
        index.length === 0
          ? 'No examples here. Widen the slice.'
          : order.length === 0
            ? `No ${onlyWrong ? 'wrong ' : ''}example here. Choose another class, or all.`
            : null
      }
      controls={
        judged && <OptionControls of={choice} labels={{ wrong: `Wrong only (${formatCount(wrong)})` }} />
      }
      foot={
        <>
          <span>
            {order.length === index.length
              ? `n = ${formatCount(index.length)} examples`
              : `${formatCount(order.length)} of ${formatCount(index.length)} examples`}
          </span>
          {judged && <span>accuracy {formatShare(record.accuracy)}</span>}
          {(record.unpredicted ?? 0) > 0 && (
            <span className="text-warning">{formatCount(record.unpredicted ?? 0)} without a prediction</span>
          )}
        </>
      }
    >
      {(w, h) => (
        <DataTable
          label={`Predictions for ${order.length} examples`}
          width={w}
          height={h}
          columns={columns}
          order={order}
          sorting={sorting}
          reveal={reveal}
          onSort={(next) => choice.set(SORT, next)}
          isSelected={(row) => chosen.has(addressOf(row) ?? '')}
          isFaded={(row) => {
            const address = addressOf(row);
            return !!armed && (address === null || !armed(address));
          }}
          onPick={(row, keys) => {
            const address = addressOf(row);
            if (address === null) return;
            if (armed) {
              if (armed(address)) onActivate?.(address);
            } else onSelect({ examples: afterClick(selection.examples, address, keys) });
          }}
          onActivate={(row) => {
            const address = addressOf(row);
            if (address !== null) onActivate?.(address);
          }}
        />
      )}
    </Frame>
  );
}

export const exampleTable: LensSpec = {
  id: 'example-table',
  name: 'Examples',
  icon: Table2,
  types: ['table[example]'],
  rank: 10,
  honoursClass: true,
  size: { w: 440, h: 340 },
  options: OPTIONS,
  Component: ExampleTable,
  compare,
};
