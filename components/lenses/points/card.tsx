'use client';
import { useCallback, useMemo } from 'react';
import { formatNumber } from '@/components/ui/format.ts';
import type { Result } from '@/core/result/types.ts';
import { Picture } from '../shared/picture.tsx';
import { photograph, place, raster } from '../shared/raster.ts';
import { optionalTensor } from '../shared/read.ts';
import { divergingScale, extentOf } from '../shared/scales.ts';
import { useTheme } from '../shared/theme.ts';
import type { Column } from './columns.ts';

const SIDE = 72;
export interface PointCardProps {
  readonly result: Result;
  readonly at: number;
  readonly address: string | null;
  readonly columns: readonly Column[];
  readonly classes: readonly string[];
  /** Where the point is. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is known of one point: its name, its picture and its columns. */
export function PointCard({ result, at, address, columns, classes, x, y, width, height }: PointCardProps) {
  const theme = useTheme();
  const pictures = optionalTensor(result, 'pictures', 4);
  const picture = useMemo(() => {
    if (!pictures) return null;
    const [, rows = 0, wide = 0, channels = 0] = pictures.shape;
    const size = rows * wide * channels;
    const extent = extentOf(pictures.data, at * size, (at + 1) * size);
    let low = 0;
    for (let i = at * size; i < (at + 1) * size; i++) low = Math.min(low, pictures.data[i] ?? 0);
    // A mean image weighted by activation may be signed; a photograph is not.
    return low < -1e-6 && channels === 1
      ? raster(pictures.data, at * size, wide, rows, divergingScale(extent, theme.dark))
      : photograph(pictures.data, at * size, rows, wide, channels);
  }, [pictures, at, theme.dark]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.clearRect(0, 0, SIDE, SIDE);
      place(context, picture, 0, 0, SIDE, SIDE);
    },
    [picture],
  );
  const told = (column: Column) => {
    const value = column.values[at] ?? Number.NaN;
    if (column.kind === 'class') return value < 0 ? '–' : (classes[value] ?? String(value));
    if (column.kind === 'flag') return value > 0 ? 'yes' : 'no';
    return formatNumber(value);
  };
  return (
    <div
      className="pointer-events-none absolute z-10 flex gap-2 rounded-md border bg-surface p-2 text-xs shadow-float"
      style={{
        ...(x > width / 2 ? { right: width - x + 14 } : { left: x + 14 }),
        ...(y > height / 2 ? { bottom: Math.max(4, height - y - 10) } : { top: Math.max(4, y - 10) }),
      }}
    >
      {picture && (
        <Picture width={SIDE} height={SIDE} label={`Picture of ${address ?? `point ${at}`}`} draw={draw} />
      )}
      <div>
        <p className="font-mono font-semibold">{address?.split('/').at(-1) ?? `point ${at}`}</p>
        <dl className="grid gap-x-2" style={{ gridTemplateColumns: 'auto auto' }}>
          {columns.slice(0, 6).map((column) => (
            <div key={column.id} className="contents">
              <dt className="text-muted">{column.name}</dt>
              <dd className="max-w-24 truncate text-right">{told(column)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
}
