'use client';
import { CircleX, Trophy } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { formatExact, formatNumber } from '@/components/ui/format.ts';
import { rankedRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { choiceRow, sortingRow } from '../options.ts';
import { Threads } from '../shared/drawing/badge-mark.tsx';
import { MarkSign } from '../shared/drawing/mark.tsx';
import { NotFinite } from '../shared/drawing/not-finite.tsx';
import { barDomain, SignedBar } from '../shared/drawing/signed-bar.tsx';
import { Frame } from '../shared/frame.tsx';
import { type DataColumn, DataTable } from '../shared/grids/data-table.tsx';
import { sortedBy } from '../shared/grids/sort.ts';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { badged, useBadges } from '../shared/result/badges.ts';
import { optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import { useScrollToSelected, useTargets } from '../shared/result/targets.ts';
import { verdictOf } from '../shared/result/verdict.ts';
import { compare } from './compare.ts';
import { type MapLook, RankedTiles } from './tiles.tsx';

const LOOK = choiceRow({
  key: 'look',
  label: 'Look',
  fits: ({ result }) => result.tensors.images !== undefined,
  choices: [
    { value: 'tiles', label: 'Tiles' },
    { value: 'rows', label: 'Rows' },
  ],
  start: 'tiles',
});
const MAP = choiceRow({
  key: 'map',
  label: 'Where the unit answers',
  fits: (context) =>
    context.result.tensors.images !== undefined &&
    context.result.tensors.maps !== undefined &&
    LOOK.read(context.options[LOOK.key], context) === 'tiles',
  choices: [
    { value: 'contour', label: 'Outline', name: 'Outline of half of the largest answer' },
    { value: 'heat', label: 'Heat', name: 'All answers, red above zero' },
    { value: 'none', label: 'Picture', name: 'Picture only' },
  ],
  start: 'contour',
});
const SORT = sortingRow({
  columns: ['rank', 'index', 'value', 'label', 'predicted'],
  start: { column: 'rank', descending: false },
});
const OPTIONS = [LOOK, MAP, SORT];

function Ranked(props: LensProps) {
  const { result, width, height, selection, selectedClass, badges, modelColor, marked } = props;
  const chosen = useOptions(props, OPTIONS);
  const record = recordOf(result, rankedRecordSchema);
  const value = tensorOf(result, 'value').data;
  const index = tensorOf(result, 'index').data;
  const label = optionalTensor(result, 'label')?.data ?? null;
  const predicted = optionalTensor(result, 'predicted')?.data ?? null;
  const images = optionalTensor(result, 'images');
  const maps = optionalTensor(result, 'maps');
  const tiles = images !== null && chosen.value(LOOK) === 'tiles';
  const look: MapLook = maps === null ? 'none' : chosen.value(MAP);
  const shown = useMemo(
    () =>
      Array.from({ length: index.length }, (_, i) => i).filter(
        (i) => selectedClass === null || (label ?? predicted)?.[i] === selectedClass,
      ),
    [index, label, predicted, selectedClass],
  );
  const sorting = chosen.value(SORT);
  const order = useMemo(() => {
    if (tiles) return shown;
    const by: Record<string, ArrayLike<number> | null> = { index, value, label, predicted };
    const column = by[sorting.column] ?? null;
    return sortedBy(
      shown.length,
      (at) => (column ? (column[shown[at] ?? 0] ?? Number.NaN) : at),
      sorting.descending,
    ).flatMap((at) => shown[at] ?? []);
  }, [tiles, shown, index, value, label, predicted, sorting.column, sorting.descending]);
  const subject = useMemo(() => subjectOf(result), [result]);
  const { badgeOf, about } = useBadges(badges, subject);
  const isWrong = useCallback(
    (row: number) => verdictOf(label?.[row], predicted?.[row]) === 'wrong',
    [label, predicted],
  );
  const name = useCallback(
    (c: number | undefined) => (c === undefined || c < 0 ? '–' : (record.classes[c] ?? String(c))),
    [record.classes],
  );
  const rowAddress = useCallback(
    (row: number) => subject.exampleAddress(Number(index[row] ?? 0)),
    [subject, index],
  );
  const placeAddress = useCallback((at: number) => rowAddress(order[at] ?? 0), [rowAddress, order]);
  const isMarked = useCallback(
    (at: number) => marked?.has(placeAddress(at) ?? '') ?? false,
    [marked, placeAddress],
  );
  const byPlace = useTargets(props, 'examples', subject, placeAddress);
  const byRow = useTargets(props, 'examples', subject, rowAddress);
  const reveal = useScrollToSelected(order.length, byPlace.isSelected, selection.examples);
  const domain = useMemo(() => barDomain([value]), [value]);
  const color = `var(--model-${((modelColor % 8) + 8) % 8})`;
  const what = record.by === 'distance' ? 'distance' : record.by;
  const verdict = (row: number) =>
    [
      label && (label[row] ?? -1) >= 0 ? `true ${name(label[row])}` : null,
      predicted ? `predicted ${name(predicted[row])}` : null,
    ]
      .filter((text) => text !== null)
      .join(', ');
  const columns: DataColumn[] = [
    { id: 'rank', name: 'rank', numeric: true, grow: 0.7, least: 48, cell: (row) => row + 1 },
    {
      id: 'index',
      name: 'example',
      grow: 2,
      least: 112,
      cell: (row) => (
        <span className="flex items-center gap-1">
          <span className="truncate font-mono text-xs">{rowAddress(row) ?? index[row]}</span>
          {marked?.has(rowAddress(row) ?? '') ? <MarkSign /> : null}
          <Threads address={rowAddress(row)} badgeOf={badgeOf} />
        </span>
      ),
    },
    {
      id: 'value',
      name: what,
      grow: 2,
      least: 110,
      cell: (row) => (
        <span className="flex items-center gap-2" title={formatExact(value[row])}>
          <span className="min-w-0 flex-1">
            <SignedBar domain={domain} bars={[{ value: value[row] ?? Number.NaN, color }]} />
          </span>
          <span className="w-14 shrink-0 text-right">{formatNumber(value[row])}</span>
        </span>
      ),
    },
    ...(label ? [{ id: 'label', name: 'true class', cell: (row: number) => name(label[row]) }] : []),
    ...(predicted
      ? [
          {
            id: 'predicted',
            name: 'predicted',
            cell: (row: number) => (
              <span className="flex items-center gap-1">
                <span className="truncate">{name(predicted[row])}</span>
                {isWrong(row) && <CircleX aria-label="wrong" className="size-3.5 shrink-0 text-fault" />}
              </span>
            ),
          },
        ]
      : []),
  ];
  const wrong = shown.filter(isWrong).length;

  return (
    <Frame
      width={width}
      height={height}
      name="Ranked examples"
      about={about}
      empty={
        index.length === 0
          ? 'No examples here. Widen the slice.'
          : shown.length === 0
            ? 'No example of the chosen class here. Choose another class, or all.'
            : null
      }
      controls={images && <OptionControls of={chosen} />}
      foot={
        <>
          <NotFinite of={tiles ? [value, images?.data, maps?.data] : [value]} />
          <span>
            {shown.length} {shown.length === 1 ? 'example' : 'examples'} by {what}
            {record.unit === null ? ` at ${record.layer}` : ` of ${record.layer}#${record.unit}`}
          </span>
          {record.example !== null && <span>nearest to {record.example}</span>}
          {label && predicted && <span>{wrong} wrong</span>}
        </>
      }
    >
      {(w, h) =>
        tiles && images ? (
          <RankedTiles
            width={w}
            height={h}
            label={`${shown.length} examples by ${what}, best first`}
            images={images}
            maps={maps}
            look={look}
            shown={order}
            marks={badged(order, (row) => rowAddress(row), badgeOf)}
            reveal={reveal}
            isWrong={isWrong}
            isMarked={isMarked}
            caption={(at) => {
              const row = order[at] ?? 0;
              const shownClass = name(classAt(row));
              const tail = isWrong(row) ? `${shownClass} → ${name(predicted?.[row])}` : shownClass;
              return `${formatNumber(value[row])}${tail === '–' ? '' : `  ${tail}`}`;
            }}
            explain={(at) => {
              const row = order[at] ?? 0;
              return `${rowAddress(row) ?? `example ${index[row]}`}\n${what} ${formatNumber(value[row])}${verdict(row) ? `\n${verdict(row)}` : ''}`;
            }}
            {...byPlace}
          />
        ) : (
          <DataTable
            label={`${order.length} examples by ${what}`}
            width={w}
            height={h}
            columns={columns}
            order={order}
            sorting={sorting}
            reveal={reveal}
            onSort={(next) => chosen.set(SORT, next)}
            {...byRow}
          />
        )
      }
    </Frame>
  );

  /** The true class, or where there is none the predicted one. */
  function classAt(row: number): number | undefined {
    return label && (label[row] ?? -1) >= 0 ? label[row] : predicted?.[row];
  }
}

export const ranked: LensSpec = {
  id: 'ranked',
  name: 'Ranked examples',
  icon: Trophy,
  types: ['ranked[example]'],
  rank: 10,
  honoursClass: true,
  size: { w: 440, h: 360 },
  options: OPTIONS,
  Component: Ranked,
  compare,
};
