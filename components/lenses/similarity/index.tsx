'use client';
import { Columns3 } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { formatCount } from '@/components/ui/format.ts';
import { similarityRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { ColorLegend } from '../shared/drawing/legend.tsx';
import { NotFinite } from '../shared/drawing/not-finite.tsx';
import { inkOn, sequentialScale } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import { Matrix } from '../shared/grids/matrix.tsx';
import { badged, badgesFor } from '../shared/result/badges.ts';
import { recordOf, tensorOf } from '../shared/result/read.ts';
import { axisNames } from './names.ts';

function Similarity(props: LensProps) {
  const { result, width, height, selection, onSelect, badges, armed, onActivate } = props;
  const theme = useTheme();
  const record = recordOf(result, similarityRecordSchema);
  const values = tensorOf(result, 'values');
  const columns = values.shape[1] ?? 0;
  const rowAxis = useMemo(() => axisNames(record.rows, record.over), [record.rows, record.over]);
  const columnAxis = useMemo(() => axisNames(record.columns, record.over), [record.columns, record.over]);
  const scale = useMemo(() => sequentialScale(0, 1, theme.dark), [theme.dark]);
  const at = useCallback(
    (row: number, column: number) => values.data[row * columns + column] ?? Number.NaN,
    [values, columns],
  );
  const color = useCallback((row: number, column: number) => scale.css(at(row, column)), [scale, at]);
  const text = useCallback(
    (row: number, column: number) => {
      const value = at(row, column);
      return { value: Number.isFinite(value) ? value.toFixed(2) : '–', ink: inkOn(scale.rgb(value)) };
    },
    [scale, at],
  );
  const isRowMarked = useCallback(
    (row: number) => selection.layer !== null && record.rows[row] === selection.layer,
    [selection.layer, record.rows],
  );
  const isRowFaded = useCallback(
    (row: number) => !!armed && !armed(record.rows[row] ?? ''),
    [armed, record.rows],
  );
  const chosenColumn = record.columns.indexOf(selection.layer ?? '');
  const badgeOf = useMemo(() => badgesFor(badges, null), [badges]);
  const rowMarks = useMemo(() => badged(record.rows, (row) => row, badgeOf), [record.rows, badgeOf]);
  const pick = (address: string | undefined) => {
    if (address === undefined) return;
    if (armed) {
      if (armed(address)) onActivate?.(address);
    } else onSelect({ layer: selection.layer === address ? null : address });
  };
  const what =
    record.over === 'checkpoints'
      ? 'checkpoints'
      : record.over === 'models'
        ? 'layers of two models'
        : 'layers';

  return (
    <Frame
      width={width}
      height={height}
      name="Similarity"
      empty={record.rows.length * record.columns.length === 0 ? 'There is nothing to compare.' : null}
      controls={
        <>
          <span className="truncate text-muted">linear CKA of {what}</span>
          <span className="flex-1" />
          <ColorLegend scale={scale} label="similarity" width={64} />
        </>
      }
      foot={
        <>
          <NotFinite of={[values.data]} />
          <span>
            {rowAxis.title}
            {columnAxis.title !== rowAxis.title && ` × ${columnAxis.title}`}
          </span>
          {result.meta.n !== undefined && <span>n = {formatCount(result.meta.n)} examples</span>}
        </>
      }
    >
      {(w, h) => (
        <Matrix
          width={w}
          height={h}
          label={`Similarity of ${record.rows.length} by ${record.columns.length} ${what}`}
          rowTitle={rowAxis.title}
          columnTitle={columnAxis.title}
          rowNames={rowAxis.names}
          columnNames={columnAxis.names}
          color={color}
          text={text}
          isRowMarked={isRowMarked}
          isRowFaded={isRowFaded}
          rowMarks={rowMarks}
          column={chosenColumn < 0 ? null : chosenColumn}
          explain={({ row, column }) => {
            if (row === null) return `${record.columns[column ?? 0]}: select it`;
            if (column === null) return `${record.rows[row]}: select it`;
            return `${record.rows[row]}\n${record.columns[column]}\nCKA ${at(row, column).toFixed(4)}`;
          }}
          onCell={(row) => pick(record.rows[row])}
          onRow={(row) => pick(record.rows[row])}
          onColumn={(column) => pick(record.columns[column])}
          onActivate={(row) => {
            const address = record.rows[row];
            if (address !== undefined) onActivate?.(address);
          }}
        />
      )}
    </Frame>
  );
}

export const similarity: LensSpec = {
  id: 'similarity',
  name: 'Similarity',
  icon: Columns3,
  types: ['similarity'],
  rank: 10,
  honoursClass: false,
  size: { w: 480, h: 420 },
  Component: Similarity,
};
