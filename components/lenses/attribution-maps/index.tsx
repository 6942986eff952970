'use client';
import { Layers } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { formatNumber } from '@/components/ui/format.ts';
import { attributionRecordSchema } from '@/core/result/types.ts';
import { AttributionFoot, AttributionHead, MethodNote } from '../attribution/captions.tsx';
import { ROBUST, reachOf } from '../attribution/numbers.ts';
import { ROBUST_SCALE } from '../attribution/options.ts';
import { joinName, sideNames } from '../attribution/words.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { choiceRow } from '../options.ts';
import { ColorLegend } from '../shared/drawing/legend.tsx';
import { place, raster } from '../shared/drawing/raster.ts';
import { divergingScale } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import { TileGrid } from '../shared/grids/tile-grid.tsx';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { badged, useBadges } from '../shared/result/badges.ts';
import { targetSentence } from '../shared/result/changes.ts';
import { optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import { useScrollToSelected, useTargets } from '../shared/result/targets.ts';
import { orderOf, partAt, totalsOf } from './order.ts';

const ORDER = choiceRow({
  key: 'order',
  label: 'Order',
  choices: [
    { value: 'total', label: 'By total' },
    { value: 'index', label: 'By unit' },
  ],
  start: 'total',
});
const OPTIONS = [ORDER, ROBUST_SCALE];

function AttributionMaps(props: LensProps) {
  const { result, width, height, selection, badges } = props;
  const chosen = useOptions(props, OPTIONS);
  const theme = useTheme();
  const record = recordOf(result, attributionRecordSchema);
  const values = tensorOf(result, 'values');
  const left = optionalTensor(result, 'left');
  const right = optionalTensor(result, 'right');
  const activation = optionalTensor(result, 'activation');
  const error = optionalTensor(result, 'standard_error');
  const [units = 0, rows = 0, columns = 0] = values.shape;
  const places = rows * columns;
  const sorted = chosen.value(ORDER) === 'total';
  const robust = chosen.value(ROBUST_SCALE);
  const joined = record.join !== null && left !== null && right !== null;
  /** Left, right and what joins them; or the one map. */
  const parts = useMemo(
    () => (joined && left && right ? [left.data, right.data, values.data] : [values.data]),
    [joined, left, right, values],
  );
  const totals = useMemo(() => totalsOf(values.data, units, places), [values, units, places]);
  const order = useMemo(() => orderOf(totals, sorted), [totals, sorted]);
  const scale = useMemo(
    () =>
      divergingScale(
        props.domain ? Math.max(...props.domain.map(Math.abs)) : reachOf(parts, robust ? ROBUST : null),
        theme.dark,
      ),
    [parts, robust, props.domain, theme.dark],
  );
  const pictures = useMemo(
    () =>
      typeof document === 'undefined'
        ? []
        : order.map((u) => parts.map((data) => raster(data, u * places, columns, rows, scale))),
    [order, parts, places, columns, rows, scale],
  );
  const subject = useMemo(() => subjectOf(result), [result]);
  const { badgeOf, about } = useBadges(badges, subject);
  const addressOf = useCallback((at: number) => subject.unitAddress(order[at] ?? 0), [subject, order]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, at: number, x: number, y: number, w: number, h: number) => {
      const maps = pictures[at] ?? [];
      const each = w / Math.max(1, maps.length);
      maps.forEach((map, p) => {
        place(context, map, x + p * each + (p > 0 ? 1 : 0), y, each - (p > 0 ? 1 : 0), h);
      });
    },
    [pictures],
  );
  const caption = useCallback(
    (at: number) => {
      const u = order[at] ?? 0;
      return `#${subject.unitIndex(u)}  ${formatNumber(totals[u])}`;
    },
    [order, subject, totals],
  );
  const targets = useTargets(props, 'units', subject, addressOf);
  const marks = useMemo(() => badged(order, (_, at) => addressOf(at), badgeOf), [order, addressOf, badgeOf]);
  const reveal = useScrollToSelected(units, targets.isSelected, selection.units);
  const names = record.join
    ? [...sideNames(record, record.join.right), joinName(record.join.kind)]
    : ['attribution'];

  const explain = (at: number, fx: number, fy: number) => {
    const u = order[at] ?? 0;
    const found = partAt(parts.length, fx);
    const x = Math.min(columns - 1, Math.max(0, Math.floor(found.fx * columns)));
    const y = Math.min(rows - 1, Math.max(0, Math.floor(fy * rows)));
    const i = u * places + y * columns + x;
    const shown = parts[found.part] ?? values.data;
    const own = shown === values.data;
    const tail = own && error ? ` ± ${formatNumber(error.data[i])}` : '';
    const active = activation ? `\nactivation ${formatNumber(activation.data[i])}` : '';
    return `${subject.layer ?? 'unit'}#${subject.unitIndex(u)}, total ${formatNumber(totals[u])}\n${names[found.part] ?? ''} at x ${x}, y ${y}: ${formatNumber(shown[i])}${tail}${active}`;
  };

  return (
    <Frame
      width={width}
      height={height}
      name="Attributed maps"
      about={about}
      empty={units * places === 0 ? 'This layer has no unit to draw.' : null}
      controls={
        <>
          <OptionControls of={chosen} />
          <MethodNote record={record} reading={result.meta.reading} />
          <AttributionHead record={record} />
          <ColorLegend scale={scale} label="attribution" width={56} />
        </>
      }
      foot={
        <>
          {joined && <span title="From left to right in each tile">{names.join(' | ')}</span>}
          <AttributionFoot record={record} extra={`${units} units`} shown={parts} />
        </>
      }
    >
      {(w, h) => (
        <TileGrid
          width={w}
          height={h}
          count={units}
          ratio={(parts.length * columns) / Math.max(1, rows)}
          least={joined ? 72 : 36}
          most={joined ? 360 : 180}
          label={`Attribution to ${units} units of ${subject.layer ?? 'a layer'}`}
          draw={draw}
          caption={caption}
          marks={marks}
          reveal={reveal}
          explain={explain}
          {...targets}
        />
      )}
    </Frame>
  );
}

export const attributionMaps: LensSpec = {
  id: 'attribution-maps',
  name: 'Attributed maps',
  icon: Layers,
  types: ['attribution[unit,y,x]'],
  rank: 10,
  honoursClass: false,
  size: { w: 480, h: 380 },
  domainOf: (result) => {
    const reach = reachOf([tensorOf(result, 'values').data], null);
    return [-reach, reach];
  },
  options: OPTIONS,
  Component: AttributionMaps,
  compare: { signed: ['values', 'left', 'right'], sentence: targetSentence },
};
