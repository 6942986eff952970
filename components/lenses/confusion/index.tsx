'use client';
import { Grid3x3 } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { formatCount, formatShare } from '@/components/ui/format.ts';
import { predictionRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { choiceRow } from '../options.ts';
import { ColorLegend } from '../shared/drawing/legend.tsx';
import { inkOn, sequentialScale } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import { Matrix } from '../shared/grids/matrix.tsx';
import type { MatrixPlace } from '../shared/grids/matrix-layout.ts';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { useBadges } from '../shared/result/badges.ts';
import { optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import type { ModifierKeys } from '../shared/result/targets.ts';
import { compare } from './compare.tsx';
import { membersOf, sumsOf, threadsInCells } from './counts.ts';

const SHOW = choiceRow({
  key: 'show',
  label: 'Numbers',
  choices: [
    { value: 'count', label: 'Count' },
    { value: 'share', label: 'Row %', name: 'Share of the row' },
  ],
  start: 'count',
});
const OPTIONS = [SHOW];

function Confusion(props: LensProps) {
  const { result, width, height, selection, onSelect, selectedClass, badges } = props;
  const choice = useOptions(props, OPTIONS);
  const theme = useTheme();
  const record = recordOf(result, predictionRecordSchema);
  const counts = tensorOf(result, 'counts');
  const classes = counts.shape[0] ?? 0;
  const shares = choice.value(SHOW) === 'share';
  const subject = useMemo(() => subjectOf(result), [result]);
  const sums = useMemo(() => sumsOf(counts.data, classes), [counts, classes]);
  const names = useMemo(
    () => Array.from({ length: classes }, (_, i) => record.classes[i] ?? String(i)),
    [classes, record],
  );
  const members = useMemo(() => {
    const index = optionalTensor(result, 'example_index');
    const label = optionalTensor(result, 'example_label');
    const predicted = optionalTensor(result, 'example_predicted');
    return index && label && predicted
      ? { index: index.data, label: label.data, predicted: predicted.data }
      : null;
  }, [result]);
  /** Cells that hold a selected example. */
  const marked = useMemo(() => {
    const chosen = new Set(selection.examples);
    const cells = new Set<number>();
    if (members && chosen.size > 0)
      for (let i = 0; i < members.index.length; i++)
        if (
          (members.label[i] ?? -1) >= 0 &&
          (members.predicted[i] ?? -1) >= 0 &&
          chosen.has(subject.exampleAddress(members.index[i] ?? 0) ?? '')
        )
          cells.add((members.label[i] ?? 0) * classes + (members.predicted[i] ?? 0));
    return cells;
  }, [selection.examples, members, subject, classes]);
  const { badgeOf } = useBadges(badges, subject);
  const cellMarks = useMemo(
    () =>
      members ? threadsInCells(members, classes, (index) => subject.exampleAddress(index), badgeOf) : [],
    [members, classes, subject, badgeOf],
  );
  const scale = useMemo(
    () =>
      sequentialScale(0, shares ? sums.mostWrongShare : (props.domain?.[1] ?? sums.mostWrong), theme.dark),
    [shares, sums, props.domain, theme.dark],
  );
  const amount = useCallback(
    (row: number, column: number) => {
      const count = counts.data[row * classes + column] ?? 0;
      return shares ? count / Math.max(1, sums.rows[row] ?? 0) : count;
    },
    [counts, classes, shares, sums],
  );
  const color = useCallback(
    (row: number, column: number) => {
      if (row === column) return theme.color.hover;
      const value = amount(row, column);
      return value === 0 ? theme.color.sunken : scale.css(value);
    },
    [amount, scale, theme],
  );
  const text = useCallback(
    (row: number, column: number) => {
      const value = amount(row, column);
      if (value === 0) return null;
      return {
        value: shares ? (value * 100).toFixed(value >= 0.1 ? 0 : 1) : formatCount(value),
        ink: row === column ? theme.color.muted : inkOn(scale.rgb(value)),
      };
    },
    [amount, shares, scale, theme],
  );
  const isMarked = useCallback(
    (row: number, column: number) => marked.has(row * classes + column),
    [marked, classes],
  );
  const isRowFaded = useCallback(
    (row: number) => selectedClass !== null && selectedClass < classes && row !== selectedClass,
    [selectedClass, classes],
  );
  const totals = useMemo(
    () => ({
      name: 'recall',
      of: (row: number) => {
        const all = sums.rows[row] ?? 0;
        return all === 0 ? '–' : formatShare((counts.data[row * classes + row] ?? 0) / all);
      },
    }),
    [sums, counts, classes],
  );
  const select = (row: number | null, column: number | null, keys: ModifierKeys) => {
    if (!members) return;
    const found = membersOf(members.label, members.predicted, row, column).flatMap(
      (i) => subject.exampleAddress(members.index[i] ?? 0) ?? [],
    );
    const adding = keys.shiftKey || keys.ctrlKey || keys.metaKey;
    onSelect({ examples: adding ? [...new Set([...selection.examples, ...found])] : found });
  };
  const explain = ({ row, column }: MatrixPlace) => {
    if (row === null) return `predicted ${names[column ?? 0]}: select them`;
    const all = sums.rows[row] ?? 0;
    if (column === null) return `true ${names[row]}: ${formatCount(all)} examples`;
    const count = counts.data[row * classes + column] ?? 0;
    const share = formatShare(count / Math.max(1, all));
    return `true ${names[row]}, predicted ${names[column]}\n${formatCount(count)} of ${formatCount(all)}, ${share} of the row`;
  };

  return (
    <Frame
      width={width}
      height={height}
      name="Confusion"
      empty={
        sums.total > 0
          ? null
          : (record.unpredicted ?? 0) > 0
            ? 'No example has a prediction: the scores are not finite. The warning says where that began.'
            : 'No labelled examples here. Widen the slice.'
      }
      controls={
        <>
          <OptionControls of={choice} />
          <span className="flex-1" />
          <ColorLegend
            scale={scale}
            label={shares ? 'share of the row, errors' : 'count, errors'}
            width={56}
          />
        </>
      }
      foot={
        <>
          <span>n = {formatCount(sums.total)} examples</span>
          <span>accuracy {formatShare(record.accuracy)}</span>
          <span>{formatCount(sums.wrong)} wrong</span>
          {(record.unpredicted ?? 0) > 0 && (
            <span className="text-warning">{formatCount(record.unpredicted ?? 0)} without a prediction</span>
          )}
        </>
      }
    >
      {(w, h) => (
        <Matrix
          width={w}
          height={h}
          label={`Confusion of ${classes} classes, ${sums.wrong} of ${sums.total} wrong`}
          rowTitle="true"
          columnTitle="predicted"
          leastColumn={12}
          rowNames={names}
          columnNames={names}
          totals={totals}
          color={color}
          text={text}
          isMarked={isMarked}
          cellMarks={cellMarks}
          isRowFaded={isRowFaded}
          explain={explain}
          onCell={(row, column, keys) => select(row, column, keys)}
          onRow={(row, keys) => select(row, null, keys)}
          onColumn={(column) => select(null, column, { shiftKey: false, ctrlKey: false, metaKey: false })}
        />
      )}
    </Frame>
  );
}

export const confusion: LensSpec = {
  id: 'confusion',
  name: 'Confusion',
  icon: Grid3x3,
  types: ['matrix[class,class]'],
  rank: 10,
  honoursClass: true,
  size: { w: 440, h: 400 },
  domainOf: (result) => {
    const counts = tensorOf(result, 'counts');
    return [0, sumsOf(counts.data, counts.shape[0] ?? 0).mostWrong];
  },
  options: OPTIONS,
  Component: Confusion,
  compare,
};
