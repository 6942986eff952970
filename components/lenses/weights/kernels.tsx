'use client';
import { useCallback, useMemo } from 'react';
import { place, raster } from '../shared/drawing/raster.ts';
import type { ColorScale } from '../shared/drawing/scales.ts';
import { TileGrid } from '../shared/grids/tile-grid.tsx';
import type { Targets } from '../shared/result/targets.ts';
import { kernelAt, kernelsOf, type WeightTensor } from './layout.ts';

export interface KernelsViewProps extends Targets {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly tensor: WeightTensor;
  readonly scale: ColorScale;
  caption(flat: number): string;
  explain(flat: number): string;
}

/** One small picture per input and unit. */
export function KernelsView({ tensor, scale, caption, explain, ...rest }: KernelsViewProps) {
  const kernels = useMemo(() => kernelsOf(tensor), [tensor]);
  const { rows, columns, down, across, from } = kernels;
  // Painted when first in sight: a layer may have many thousands.
  const painted = useMemo(() => {
    const kept = new Map<number, HTMLCanvasElement | null>();
    return (at: number) => {
      const known = kept.get(at);
      if (known !== undefined) return known;
      const made = raster(kernelAt(tensor.data, kernels, at), 0, columns, rows, scale);
      kept.set(at, made);
      return made;
    };
  }, [tensor, kernels, columns, rows, scale]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, at: number, x: number, y: number, w: number, h: number) =>
      place(context, painted(at), x, y, w, h),
    [painted],
  );
  const tileCaption = useCallback((at: number) => caption(from[at] ?? 0), [caption, from]);
  return (
    <TileGrid
      {...rest}
      count={from.length}
      ratio={columns / rows}
      least={rows === 1 ? 48 : 24}
      most={96}
      draw={draw}
      caption={tileCaption}
      explain={(at, fx, fy) => {
        const x = Math.min(columns - 1, Math.floor(fx * columns));
        const y = Math.min(rows - 1, Math.floor(fy * rows));
        return explain((from[at] ?? 0) + y * down + x * across);
      }}
    />
  );
}
