'use client';
import { useRef, useState } from 'react';
import { formatCount, formatNumber, formatShare } from '@/components/ui/format.ts';
import type { Result } from '@/core/result/types.ts';
import { histogramRecordSchema } from '@/core/result/types.ts';
import type { CompareProps, CompareSpec } from '../contract.ts';
import { XAxis, YAxis } from '../shared/drawing/axes.tsx';
import { placeIn } from '../shared/drawing/picture.tsx';
import { linear, rangeOf } from '../shared/drawing/scales.ts';
import { HoverNote } from '../shared/grids/tile-grid.tsx';
import { arrow } from '../shared/result/changes.ts';
import { recordOf, tensorOf } from '../shared/result/read.ts';
import { binAt } from './bins.ts';
import { densitiesOf, outlineOf } from './density.ts';

const LEFT = 52;
const RIGHT = 14;
const TOP = 24;
const BOTTOM = 34;

/** Both distributions over one axis: before as an outline, after filled. Densities, for the bins may differ. */
export function HistogramChange({ before, after, width, height, modelColor }: CompareProps) {
  const svg = useRef<SVGSVGElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const read = (side: typeof after) => ({
    record: recordOf(side, histogramRecordSchema),
    counts: tensorOf(side, 'counts').data,
    edges: tensorOf(side, 'edges').data,
  });
  const [old, now] = [read(before), read(after)];
  const sides = [
    { ...old, name: 'before', density: densitiesOf(old.counts, old.edges) },
    { ...now, name: 'after', density: densitiesOf(now.counts, now.edges) },
  ];
  const [low, high] = rangeOf([...old.edges, ...now.edges]);
  const most = Math.max(...sides.map((side) => rangeOf(side.density)[1]));
  const x = linear(low, high, LEFT, width - RIGHT);
  const y = linear(0, most > 0 ? most : 1, height - BOTTOM, TOP);
  const color = `var(--model-${((modelColor % 8) + 8) % 8})`;
  const path = (side: (typeof sides)[number]) =>
    outlineOf(side.density, side.edges)
      .map(([vx, vy], i) => `${i === 0 ? 'M' : 'L'}${x(vx)},${y(vy)}`)
      .join('');
  const text =
    at === null
      ? ''
      : [
          formatNumber(at),
          ...sides.map(({ name, counts, edges }) => {
            const bin = binAt(edges, at);
            return `${name}: ${bin === null ? 0 : formatCount(counts[bin] ?? 0)} of ${formatCount(counts.length === 0 ? 0 : Array.from(counts).reduce((a, b) => a + b, 0))}`;
          }),
        ].join('\n');
  return (
    <>
      <svg
        ref={svg}
        width={width}
        height={height}
        role="img"
        aria-label={`Distribution of ${now.record.layer}: mean ${formatNumber(old.record.mean)} before, ${formatNumber(now.record.mean)} after`}
        className="block"
        onPointerMove={(event) => {
          const place = svg.current && placeIn(event, svg.current, width, height);
          setAt(place && place.x >= LEFT && place.x <= width - RIGHT ? x.invert(place.x) : null);
        }}
        onPointerLeave={() => setAt(null)}
      >
        <YAxis scale={y} label="density" x={LEFT} to={width - RIGHT} top={TOP} />
        {sides[1] && <path d={path(sides[1])} fill={color} fillOpacity={0.45} stroke={color} />}
        {sides[0] && (
          <path
            d={path(sides[0])}
            fill="none"
            className="stroke-text"
            strokeWidth={1.25}
            strokeDasharray="4 3"
          />
        )}
        <XAxis
          scale={x}
          label="activation"
          y={height - BOTTOM}
          from={LEFT}
          to={width - RIGHT}
          count={Math.max(2, Math.floor(width / 80))}
        />
        <g className="fill-muted text-xs" aria-hidden>
          <text x={width - RIGHT} y={14} textAnchor="end">
            {width > 400
              ? `dashed: before, mean ${formatNumber(old.record.mean)}; filled: after, mean ${formatNumber(now.record.mean)}`
              : 'dashed: before; filled: after'}
          </text>
        </g>
        {at !== null && (
          <line
            x1={x(at)}
            x2={x(at)}
            y1={TOP}
            y2={height - BOTTOM}
            className="stroke-line-strong"
            aria-hidden
          />
        )}
      </svg>
      {at !== null && <HoverNote x={x(at)} y={TOP + 28} width={width} text={text} />}
    </>
  );
}

function sentence(before: Result, after: Result): string | null {
  const [a, b] = [before, after].map((side) => histogramRecordSchema.safeParse(side.meta.record).data);
  return a && b
    ? `mean ${arrow(formatNumber(a.mean), formatNumber(b.mean))}, zeros ${arrow(formatShare(a.zeros), formatShare(b.zeros))}`
    : null;
}

export const compare: CompareSpec = { Component: HistogramChange, first: true, sentence };
