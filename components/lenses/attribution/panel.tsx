'use client';
import { useCallback, useMemo } from 'react';
import { cx } from '@/components/ui/cx.ts';
import { raster } from '../shared/drawing/raster.ts';
import type { ColorScale } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { boxWithin, type Cell, CellMap } from '../shared/grids/cell-map.tsx';
import { coverOf, isWithinError, type Window } from './numbers.ts';

export const PANEL_HEAD = 18;
/** What is left of a value that may as well be zero. */
const DIMMED = 0.12;

export interface PanelProps {
  readonly width: number;
  readonly height: number;
  /** Above the picture; nothing where one panel stands alone. */
  readonly title: string | null;
  readonly meaning?: string;
  readonly label: string;
  /** (rows, columns). */
  readonly values: ArrayLike<number>;
  readonly errors: ArrayLike<number> | null;
  readonly rows: number;
  readonly columns: number;
  readonly picture: HTMLCanvasElement | null;
  readonly window: Window;
  readonly scale: ColorScale;
  readonly opacity: number;
  /** Fades what is within two standard errors of zero. */
  readonly dim: boolean;
  readonly isSelected: boolean;
  readonly at: Cell | null;
  readonly speaks: boolean;
  onAt(cell: Cell | null): void;
  explain(cell: Cell): string;
  onPick(keys: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): void;
}

/** One signed map over its picture. */
export function Panel(props: PanelProps) {
  const {
    width,
    height,
    title,
    meaning,
    label,
    values,
    errors,
    rows,
    columns,
    picture,
    window: part,
  } = props;
  const { scale, opacity, dim, isSelected, at, speaks, onAt, explain, onPick } = props;
  const theme = useTheme();
  const head = title === null ? 0 : PANEL_HEAD;
  const tall = Math.max(1, height - head);
  const ratio = picture ? picture.width / picture.height : columns / Math.max(1, rows);
  const whole = useMemo(() => boxWithin(ratio, width, tall, 6), [ratio, width, tall]);
  const box = useMemo(
    () => ({
      x: whole.x + part.x * whole.w,
      y: whole.y + part.y * whole.h,
      w: part.w * whole.w,
      h: part.h * whole.h,
    }),
    [whole, part],
  );
  const map = useMemo(
    () =>
      typeof document === 'undefined'
        ? null
        : raster(
            values,
            0,
            columns,
            rows,
            scale,
            (i) =>
              (picture ? coverOf(values[i] ?? Number.NaN, scale.max) : 1) *
              (dim && isWithinError(values[i] ?? 0, errors?.[i]) ? DIMMED : 1),
          ),
    [values, errors, dim, columns, rows, scale, picture],
  );
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.clearRect(0, 0, width, tall);
      context.imageSmoothingEnabled = false;
      if (picture) context.drawImage(picture, whole.x, whole.y, whole.w, whole.h);
      context.globalAlpha = picture ? opacity : 1;
      if (map) context.drawImage(map, box.x, box.y, box.w, box.h);
      context.globalAlpha = 1;
      context.lineWidth = isSelected ? 2 : 1;
      context.strokeStyle = isSelected ? theme.color.accent : theme.color['line-strong'];
      context.strokeRect(whole.x - 0.5, whole.y - 0.5, whole.w + 1, whole.h + 1);
      if (part.w < 1 || part.h < 1) {
        context.lineWidth = 1;
        context.strokeStyle = theme.color.text;
        context.setLineDash([4, 3]);
        context.strokeRect(box.x - 0.5, box.y - 0.5, box.w + 1, box.h + 1);
        context.setLineDash([]);
      }
    },
    [width, tall, picture, opacity, map, whole, box, part, isSelected, theme],
  );
  return (
    <section aria-label={title ?? label} style={{ width, height }}>
      {title !== null && (
        <h4
          title={meaning ?? title}
          className={cx('truncate px-2 text-center text-xs', isSelected ? 'text-accent' : 'text-muted')}
          style={{ height: PANEL_HEAD, lineHeight: `${PANEL_HEAD}px` }}
        >
          {title}
        </h4>
      )}
      <CellMap
        width={width}
        height={tall}
        box={box}
        rows={rows}
        columns={columns}
        label={label}
        draw={draw}
        at={at}
        speaks={speaks}
        onAt={onAt}
        explain={explain}
        onPick={onPick}
      />
    </section>
  );
}
