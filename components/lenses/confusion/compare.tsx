'use client';
import { useCallback, useMemo } from 'react';
import { formatCount } from '@/components/ui/format.ts';
import { predictionRecordSchema } from '@/core/result/types.ts';
import type { CompareProps, CompareSpec } from '../contract.ts';
import { divergingScale, extentOf, inkOn } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { Matrix } from '../shared/grids/matrix.tsx';
import { accuracySentence } from '../shared/result/changes.ts';
import { optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import type { ModifierKeys } from '../shared/result/targets.ts';
import { membersOf } from './counts.ts';

/** Examples gained and lost by each cell; a click selects those that are in it after the change. */
export function ConfusionChange(props: CompareProps) {
  const { before, after, width, height, selection, onSelect, selectedClass } = props;
  const theme = useTheme();
  const record = recordOf(after, predictionRecordSchema);
  const old = tensorOf(before, 'counts');
  const now = tensorOf(after, 'counts');
  const classes = now.shape[0] ?? 0;
  const subject = useMemo(() => subjectOf(after), [after]);
  const change = useMemo(() => Array.from(now.data, (count, i) => count - (old.data[i] ?? 0)), [now, old]);
  const scale = useMemo(() => divergingScale(extentOf(change), theme.dark), [change, theme.dark]);
  const names = useMemo(
    () => Array.from({ length: classes }, (_, i) => record.classes[i] ?? String(i)),
    [classes, record],
  );
  const index = optionalTensor(after, 'example_index')?.data;
  const label = optionalTensor(after, 'example_label')?.data;
  const predicted = optionalTensor(after, 'example_predicted')?.data;
  const at = useCallback(
    (row: number, column: number) => change[row * classes + column] ?? 0,
    [change, classes],
  );
  const color = useCallback((row: number, column: number) => scale.css(at(row, column)), [scale, at]);
  const text = useCallback(
    (row: number, column: number) => {
      const value = at(row, column);
      return value === 0
        ? null
        : { value: `${value > 0 ? '+' : ''}${formatCount(value)}`, ink: inkOn(scale.rgb(value)) };
    },
    [at, scale],
  );
  const isRowFaded = useCallback(
    (row: number) => selectedClass !== null && selectedClass < classes && row !== selectedClass,
    [selectedClass, classes],
  );
  const select = (row: number | null, column: number | null, keys: ModifierKeys) => {
    if (!index || !label || !predicted) return;
    const found = membersOf(label, predicted, row, column).flatMap(
      (i) => subject.exampleAddress(index[i] ?? 0) ?? [],
    );
    const adding = keys.shiftKey || keys.ctrlKey || keys.metaKey;
    onSelect({ examples: adding ? [...new Set([...selection.examples, ...found])] : found });
  };
  return (
    <Matrix
      width={width}
      height={height}
      label={`Change of the confusion of ${classes} classes`}
      rowTitle="true"
      columnTitle="predicted"
      leastColumn={12}
      rowNames={names}
      columnNames={names}
      color={color}
      text={text}
      isRowFaded={isRowFaded}
      explain={({ row, column }) => {
        if (row === null) return `predicted ${names[column ?? 0]}: select them`;
        if (column === null) return `true ${names[row]}: select them`;
        const i = row * classes + column;
        return `true ${names[row]}, predicted ${names[column]}\n${formatCount(old.data[i] ?? 0)} before, ${formatCount(now.data[i] ?? 0)} after`;
      }}
      onCell={select}
      onRow={(row, keys) => select(row, null, keys)}
      onColumn={(column) => select(null, column, { shiftKey: false, ctrlKey: false, metaKey: false })}
    />
  );
}

export const compare: CompareSpec = { Component: ConfusionChange, first: true, sentence: accuracySentence };
