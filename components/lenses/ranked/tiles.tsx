'use client';
import { useCallback, useMemo } from 'react';
import { paintMark } from '../shared/drawing/mark.tsx';
import { photograph, place, raster, underlay } from '../shared/drawing/raster.ts';
import { divergingScale, extentOf } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { drawWrong } from '../shared/drawing/wrong-mark.ts';
import { TileGrid } from '../shared/grids/tile-grid.tsx';
import type { Marked } from '../shared/result/badges.ts';
import type { Targets } from '../shared/result/targets.ts';
import { contourOf, levelOf } from './contour.ts';

export type MapLook = 'contour' | 'heat' | 'none';
interface Tensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}
export interface RankedTilesProps extends Targets {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  /** (n, height, width, channels). */
  readonly images: Tensor;
  /** (n, rows, columns) of the unit. */
  readonly maps: Tensor | null;
  readonly look: MapLook;
  /** Rows of the tensors that are shown, best first. */
  readonly shown: readonly number[];
  readonly marks: readonly Marked[];
  readonly reveal: number | null;
  isWrong(row: number): boolean;
  /** People marked the example at this place. */
  isMarked(at: number): boolean;
  caption(at: number): string;
  explain(at: number): string;
}

/** Pictures, best first, with where the unit answers on each. */
export function RankedTiles(props: RankedTilesProps) {
  const { images, maps, look, shown, isWrong, isMarked, caption, explain, ...rest } = props;
  const theme = useTheme();
  const [, rows = 0, columns = 0, channels = 0] = images.shape;
  const [, mapRows = 0, mapColumns = 0] = maps?.shape ?? [];
  const size = mapRows * mapColumns;
  const pictures = useMemo(() => {
    if (typeof document === 'undefined') return [];
    const from = (i: number) => i * rows * columns * channels;
    return shown.map((i) =>
      look === 'heat'
        ? underlay(images.data, from(i), rows, columns, channels, theme.dark)
        : photograph(images.data, from(i), rows, columns, channels),
    );
  }, [images, shown, look, rows, columns, channels, theme.dark]);
  const heat = useMemo(() => {
    if (!maps || look !== 'heat' || typeof document === 'undefined') return null;
    const scale = divergingScale(extentOf(maps.data), theme.dark);
    return shown.map((i) => raster(maps.data, i * size, mapColumns, mapRows, scale));
  }, [maps, look, shown, size, mapColumns, mapRows, theme.dark]);
  const outlines = useMemo(() => {
    if (!maps || look !== 'contour') return null;
    return shown.map((i) => {
      const level = levelOf(maps.data, i * size, size);
      return level === null ? [] : contourOf(maps.data, i * size, mapRows, mapColumns, level);
    });
  }, [maps, look, shown, size, mapRows, mapColumns]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, at: number, x: number, y: number, w: number, h: number) => {
      place(context, pictures[at] ?? null, x, y, w, h);
      const alpha = context.globalAlpha;
      const map = heat?.[at];
      if (map) {
        context.globalAlpha = alpha * 0.65;
        context.imageSmoothingEnabled = false;
        context.drawImage(map, x, y, w, h);
        context.globalAlpha = alpha;
      }
      const outline = outlines?.[at];
      if (outline && outline.length > 0) {
        const [fx, fy] = [w / mapColumns, h / mapRows];
        context.beginPath();
        for (const [x1, y1, x2, y2] of outline) {
          context.moveTo(x + x1 * fx, y + y1 * fy);
          context.lineTo(x + x2 * fx, y + y2 * fy);
        }
        // Light within dark: seen on ink and on paper.
        context.lineWidth = 3;
        context.strokeStyle = '#000000';
        context.stroke();
        context.lineWidth = 1.5;
        context.strokeStyle = '#ffd24a';
        context.stroke();
      }
      if (isWrong(shown[at] ?? 0)) drawWrong(context, x + w, y, theme);
      if (isMarked(at)) paintMark(context, x, y, theme.color);
    },
    [pictures, heat, outlines, mapColumns, mapRows, isWrong, isMarked, shown, theme],
  );
  return (
    <TileGrid
      {...rest}
      count={shown.length}
      ratio={columns / Math.max(1, rows)}
      least={40}
      most={160}
      draw={draw}
      caption={caption}
      explain={explain}
    />
  );
}
