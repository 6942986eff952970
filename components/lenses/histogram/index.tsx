'use client';
import { ChartColumn } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { Badge } from '@/components/ui/badge.tsx';
import { formatCount, formatNumber, formatShare, formatTick } from '@/components/ui/format.ts';
import { type HistogramRecord, histogramRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { choiceRow } from '../options.ts';
import { XAxis, YAxis } from '../shared/drawing/axes.tsx';
import { placeIn } from '../shared/drawing/picture.tsx';
import { linear, rangeOf } from '../shared/drawing/scales.ts';
import { Frame } from '../shared/frame.tsx';
import { HoverNote } from '../shared/grids/tile-grid.tsx';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { useBadges } from '../shared/result/badges.ts';
import { recordOf, tensorOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import { binAt, heightOf } from './bins.ts';
import { compare } from './compare.tsx';

const LEFT = 48;
const RIGHT = 14;
const TOP = 24;
const BOTTOM = 34;

const Y_SCALE = choiceRow({
  key: 'y',
  label: 'Vertical scale',
  choices: [
    { value: 'linear', label: 'Linear' },
    { value: 'log', label: 'Log' },
  ],
  start: 'linear',
});
const OPTIONS = [Y_SCALE];

function Histogram(props: LensProps) {
  const { result, width, height, modelColor, badges } = props;
  const chosen = useOptions(props, OPTIONS);
  const record = recordOf(result, histogramRecordSchema);
  const subject = useMemo(() => subjectOf(result), [result]);
  const { about } = useBadges(badges, subject);
  const counts = tensorOf(result, 'counts');
  const edges = tensorOf(result, 'edges');
  const log = chosen.value(Y_SCALE) === 'log';
  const svg = useRef<SVGSVGElement>(null);
  const [bin, setBin] = useState<number | null>(null);
  const bins = counts.shape[0] ?? 0;
  const most = useMemo(() => rangeOf(counts.data)[1], [counts]);
  const [low, high] = [edges.data[0] ?? 0, edges.data[bins] ?? 1];

  return (
    <Frame
      width={width}
      height={height}
      name="Distribution"
      about={about}
      empty={most === 0 ? 'No finite value here.' : null}
      controls={
        <>
          <OptionControls of={chosen} />
          <Faults record={record} />
        </>
      }
      foot={
        <>
          <span>n = {formatCount(record.count)} values</span>
          <span>mean {formatNumber(record.mean)}</span>
          <span>sd {formatNumber(record.sd)}</span>
          <span>
            {formatNumber(record.min)} to {formatNumber(record.max)}
          </span>
          <span>skew {formatNumber(record.skew)}</span>
          <span>{formatShare(record.zeros)} zeros</span>
        </>
      }
    >
      {(w, h) => {
        const x = linear(low, high, LEFT, w - RIGHT);
        const top = heightOf(most, log);
        const y = linear(0, top, h - BOTTOM, TOP);
        const ticks = log ? (value: number) => formatTick(10 ** value - 1) : formatTick;
        const shown = bin === null ? null : (counts.data[bin] ?? 0);
        return (
          <>
            <svg
              ref={svg}
              width={w}
              height={h}
              role="img"
              aria-label={`Distribution of ${formatCount(record.count)} values of ${record.layer}: mean ${formatNumber(record.mean)}, deviation ${formatNumber(record.sd)}, ${formatShare(record.zeros)} zeros`}
              className="block"
              onPointerMove={(event) => {
                const at = svg.current && placeIn(event, svg.current, w, h);
                setBin(at && at.x >= LEFT && at.x <= w - RIGHT ? binAt(edges.data, x.invert(at.x)) : null);
              }}
              onPointerLeave={() => setBin(null)}
            >
              <YAxis
                scale={y}
                label={log ? 'count (log)' : 'count'}
                x={LEFT}
                to={w - RIGHT}
                top={TOP}
                format={ticks}
              />
              <g style={{ fill: `var(--model-${((modelColor % 8) + 8) % 8})` }}>
                {Array.from(counts.data, (count, i) => {
                  const [a, b] = [x(edges.data[i] ?? 0), x(edges.data[i + 1] ?? 0)];
                  const tall = heightOf(count, log);
                  return (
                    <rect
                      // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its index.
                      key={i}
                      x={a}
                      width={Math.max(0.5, b - a - (b - a > 3 ? 0.75 : 0))}
                      y={y(tall)}
                      height={y(0) - y(tall)}
                      opacity={bin === null || bin === i ? 1 : 0.6}
                    />
                  );
                })}
              </g>
              <XAxis
                scale={x}
                label="activation"
                y={h - BOTTOM}
                from={LEFT}
                to={w - RIGHT}
                count={Math.max(2, Math.floor(w / 80))}
              />
              {low <= 0 && high >= 0 && <Mark x={x(0)} top={TOP} bottom={h - BOTTOM} label="0" />}
              <Mark
                x={x(record.mean)}
                top={TOP}
                bottom={h - BOTTOM}
                label={`mean ${formatNumber(record.mean)}`}
                dashed
                flip={x(record.mean) > w - 90}
              />
            </svg>
            {bin !== null && shown !== null && (
              <HoverNote
                x={x(((edges.data[bin] ?? 0) + (edges.data[bin + 1] ?? 0)) / 2)}
                y={TOP + 28}
                width={w}
                text={`${formatNumber(edges.data[bin])} to ${formatNumber(edges.data[bin + 1])}: ${formatCount(shown)} (${formatShare(shown / Math.max(1, record.count))})`}
              />
            )}
          </>
        );
      }}
    </Frame>
  );
}

/** Dead units and values that are no numbers, told before anything else. */
function Faults({ record }: { readonly record: HistogramRecord }) {
  return (
    <>
      {record.deadUnits > 0 && (
        <Badge tone="warning" title="Zero on every example">
          {formatShare(record.deadUnits / Math.max(1, record.units))} of units dead ({record.deadUnits} of{' '}
          {record.units})
        </Badge>
      )}
      {record.nonFinite > 0 && <Badge tone="fault">{formatCount(record.nonFinite)} not finite</Badge>}
    </>
  );
}

interface MarkProps {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  readonly label: string;
  readonly dashed?: boolean;
  /** Label at the left of the line. */
  readonly flip?: boolean;
}
function Mark({ x, top, bottom, label, dashed = false, flip = false }: MarkProps) {
  return (
    <g aria-hidden>
      <line
        x1={x}
        x2={x}
        y1={top - 4}
        y2={bottom}
        className="stroke-text"
        strokeDasharray={dashed ? '4 3' : undefined}
      />
      <text
        x={flip ? x - 4 : x + 4}
        y={dashed ? top + 4 : top + 16}
        textAnchor={flip ? 'end' : 'start'}
        className="fill-text text-xs"
        style={{ paintOrder: 'stroke', stroke: 'var(--surface)', strokeWidth: 3 }}
      >
        {label}
      </text>
    </g>
  );
}

export const histogram: LensSpec = {
  id: 'histogram',
  name: 'Distribution',
  icon: ChartColumn,
  types: ['histogram'],
  rank: 10,
  honoursClass: false,
  size: { w: 480, h: 280 },
  options: OPTIONS,
  Component: Histogram,
  compare,
};
