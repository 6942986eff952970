'use client';
import { formatTick } from '@/components/ui/format.ts';
import { type Linear, niceTicks } from './scales.ts';

export interface AxisProps {
  readonly scale: Linear;
  /** Name and unit. */
  readonly label: string;
  /** About so many ticks. */
  readonly count?: number;
  readonly format?: (value: number) => string;
}

const ticksOf = (scale: Linear, count: number): number[] => {
  const [low = 0, high = low] = scale.domain();
  return niceTicks(low, high, count);
};

/** Below a plot; `y` is where the plot ends, `from` and `to` its sides. */
export function XAxis({
  scale,
  label,
  count = 5,
  format = formatTick,
  y,
  from,
  to,
}: AxisProps & { readonly y: number; readonly from: number; readonly to: number }) {
  return (
    <g className="fill-muted text-xs" aria-hidden>
      <line x1={from} x2={to} y1={y} y2={y} className="stroke-line-strong" />
      {ticksOf(scale, count).map((tick) => (
        <g key={tick} transform={`translate(${scale(tick)} ${y})`}>
          <line y2={4} className="stroke-line-strong" />
          <text y={14} textAnchor="middle">
            {format(tick)}
          </text>
        </g>
      ))}
      <text x={to} y={y + 27} textAnchor="end">
        {label}
      </text>
    </g>
  );
}

/** At the left of a plot, with hairlines across it; `x` is where the plot begins, `to` its right side. */
export function YAxis({
  scale,
  label,
  count = 4,
  format = formatTick,
  x,
  to,
  top,
}: AxisProps & { readonly x: number; readonly to: number; readonly top: number }) {
  return (
    <g className="fill-muted text-xs" aria-hidden>
      {ticksOf(scale, count).map((tick) => (
        <g key={tick} transform={`translate(0 ${scale(tick)})`}>
          <line x1={x} x2={to} className="stroke-line" />
          <text x={x - 6} y={4} textAnchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
      <text x={4} y={top - 6} textAnchor="start">
        {label}
      </text>
    </g>
  );
}
