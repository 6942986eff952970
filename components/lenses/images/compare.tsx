'use client';
import { useCallback, useMemo } from 'react';
import { formatNumber, formatShare } from '@/components/ui/format.ts';
import type { Result } from '@/core/result/types.ts';
import { perPlace } from '../attribution/numbers.ts';
import type { CompareProps, CompareSpec } from '../contract.ts';
import { place, raster } from '../shared/drawing/raster.ts';
import { divergingScale, extentOf } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { TileGrid } from '../shared/grids/tile-grid.tsx';
import { lostSentence, sizeOfChange } from '../shared/result/changes.ts';
import { tensorOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import { useScrollToSelected, useTargets } from '../shared/result/targets.ts';

/** What was added to each picture (red) and taken from it (blue), channels averaged, on one scale. */
export function ImagesChange(props: CompareProps) {
  const { before, after, width, height, selection } = props;
  const theme = useTheme();
  const old = tensorOf(before, 'images');
  const now = tensorOf(after, 'images');
  const index = tensorOf(after, 'index').data;
  const [n = 0, rows = 0, columns = 0, channels = 0] = now.shape;
  const change = useMemo(() => {
    const all = Float64Array.from(
      now.data,
      (value, i) => (value - (old.data[i] ?? Number.NaN)) / Math.max(1, channels),
    );
    return perPlace(all, channels, null);
  }, [now, old, channels]);
  const scale = useMemo(() => divergingScale(extentOf(change), theme.dark), [change, theme.dark]);
  const pictures = useMemo(
    () =>
      typeof document === 'undefined'
        ? []
        : Array.from({ length: n }, (_, i) => raster(change, i * rows * columns, columns, rows, scale)),
    [change, n, rows, columns, scale],
  );
  const draw = useCallback(
    (context: CanvasRenderingContext2D, at: number, x: number, y: number, w: number, h: number) =>
      place(context, pictures[at] ?? null, x, y, w, h),
    [pictures],
  );
  const subject = useMemo(() => subjectOf(after), [after]);
  const addressOf = useCallback(
    (at: number) => subject.exampleAddress(Number(index[at] ?? 0)),
    [subject, index],
  );
  const targets = useTargets(props, 'examples', subject, addressOf);
  const reveal = useScrollToSelected(n, targets.isSelected, selection.examples);
  const caption = useCallback(
    (at: number) => `±${formatNumber(extentOf(change, at * rows * columns, (at + 1) * rows * columns))}`,
    [change, rows, columns],
  );
  if (n === 0)
    return (
      <p role="status" className="flex h-full items-center justify-center p-3 text-center text-muted">
        No examples here. Widen the slice.
      </p>
    );
  return (
    <TileGrid
      width={width}
      height={height}
      count={n}
      ratio={columns / Math.max(1, rows)}
      most={160}
      label={`Change of ${n} pictures`}
      draw={draw}
      caption={caption}
      reveal={reveal}
      explain={(at, fx, fy) => {
        const x = Math.min(columns - 1, Math.floor(fx * columns));
        const y = Math.min(rows - 1, Math.floor(fy * rows));
        return `${addressOf(at) ?? `example ${index[at]}`}\nx ${x}, y ${y}: ${formatNumber(change[at * rows * columns + y * columns + x])}`;
      }}
      {...targets}
    />
  );
}

function sentence(before: Result, after: Result): string | null {
  const [old, now] = [before.tensors.images?.data, after.tensors.images?.data];
  if (!old || !now || old.length !== now.length) return null;
  const { largest, changed, lost } = sizeOfChange(
    Float64Array.from(now, (value, i) => value - (old[i] ?? Number.NaN)),
  );
  const told =
    changed > 0
      ? `pixels change by ${formatNumber(Math.abs(largest))} at most, ${formatShare(changed)} of them at all`
      : lost > 0
        ? 'no finite pixel changes'
        : 'no pixel changes';
  return told + lostSentence(lost);
}

export const compare: CompareSpec = { Component: ImagesChange, sentence };
