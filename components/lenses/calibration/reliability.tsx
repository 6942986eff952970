'use client';
import { useRef, useState } from 'react';
import { formatCount, formatShare } from '@/components/ui/format.ts';
import { XAxis, YAxis } from '../shared/drawing/axes.tsx';
import { placeIn } from '../shared/drawing/picture.tsx';
import { linear } from '../shared/drawing/scales.ts';
import { HoverNote } from '../shared/grids/tile-grid.tsx';
import { type Bin, binAt } from './bins.ts';

export interface ReliabilitySeries {
  /** Told on hover; empty when there is one only. */
  readonly name: string;
  readonly bins: readonly Bin[];
  readonly color: string;
  /** Drawn as a line of points beside the bars of another. */
  readonly line?: boolean;
}
export interface ReliabilityProps {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly series: readonly ReliabilitySeries[];
}

const LEFT = 44;
const RIGHT = 22;
const TOP = 34;
const BOTTOM = 34;
/** Below the diagram: how many examples each bin holds. */
const COUNTS = 34;
const percent = (value: number) => formatShare(value).replace(/\.0+/, '');

/** Accuracy by confidence, the diagonal where both are equal, and the examples of each bin below. */
export function Reliability({ width, height, label, series }: ReliabilityProps) {
  const svg = useRef<SVGSVGElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const [first] = series;
  if (!first) return null;
  const counts = height > 170 ? COUNTS : 0;
  const bottom = height - BOTTOM - counts;
  const x = linear(0, 1, LEFT, width - RIGHT);
  const y = linear(0, 1, bottom, TOP);
  const most = Math.max(1, ...series.flatMap((s) => s.bins.map((bin) => bin.count)));
  const tall = linear(0, most, 0, COUNTS - 10);
  const bin = at === null ? undefined : first.bins[at];
  const tooltipLine = (one: ReliabilitySeries, i: number) => {
    const here = one.bins[i];
    if (!here) return '';
    const name = one.name === '' ? '' : `${one.name}: `;
    return here.accuracy === null
      ? `${name}no example`
      : `${name}confidence ${formatShare(here.confidence)}, accuracy ${formatShare(here.accuracy)}, n = ${formatCount(here.count)}`;
  };
  const text =
    at !== null && bin
      ? [
          `confidence ${percent(bin.low)} to ${percent(bin.high)}`,
          ...series.map((one) => tooltipLine(one, at)),
        ].join('\n')
      : '';
  return (
    <>
      <svg
        ref={svg}
        width={width}
        height={height}
        role="application"
        aria-label={`${label}. Arrows move from bin to bin.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys act on the bins.
        tabIndex={0}
        className="nodrag block outline-offset-[-2px]"
        onPointerMove={(event) => {
          const place = svg.current && placeIn(event, svg.current, width, height);
          setAt(place ? binAt(first.bins, x.invert(place.x)) : null);
        }}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
        onKeyDown={(event) => {
          const last = first.bins.length - 1;
          if (event.key === 'ArrowRight') setAt(at === null ? 0 : Math.min(last, at + 1));
          else if (event.key === 'ArrowLeft') setAt(at === null ? last : Math.max(0, at - 1));
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <YAxis scale={y} label="accuracy" x={LEFT} to={width - RIGHT} top={TOP} format={percent} />
        {series.map((one) =>
          one.line ? (
            <Line key={one.name} series={one} x={x} y={y} />
          ) : (
            <g key={one.name}>
              {one.bins.map((here, i) =>
                here.accuracy === null ? null : (
                  <rect
                    key={here.low}
                    x={x(here.low) + 0.5}
                    width={Math.max(0.5, x(here.high) - x(here.low) - 1)}
                    y={y(here.accuracy)}
                    height={Math.max(1, bottom - y(here.accuracy))}
                    fill={one.color}
                    opacity={at === null || at === i ? 0.85 : 0.5}
                  />
                ),
              )}
            </g>
          ),
        )}
        {/* Where each bin stands if confidence is to be believed. */}
        <line
          x1={x(0)}
          y1={y(0)}
          x2={x(1)}
          y2={y(1)}
          className="stroke-text"
          strokeDasharray="4 3"
          aria-hidden
        />
        {first.bins.map((here) =>
          here.accuracy === null || here.confidence === null ? null : (
            <line
              key={here.low}
              x1={x(here.confidence)}
              x2={x(here.confidence)}
              y1={y(here.accuracy)}
              y2={y(here.confidence)}
              stroke="var(--fault)"
              strokeWidth={2}
              aria-hidden
            />
          ),
        )}
        <XAxis
          scale={x}
          label={counts > 0 ? '' : 'confidence'}
          y={bottom}
          from={LEFT}
          to={width - RIGHT}
          count={Math.max(2, Math.floor(width / 90))}
          format={percent}
        />
        {counts > 0 && (
          <g aria-hidden>
            {series.map((one, s) =>
              one.bins.map((here) => {
                const share = (x(here.high) - x(here.low) - 1) / series.length;
                return (
                  <rect
                    key={`${one.name}${here.low}`}
                    x={x(here.low) + 0.5 + s * share}
                    width={Math.max(0.5, share)}
                    y={height - 16 - tall(here.count)}
                    height={tall(here.count)}
                    fill={one.color}
                    opacity={0.45}
                  />
                );
              }),
            )}
            <line
              x1={LEFT}
              x2={width - RIGHT}
              y1={height - 16}
              y2={height - 16}
              className="stroke-line-strong"
            />
            <text x={width - RIGHT} y={height - 4} textAnchor="end" className="fill-muted text-xs">
              confidence; below: examples, at most {formatCount(most)}
            </text>
          </g>
        )}
      </svg>
      <span className="sr-only" aria-live="polite">
        {text}
      </span>
      {bin && <HoverNote x={x((bin.low + bin.high) / 2)} y={TOP + 28} width={width} text={text} />}
    </>
  );
}

function Line({
  series,
  x,
  y,
}: {
  readonly series: ReliabilitySeries;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}) {
  const points = series.bins.flatMap((bin) =>
    bin.accuracy === null ? [] : [{ x: x((bin.low + bin.high) / 2), y: y(bin.accuracy) }],
  );
  return (
    <g aria-hidden>
      <polyline
        points={points.map((p) => `${p.x},${p.y}`).join(' ')}
        fill="none"
        stroke={series.color}
        strokeWidth={2}
      />
      {points.map((p) => (
        <circle
          key={p.x}
          cx={p.x}
          cy={p.y}
          r={3}
          fill="var(--surface)"
          stroke={series.color}
          strokeWidth={2}
        />
      ))}
    </g>
  );
}
