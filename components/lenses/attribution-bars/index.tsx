'use client';
import { ChartBarBig } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { formatExact, formatNumber } from '@/components/ui/format.ts';
import { attributionRecordSchema, type Result } from '@/core/result/types.ts';
import { AttributionFoot, AttributionHead, MethodNote } from '../attribution/captions.tsx';
import { reachOf, strongest } from '../attribution/numbers.ts';
import { joinMeaning, joinName, sideNames } from '../attribution/words.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { numberRow, sortingRow } from '../options.ts';
import { Threads } from '../shared/drawing/badge-mark.tsx';
import { divergingScale } from '../shared/drawing/scales.ts';
import { barDomain, SignedBar } from '../shared/drawing/signed-bar.tsx';
import { useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import { type DataColumn, DataTable } from '../shared/grids/data-table.tsx';
import { sortedBy } from '../shared/grids/sort.ts';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { useBadges } from '../shared/result/badges.ts';
import { targetSentence } from '../shared/result/changes.ts';
import { labelsOf, optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import { useScrollToSelected, useTargets } from '../shared/result/targets.ts';

/** Bars at first, and at most. */
const TOP = 20;
const MAX_BARS = 200;

const rowsOf = (result: Result) => result.tensors.values?.data.length ?? 0;
const STRONGEST = numberRow({
  key: 'top',
  label: 'Strongest',
  className: 'flex w-52 items-center gap-2',
  fits: ({ result }) => rowsOf(result) > 1,
  range: ({ result }) => [1, Math.max(1, Math.min(rowsOf(result), MAX_BARS))],
  start: TOP,
  text: (value, { result }) => `${value} of ${rowsOf(result)}`,
});
const SORT = sortingRow({
  columns: ['size', 'place', 'beside', 'left', 'right'],
  start: { column: 'size', descending: true },
});
const OPTIONS = [STRONGEST, SORT];

function AttributionBars(props: LensProps) {
  const { result, width, height, selection, badges } = props;
  const chosen = useOptions(props, OPTIONS);
  const theme = useTheme();
  const record = recordOf(result, attributionRecordSchema);
  const units = result.meta.type === 'attribution[unit]';
  const values = tensorOf(result, 'values').data;
  const beside = optionalTensor(result, units ? 'activation' : 'input')?.data ?? null;
  const sd = optionalTensor(result, 'sd')?.data ?? null;
  const spread = sd ?? optionalTensor(result, 'standard_error')?.data ?? null;
  const left = optionalTensor(result, 'left')?.data ?? null;
  const right = optionalTensor(result, 'right')?.data ?? null;
  const joined = record.join !== null && left !== null && right !== null;
  const n = values.length;
  const top = chosen.value(STRONGEST);
  const sorting = chosen.value(SORT);
  const order = useMemo(() => {
    const kept = strongest(values, top);
    if (sorting.column === 'size') return sorting.descending ? kept : kept.toReversed();
    const by: Record<string, ArrayLike<number> | null> = { beside, left, right };
    const column = by[sorting.column] ?? null;
    return sortedBy(
      kept.length,
      (at) => (column ? (column[kept[at] ?? 0] ?? Number.NaN) : (kept[at] ?? 0)),
      sorting.descending,
    ).flatMap((at) => kept[at] ?? []);
  }, [values, beside, left, right, top, sorting.column, sorting.descending]);
  const domain = useMemo(
    () => props.domain ?? barDomain([values, left, right], spread),
    [props.domain, values, left, right, spread],
  );
  const scale = useMemo(
    () =>
      divergingScale(reachOf([values, ...(left ? [left] : []), ...(right ? [right] : [])], null), theme.dark),
    [values, left, right, theme.dark],
  );
  const subject = useMemo(() => subjectOf(result), [result]);
  const { badgeOf, about } = useBadges(badges, subject);
  const addressOf = useCallback((row: number) => (units ? subject.unitAddress(row) : null), [units, subject]);
  const targets = useTargets(props, 'units', subject, addressOf);
  const isSelectedAt = useCallback(
    (at: number) => targets.isSelected(order[at] ?? -1),
    [targets.isSelected, order],
  );
  const reveal = useScrollToSelected(order.length, isSelectedAt, selection.units);
  const features = useMemo(() => labelsOf(result, 'feature', n), [result, n]);
  const nameOf = (row: number) => (units ? `#${subject.unitIndex(row)}` : (features[row] ?? String(row)));
  const names = record.join ? sideNames(record, record.join.right) : null;
  const number = (of: ArrayLike<number> | null) => (row: number) => (
    <span title={formatExact(of?.[row])}>{formatNumber(of?.[row])}</span>
  );
  const columns: DataColumn[] = [
    {
      id: 'place',
      name: units ? 'unit' : 'feature',
      grow: units ? 0.9 : 1.4,
      least: units ? 56 : 88,
      cell: (row) => (
        <span className="flex items-center gap-1" title={addressOf(row) ?? nameOf(row)}>
          <span className="truncate">{nameOf(row)}</span>
          <Threads address={addressOf(row)} badgeOf={badgeOf} />
        </span>
      ),
    },
    {
      id: 'size',
      name: 'attribution',
      title: `${joined && record.join ? `${joinName(record.join.kind)}: ${joinMeaning(record.join.kind)}. ` : ''}Sort by magnitude`,
      grow: joined ? 2.2 : 3,
      least: 90,
      cell: (row) => (
        <span title={tooltip(row)} className="block">
          <SignedBar
            domain={domain}
            bars={
              joined
                ? [
                    { value: left?.[row] ?? Number.NaN, color: scale.css(left?.[row] ?? 0) },
                    { value: right?.[row] ?? Number.NaN, color: scale.css(right?.[row] ?? 0) },
                  ]
                : [
                    {
                      value: values[row] ?? Number.NaN,
                      color: scale.css(values[row] ?? 0),
                      ...(spread ? { spread: spread[row] ?? 0 } : {}),
                    },
                  ]
            }
          />
        </span>
      ),
    },
    ...(joined && names
      ? [
          {
            id: 'left',
            name: 'left',
            title: `${names[0]} (upper bar). Click to sort.`,
            numeric: true,
            grow: 1.2,
            cell: number(left),
          },
          {
            id: 'right',
            name: 'right',
            title: `${names[1]} (lower bar). Click to sort.`,
            numeric: true,
            grow: 1.2,
            cell: number(right),
          },
        ]
      : []),
    {
      id: 'value',
      name: joined && record.join ? (record.join.kind === 'join' ? 'shared' : 'contrast') : 'value',
      title: 'Signed attribution. Click to sort by magnitude.',
      numeric: true,
      grow: spread && !joined ? 2 : 1.1,
      least: spread && !joined ? 110 : 60,
      cell: (row) => (
        <span title={tooltip(row)}>
          {formatNumber(values[row])}
          {!joined && spread ? <span className="text-muted"> ± {formatNumber(spread[row])}</span> : null}
        </span>
      ),
    },
    ...(beside
      ? [
          {
            id: 'beside',
            name: units ? 'activation' : 'input',
            numeric: true,
            grow: 1.2,
            least: 70,
            cell: number(beside),
          },
        ]
      : []),
  ];
  const tooltip = (row: number) =>
    `${nameOf(row)}: ${formatExact(values[row])}${spread ? ` ± ${formatExact(spread[row])} (${sd ? 'deviation over the slice' : 'standard error'})` : ''}`;

  return (
    <Frame
      width={width}
      height={height}
      name={units ? 'Attributed units' : 'Attributed features'}
      about={about}
      empty={n === 0 ? 'There is nothing to attribute to.' : null}
      controls={
        <>
          <OptionControls of={chosen} />
          <MethodNote record={record} reading={result.meta.reading} />
          <AttributionHead record={record} />
        </>
      }
      foot={
        <>
          {names && <span title="Upper and lower bar of each row">{names.join(' | ')}</span>}
          <AttributionFoot
            record={record}
            shown={[values, left, right]}
            {...(result.meta.n === undefined || result.meta.n === 1
              ? {}
              : { extra: `n = ${result.meta.n} examples` })}
          />
        </>
      }
    >
      {(w, h) => (
        <DataTable
          label={`Attribution to the ${order.length} strongest of ${n} ${units ? 'units' : 'features'}`}
          width={w}
          height={h}
          columns={columns}
          order={order}
          sorting={sorting}
          reveal={reveal}
          onSort={(next) => chosen.set(SORT, next.column === 'value' ? { ...next, column: 'size' } : next)}
          {...targets}
        />
      )}
    </Frame>
  );
}

export const attributionBars: LensSpec = {
  id: 'attribution-bars',
  name: 'Attributed units',
  icon: ChartBarBig,
  types: ['attribution[unit]', 'attribution[feature]'],
  rank: 10,
  honoursClass: false,
  size: { w: 480, h: 340 },
  domainOf: (result) =>
    barDomain(
      [
        tensorOf(result, 'values').data,
        optionalTensor(result, 'left')?.data ?? null,
        optionalTensor(result, 'right')?.data ?? null,
      ],
      optionalTensor(result, 'sd')?.data ?? optionalTensor(result, 'standard_error')?.data ?? null,
    ),
  options: OPTIONS,
  Component: AttributionBars,
  compare: { signed: ['values', 'left', 'right'], sentence: targetSentence },
};
