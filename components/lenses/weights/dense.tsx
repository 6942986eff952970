'use client';
import { useCallback, useMemo } from 'react';
import { formatNumber } from '@/components/ui/format.ts';
import type { ColorScale } from '../shared/drawing/scales.ts';
import { inkOn } from '../shared/drawing/scales.ts';
import { Matrix } from '../shared/grids/matrix.tsx';
import type { Targets } from '../shared/result/targets.ts';
import type { WeightTensor } from './layout.ts';

export interface DenseMatrixProps {
  readonly width: number;
  readonly height: number;
  readonly tensor: WeightTensor;
  readonly scale: ColorScale;
  readonly layer: string;
  /** Layers before. */
  readonly inputs: readonly string[];
  unitOf(flat: number): number | null;
  inputAddress(flat: number): string | null;
  explain(flat: number): string;

  readonly byUnit: Targets;
  readonly byInput: Targets;
}

/** Inputs by units as a heat map. */
export function DenseMatrix(props: DenseMatrixProps) {
  const { width, height, tensor, scale, layer, inputs, unitOf, inputAddress, explain, byUnit, byInput } =
    props;
  const { axes, shape, data } = tensor;
  const rows = shape[0] ?? 1;
  const columns = Math.max(1, Math.round(data.length / Math.max(1, rows)));
  const [rowAxis = 'place', columnAxis] = axes;
  const rowNames = useMemo(
    () =>
      Array.from({ length: rows }, (_, r) =>
        rowAxis === 'unit' || rowAxis === 'input' ? `#${r}` : String(r),
      ),
    [rows, rowAxis],
  );
  const columnNames = useMemo(
    () =>
      columnAxis === undefined
        ? [tensor.name]
        : Array.from({ length: columns }, (_, c) =>
            columnAxis === 'unit' ? `#${unitOf(c) ?? c}` : String(c),
          ),
    [columns, columnAxis, tensor.name, unitOf],
  );
  const color = useCallback(
    (row: number, column: number) => scale.css(data[row * columns + column] ?? Number.NaN),
    [scale, data, columns],
  );
  const text = useCallback(
    (row: number, column: number) => {
      const value = data[row * columns + column] ?? Number.NaN;
      return { value: formatNumber(value), ink: inkOn(scale.rgb(value)) };
    },
    [scale, data, columns],
  );
  /** What a row stands for: a unit of this layer, or one of the layer before. */
  const rowTargets = rowAxis === 'unit' || rowAxis === 'gate unit' ? byUnit : byInput;
  const isRowMarked = useCallback(
    (row: number) => rowTargets.isSelected(row * columns),
    [rowTargets.isSelected, columns],
  );
  const isMarked = useCallback(
    (_: number, column: number) => columns > 1 && byUnit.isSelected(column),
    [byUnit.isSelected, columns],
  );
  return (
    <Matrix
      width={width}
      height={height}
      label={`${tensor.name} of ${layer}, ${rows} × ${columns}`}
      rowTitle={rowAxis === 'input' && inputs.length === 1 ? (inputs[0] ?? rowAxis) : rowAxis}
      columnTitle={columnAxis === 'unit' ? layer : (columnAxis ?? 'value')}
      rowNames={rowNames}
      columnNames={columnNames}
      mostRow={28}
      color={color}
      text={text}
      isMarked={isMarked}
      isRowMarked={isRowMarked}
      explain={({ row, column }) => {
        if (row === null)
          return columnAxis === 'unit' ? `${layer}#${unitOf(column ?? 0) ?? column}` : tensor.name;
        if (column === null) return inputAddress(row * columns) ?? `${rowAxis} ${row}`;
        return explain(row * columns + column);
      }}
      onCell={(row, column, keys) => {
        if (columns > 1) byUnit.onPick(row * columns + column, keys);
        else rowTargets.onPick(row * columns, keys);
      }}
      onRow={(row, keys) => rowTargets.onPick(row * columns, keys)}
      onColumn={(column) =>
        columns > 1 && byUnit.onPick(column, { shiftKey: false, ctrlKey: false, metaKey: false })
      }
      onActivate={(row, column) => {
        if (column !== null && columns > 1) byUnit.onActivate(row * columns + column);
        else rowTargets.onActivate(row * columns);
      }}
    />
  );
}
