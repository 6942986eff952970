'use client';
import { useCallback, useMemo } from 'react';
import { formatNumber, formatShare } from '@/components/ui/format.ts';
import type { Result } from '@/core/result/types.ts';
import { Threads } from '../shared/drawing/badge-mark.tsx';
import { MarkSign } from '../shared/drawing/mark.tsx';
import { Picture } from '../shared/drawing/picture.tsx';
import { place } from '../shared/drawing/raster.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import type { BadgeOf } from '../shared/result/badges.ts';
import type { Column } from './columns.ts';
import { pictureOf, type Space } from './space.ts';

const SIDE = 72;
export interface PointCardProps {
  readonly result: Result;
  readonly space: Space;
  readonly at: number;
  readonly badgeOf: BadgeOf;
  /** People marked it. */
  readonly marked: boolean;
  /** Where the point is. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A column's value in words. */
export function cellText(column: Column, at: number, classes: readonly string[]): string {
  const value = column.values[at] ?? Number.NaN;
  if (column.kind === 'class') return value < 0 ? 'none' : (classes[value] ?? String(value));
  if (column.kind === 'flag') return value > 0 ? 'yes' : 'no';
  return column.id === 'confidence' ? formatShare(value) : formatNumber(value);
}

/** What is known of one point: its address, its picture and its columns. */
export function PointCard({ result, space, at, badgeOf, marked, x, y, width, height }: PointCardProps) {
  const theme = useTheme();
  const picture = useMemo(() => pictureOf(result, at, theme.dark), [result, at, theme.dark]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.clearRect(0, 0, SIDE, SIDE);
      place(context, picture, 0, 0, SIDE, SIDE);
    },
    [picture],
  );
  const address = space.address(at) ?? `${space.kind} ${space.name(at)}`;
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute z-10 flex gap-2 rounded-md border bg-surface p-2 text-xs shadow-float"
      style={{
        ...(x > width / 2 ? { right: width - x + 14 } : { left: x + 14 }),
        ...(y > height / 2 ? { bottom: Math.max(4, height - y - 10) } : { top: Math.max(4, y - 10) }),
      }}
    >
      {picture && <Picture width={SIDE} height={SIDE} label={`Picture of ${address}`} draw={draw} />}
      <div>
        <p className="flex items-center gap-2 whitespace-nowrap font-mono font-semibold">
          {address.split('/').at(-1)}
          {marked && <MarkSign />}
          <Threads address={space.address(at)} badgeOf={badgeOf} />
        </p>
        <dl className="grid grid-cols-[auto_auto] gap-x-3">
          {space.columns.slice(0, 6).map((column) => (
            <div key={column.id} className="contents">
              <dt className="text-muted">{column.name}</dt>
              <dd className="max-w-24 truncate text-right">{cellText(column, at, space.record.classes)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
}
