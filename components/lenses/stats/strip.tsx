'use client';
import { type MouseEvent, useCallback, useRef, useState } from 'react';
import { formatNumber } from '@/components/ui/format.ts';
import { PlacedBadge } from '../shared/drawing/badge-mark.tsx';
import { Picture, placeIn } from '../shared/drawing/picture.tsx';
import { linear, niceTicks, rangeOf } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { HoverNote } from '../shared/grids/tile-grid.tsx';
import type { Marked } from '../shared/result/badges.ts';

export interface StripProps {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  /** Rows of the arrays, in the order shown. */
  readonly order: readonly number[];
  readonly mean: ArrayLike<number>;
  readonly sd: ArrayLike<number>;
  readonly min: ArrayLike<number>;
  readonly max: ArrayLike<number>;
  name(row: number): string;
  isSelected(row: number): boolean;
  isFaded(row: number): boolean;
  /** Badges of units, by their place in the order. */
  readonly marks: readonly Marked[];
  onPick(row: number, keys: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): void;
  onActivate(row: number): void;
}

const LEFT = 48;
const RIGHT = 12;
const TOP = 22;
const BOTTOM = 22;

/** One column per unit: hairline from least to largest, bar of one deviation about the mean, dot at the mean. */
export function Strip(props: StripProps) {
  const { width, height, label, order, mean, sd, min, max, name, isSelected, isFaded, marks } = props;
  const { onPick, onActivate } = props;
  const theme = useTheme();
  const box = useRef<HTMLButtonElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const pitch = (width - LEFT - RIGHT) / Math.max(1, order.length);

  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.clearRect(0, 0, width, height);
      const low = Math.min(0, rangeOf(min)[0]);
      const high = Math.max(0, rangeOf(max)[1]);
      const y = linear(low, high, height - BOTTOM, TOP);
      context.font = '11px "Inter Variable", system-ui, sans-serif';
      context.textAlign = 'right';
      context.textBaseline = 'middle';
      for (const tick of niceTicks(low, high, 4)) {
        context.fillStyle = theme.color.muted;
        context.fillText(formatNumber(tick), LEFT - 6, y(tick));
        context.fillStyle = tick === 0 ? theme.color['line-strong'] : theme.color.line;
        context.fillRect(LEFT, Math.round(y(tick)), width - LEFT - RIGHT, 1);
      }
      context.fillStyle = theme.color.muted;
      context.textAlign = 'left';
      context.fillText('activation: min to max, mean ± sd', 4, 10);
      context.textAlign = 'right';
      context.fillText('unit', width - RIGHT, height - 9);
      for (const [place, row] of order.entries()) {
        const x = LEFT + (place + 0.5) * pitch;
        const selected = isSelected(row);
        context.globalAlpha = isFaded(row) ? 0.25 : 1;
        context.fillStyle = selected ? theme.color.accent : theme.color['line-strong'];
        const [a, b] = [y(max[row] ?? 0), y(min[row] ?? 0)];
        context.fillRect(x - 0.5, a, 1, Math.max(1, b - a));
        const half = Math.max(1, Math.min(4, pitch * 0.35));
        const [m, d] = [mean[row] ?? 0, sd[row] ?? 0];
        context.fillStyle = selected ? theme.color.accent : theme.color.muted;
        context.fillRect(x - half, y(m + d), 2 * half, Math.max(1, y(m - d) - y(m + d)));
        // A unit that never varies is a line already, which the mark of its mean would wipe out.
        if (d > 0) {
          context.fillStyle = theme.color.surface;
          context.fillRect(x - half, y(m) - 1, 2 * half, 2);
        }
        if (place === at) {
          context.strokeStyle = theme.color.text;
          context.strokeRect(
            LEFT + place * pitch + 0.5,
            TOP - 2,
            Math.max(2, pitch - 1),
            height - TOP - BOTTOM + 4,
          );
        }
      }
      context.globalAlpha = 1;
    },
    [width, height, order, mean, sd, min, max, pitch, isSelected, isFaded, at, theme],
  );

  const placeOf = (event: MouseEvent) => {
    if (!box.current) return null;
    const place = Math.floor((placeIn(event, box.current, width, height).x - LEFT) / pitch);
    return place >= 0 && place < order.length ? place : null;
  };
  const row = at === null ? undefined : order[at];
  return (
    <>
      <button
        ref={box}
        type="button"
        aria-label={`${label}. Arrows move, Space selects.`}
        className="nodrag relative block outline-offset-[-2px]"
        style={{ width, height }}
        onPointerMove={(event) => setAt(placeOf(event))}
        onPointerLeave={() => setAt(null)}
        onClick={(event) => {
          const place = event.detail === 0 ? at : placeOf(event);
          const found = place === null ? undefined : order[place];
          if (found !== undefined) onPick(found, event);
        }}
        onDoubleClick={() => row !== undefined && onActivate(row)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowRight') setAt(at === null ? 0 : Math.min(order.length - 1, at + 1));
          else if (event.key === 'ArrowLeft') setAt(at === null ? 0 : Math.max(0, at - 1));
          else if (event.key === 'Enter' && row !== undefined) onActivate(row);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <Picture width={width} height={height} label={label} draw={draw} />
        {at !== null && row !== undefined && (
          <HoverNote
            x={LEFT + (at + 0.5) * pitch}
            y={TOP + 24}
            width={width}
            text={`${name(row)}\nmean ${formatNumber(mean[row])} ± ${formatNumber(sd[row])}\n${formatNumber(min[row])} to ${formatNumber(max[row])}`}
          />
        )}
      </button>
      {marks.map(({ place, ...mark }) => (
        <PlacedBadge key={mark.address} {...mark} x={LEFT + (place + 0.5) * pitch} y={TOP} />
      ))}
    </>
  );
}
