'use client';
import { Sigma } from 'lucide-react';
import { useMemo } from 'react';
import { Badge } from '@/components/ui/badge.tsx';
import { formatCount, formatNumber } from '@/components/ui/format.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { choiceRow, sortingRow } from '../options.ts';
import { Threads } from '../shared/drawing/badge-mark.tsx';
import { NotFinite } from '../shared/drawing/not-finite.tsx';
import { linear, rangeOf } from '../shared/drawing/scales.ts';
import { Frame } from '../shared/frame.tsx';
import { type DataColumn, DataTable } from '../shared/grids/data-table.tsx';
import { sortedBy } from '../shared/grids/sort.ts';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { badged, useBadges } from '../shared/result/badges.ts';
import { optionalTensor, tensorOf } from '../shared/result/read.ts';
import { afterClick, subjectOf } from '../shared/result/subject.ts';
import { compare } from './compare.tsx';
import { Strip } from './strip.tsx';

const FACTS = ['mean', 'sd', 'min', 'max', 'skew'] as const;
const NAMES: Record<(typeof FACTS)[number], string> = {
  mean: 'Mean of the activations',
  sd: 'Standard deviation',
  min: 'Least activation',
  max: 'Largest activation',
  skew: 'Skewness: above 0, the unit answers to few examples',
};

/** A bar of what is no number has no length. */
const finite = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) ? value : 0;

const LOOK = choiceRow({
  key: 'look',
  label: 'Look',
  choices: [
    { value: 'table', label: 'Table' },
    { value: 'strip', label: 'Strip' },
  ],
  start: 'table',
});
const SORT = sortingRow({
  columns: ['unit', 'dead', ...FACTS],
  start: { column: 'unit', descending: false },
});
const OPTIONS = [LOOK, SORT];

function Stats(props: LensProps) {
  const { result, width, height, selection, onSelect, badges, armed, onActivate } = props;
  const choice = useOptions(props, OPTIONS);
  const subject = useMemo(() => subjectOf(result), [result]);
  const { badgeOf, about } = useBadges(badges, subject);
  const mean = tensorOf(result, 'mean');
  const sd = tensorOf(result, 'sd');
  const dead = optionalTensor(result, 'dead');
  const n = mean.shape[0] ?? 0;
  const sorting = choice.value(SORT);
  const fact = (['dead', ...FACTS] as const).find((name) => name === sorting.column);
  const column = fact === undefined ? null : optionalTensor(result, fact);
  const order = useMemo(
    () => sortedBy(n, (row) => (column ? (column.data[row] ?? Number.NaN) : row), sorting.descending),
    [n, column, sorting.descending],
  );
  const chosen = useMemo(() => new Set(selection.units), [selection.units]);
  const reveal = useMemo(() => {
    const at = chosen.size === 0 ? -1 : order.findIndex((row) => chosen.has(subject.unitAddress(row) ?? ''));
    return at < 0 ? null : at;
  }, [chosen, order, subject]);
  const deadCount = dead ? Array.from(dead.data).filter((d) => d > 0).length : 0;
  const strip = choice.value(LOOK) === 'strip';
  const isSelected = (row: number) => chosen.has(subject.unitAddress(row) ?? '');
  const isFaded = (row: number) => {
    const address = subject.unitAddress(row);
    return !!armed && (address === null || !armed(address));
  };
  const onPick = (row: number, keys: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => {
    const address = subject.unitAddress(row);
    if (address === null) return;
    if (armed) {
      if (armed(address)) onActivate?.(address);
    } else onSelect({ units: afterClick(selection.units, address, keys), layer: subject.layerAddress() });
  };
  const onOpen = (row: number) => {
    const address = subject.unitAddress(row);
    if (address !== null) onActivate?.(address);
  };
  const [low, high] = rangeOf(mean.data);
  const bar = linear(Math.min(0, low), Math.max(0, high), 0, 100);
  const columns: DataColumn[] = [
    {
      id: 'unit',
      name: 'unit',
      grow: 2.7,
      least: 110,
      cell: (row) => (
        <span className="flex items-center gap-1">
          {subject.layer ?? 'unit'}#{subject.unitIndex(row)}
          <Threads address={subject.unitAddress(row)} badgeOf={badgeOf} />
          {(dead?.data[row] ?? 0) > 0 && <Badge tone="warning">dead</Badge>}
        </span>
      ),
    },
    ...FACTS.flatMap((fact): DataColumn[] => {
      const values = optionalTensor(result, fact);
      if (!values) return [];
      return [
        {
          id: fact,
          name: fact,
          title: `${NAMES[fact]}. Click to sort.`,
          numeric: true,
          cell: (row) =>
            fact === 'mean' ? (
              <span className="relative block">
                <span
                  aria-hidden
                  className="absolute bottom-0 h-0.5 bg-line-strong"
                  style={{
                    left: `${Math.min(bar(0), bar(finite(values.data[row])))}%`,
                    width: `${Math.abs(bar(finite(values.data[row])) - bar(0))}%`,
                  }}
                />
                {formatNumber(values.data[row])}
              </span>
            ) : (
              formatNumber(values.data[row])
            ),
        },
      ];
    }),
  ];

  return (
    <Frame
      width={width}
      height={height}
      name="Unit statistics"
      about={about}
      empty={n === 0 ? 'This layer has no units.' : null}
      controls={
        <>
          <OptionControls of={choice} />
          {deadCount > 0 && (
            <Badge tone="warning" title="Zero on every example">
              {deadCount} of {n} dead
            </Badge>
          )}
        </>
      }
      foot={
        <>
          <NotFinite of={[mean.data, sd.data]} />
          <span>{formatCount(n)} units</span>
          {result.meta.n !== undefined && <span>n = {formatCount(result.meta.n)} examples</span>}
        </>
      }
    >
      {(w, h) =>
        strip ? (
          <Strip
            width={w}
            height={h}
            label={`Mean, deviation and range of ${n} units of ${subject.layer ?? 'a layer'}`}
            order={order}
            mean={mean.data}
            sd={sd.data}
            min={optionalTensor(result, 'min')?.data ?? mean.data}
            max={optionalTensor(result, 'max')?.data ?? mean.data}
            name={(row) => `${subject.layer ?? 'unit'}#${subject.unitIndex(row)}`}
            isSelected={isSelected}
            isFaded={isFaded}
            marks={badged(order, subject.unitAddress, badgeOf)}
            onPick={onPick}
            onActivate={onOpen}
          />
        ) : (
          <DataTable
            label={`Statistics of ${n} units of ${subject.layer ?? 'a layer'}`}
            width={w}
            height={h}
            columns={columns}
            order={order}
            sorting={sorting}
            reveal={reveal}
            onSort={(next) => choice.set(SORT, next)}
            isSelected={isSelected}
            isFaded={isFaded}
            onPick={onPick}
            onActivate={onOpen}
          />
        )
      }
    </Frame>
  );
}

export const stats: LensSpec = {
  id: 'stats',
  name: 'Unit statistics',
  icon: Sigma,
  types: ['stats[unit]'],
  rank: 10,
  honoursClass: false,
  size: { w: 480, h: 320 },
  options: OPTIONS,
  Component: Stats,
  compare,
};
