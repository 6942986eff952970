'use client';
import { formatExact, formatNumber } from '@/components/ui/format.ts';
import { type ColorScale, extentOf } from '../shared/drawing/scales.ts';
import { SignedBar } from '../shared/drawing/signed-bar.tsx';
import { type DataColumn, DataTable } from '../shared/grids/data-table.tsx';
import type { Targets } from '../shared/result/targets.ts';
import { placeName, type WeightTensor } from './layout.ts';

export interface WeightRowsProps extends Targets {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly tensor: WeightTensor;
  /** Places in the tensor, in the order shown. */
  readonly places: readonly number[];
  /** What a row is named by: "from" the unit before, or the "unit" itself. */
  readonly head: string;
  readonly scale: ColorScale;
  nameOf(flat: number): string;
}

/** Axes that a row's name tells. */
const NAMED_AXES = ['unit', 'input'];

/** A weight in each row; a row selects the unit that it is named by. */
export function WeightRows({ tensor, places, head, scale, nameOf, ...rest }: WeightRowsProps) {
  // As long as there is room for: the colour alone is on the scale of all.
  const reach = extentOf(places.map((flat) => tensor.data[flat] ?? 0)) || 1;
  const value = (flat: number) => tensor.data[flat] ?? Number.NaN;
  const columns: DataColumn[] = [
    {
      id: 'name',
      name: head,
      grow: 1.6,
      least: 96,
      cell: (flat) => <span title={nameOf(flat)}>{nameOf(flat)}</span>,
    },
    {
      id: 'weight',
      name: 'weight',
      title: 'Blue below zero, red above',
      grow: 2,
      least: 80,
      cell: (flat) => (
        <SignedBar domain={[-reach, reach]} bars={[{ value: value(flat), color: scale.css(value(flat)) }]} />
      ),
    },
    {
      id: 'value',
      name: 'value',
      numeric: true,
      cell: (flat) => <span title={formatExact(value(flat))}>{formatNumber(value(flat))}</span>,
    },
    ...(tensor.axes.some((axis) => !NAMED_AXES.includes(axis))
      ? [
          {
            id: 'place',
            name: 'at',
            grow: 1.4,
            least: 90,
            cell: (flat: number) => placeName(tensor, flat, NAMED_AXES),
          },
        ]
      : []),
  ];
  return <DataTable {...rest} columns={columns} order={places} />;
}
