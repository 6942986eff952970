'use client';
import { useCallback, useMemo } from 'react';
import { formatNumber } from '@/components/ui/format.ts';
import type { Result } from '@/core/result/types.ts';
import { perPlace } from '../attribution/numbers.ts';
import { Picture } from '../shared/drawing/picture.tsx';
import { photograph, place, raster } from '../shared/drawing/raster.ts';
import { divergingScale, extentOf } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { optionalTensor } from '../shared/result/read.ts';

export interface PicturesChangeProps {
  readonly before: Result;
  readonly after: Result;
  readonly width: number;
  readonly height: number;
}

/** What the model saw before and after, and the difference, below each other; one picture where nothing differs. */
export function PicturesChange({ before, after, width, height }: PicturesChangeProps) {
  const theme = useTheme();
  const old = optionalTensor(before, 'image');
  const now = optionalTensor(after, 'image');
  const change = useMemo(() => {
    if (!old || !now || old.data.length !== now.data.length) return null;
    const channels = now.shape[2] ?? 1;
    const all = Float64Array.from(
      now.data,
      (value, i) => (value - (old.data[i] ?? 0)) / Math.max(1, channels),
    );
    return perPlace(all, channels, null);
  }, [old, now]);
  const reach = change ? extentOf(change) : 0;
  const pictures = useMemo(() => {
    if (!now || typeof document === 'undefined') return [];
    const [rows = 0, columns = 0, channels = 0] = now.shape;
    const photo = (tensor: typeof now) => photograph(tensor.data, 0, rows, columns, channels);
    if (!old || !change || reach === 0) return [{ name: 'picture', canvas: photo(now) }];
    return [
      { name: 'before', canvas: photo(old) },
      { name: 'after', canvas: photo(now) },
      {
        name: `±${formatNumber(reach)}`,
        canvas: raster(change, 0, columns, rows, divergingScale(reach, theme.dark)),
      },
    ];
  }, [old, now, change, reach, theme.dark]);
  const each = Math.max(
    24,
    Math.min(width - 16, Math.floor((height - 8) / Math.max(1, pictures.length)) - 18),
  );
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.clearRect(0, 0, width, height);
      pictures.forEach(({ name, canvas }, i) => {
        const y = 6 + i * (each + 18);
        place(context, canvas, (width - each) / 2, y, each, each);
        context.font = '11px "Inter Variable", system-ui, sans-serif';
        context.fillStyle = theme.color.muted;
        context.textAlign = 'center';
        context.textBaseline = 'top';
        context.fillText(name, width / 2, y + each + 2);
      });
    },
    [pictures, each, width, height, theme],
  );
  return (
    <Picture
      width={width}
      height={height}
      label={
        reach === 0
          ? 'The picture, which does not change'
          : `The picture before, after, and the difference of at most ${formatNumber(reach)}`
      }
      draw={draw}
    />
  );
}
