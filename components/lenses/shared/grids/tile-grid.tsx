'use client';
import {
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { BADGE, PlacedBadge } from '../drawing/badge-mark.tsx';
import { Picture, placeIn } from '../drawing/picture.tsx';
import { useTheme } from '../drawing/theme.ts';
import type { Marked } from '../result/badges.ts';
import { layTiles, tileAt, tileBeside, tileCorner, tilesBetween } from './tiles.ts';

export interface TileGridProps {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  /** Width through height of one picture. */
  readonly ratio: number;
  readonly least?: number;
  readonly most?: number;
  /** Accessible name of the whole. */
  readonly label: string;
  /** Paints one picture into its box. Stable identity. */
  draw(context: CanvasRenderingContext2D, index: number, x: number, y: number, w: number, h: number): void;
  /** Text below a picture. */
  caption(index: number): string;
  isSelected(index: number): boolean;
  /** Badges of tiles. */
  readonly marks?: readonly Marked[];
  /** Tile that is brought into sight when it changes: the first that was selected elsewhere. */
  readonly reveal?: number | null;
  /** Greyed out: an armed tool does not fit it. */
  isFaded?(index: number): boolean;
  /** What is said of a tile under the pointer; the place within it as shares of 0 to 1. */
  explain(index: number, fx: number, fy: number): string;
  onPick(index: number, keys: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): void;
  onActivate?(index: number): void;
}

/** Pictures in rows on one canvas: pointed at, clicked, walked with the arrows. Only the rows in sight are painted. */
export function TileGrid({
  width,
  height,
  count,
  ratio,
  least,
  most,
  label,
  draw,
  caption,
  isSelected,
  isFaded,
  marks,
  reveal = null,
  explain,
  onPick,
  onActivate,
}: TileGridProps) {
  const theme = useTheme();
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [hover, setHover] = useState<{ index: number; text: string; x: number; y: number } | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const tiles = useMemo(
    () => layTiles(count, ratio, width - 8, height, { least, most }),
    [count, ratio, width, height, least, most],
  );
  useEffect(() => {
    const element = scroller.current;
    if (reveal === null || reveal < 0 || !element) return;
    const { y } = tileCorner(tiles, reveal);
    const tall = tiles.h + tiles.label;
    if (y < element.scrollTop || y + tall > element.scrollTop + element.clientHeight)
      element.scrollTo({ top: Math.max(0, y - (element.clientHeight - tall) / 2) });
  }, [reveal, tiles]);
  const hovered = hover?.index ?? null;

  const paint = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.clearRect(0, 0, width, height);
      const [first, last] = tilesBetween(tiles, top, top + height);
      context.font = '11px "Inter Variable", system-ui, sans-serif';
      context.textAlign = 'left';
      context.textBaseline = 'top';
      for (let i = first; i < last; i++) {
        const corner = tileCorner(tiles, i);
        const [x, y] = [corner.x, corner.y - top];
        context.globalAlpha = isFaded?.(i) ? 0.25 : 1;
        draw(context, i, x, y, tiles.w, tiles.h);
        const selected = isSelected(i);
        const pointed = i === hovered || i === cursor;
        context.strokeStyle = selected ? theme.color.accent : pointed ? theme.color.text : theme.color.line;
        context.lineWidth = selected ? 2 : 1;
        const out = selected ? 1 : 0.5;
        context.strokeRect(x - out, y - out, tiles.w + 2 * out, tiles.h + 2 * out);
        if (tiles.label > 0) {
          context.fillStyle = selected ? theme.color.accent : theme.color.muted;
          context.fillText(caption(i), x, y + tiles.h + 3, tiles.w);
        }
      }
      context.globalAlpha = 1;
    },
    [tiles, top, width, height, draw, isSelected, isFaded, hovered, cursor, caption, theme],
  );

  const hit = (event: MouseEvent<HTMLElement>) => {
    const element = scroller.current;
    if (!element) return null;
    const { x, y } = placeIn(event, element, width, height);
    const found = tileAt(tiles, x, y + top);
    return found ? { ...found, x, y } : null;
  };
  const key = (event: KeyboardEvent) => {
    const from = cursor ?? 0;
    if ((event.key === 'Enter' || event.key === ' ') && cursor !== null) {
      event.preventDefault();
      if (event.key === 'Enter' && onActivate) onActivate(cursor);
      else onPick(cursor, event);
      return;
    }
    const next = cursor === null && event.key.startsWith('Arrow') ? 0 : tileBeside(tiles, from, event.key);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    setCursor(next);
    const { y } = tileCorner(tiles, next);
    if (y < top) scroller.current?.scrollTo({ top: y - tiles.gap });
    else if (y + tiles.h + tiles.label > top + height)
      scroller.current?.scrollTo({ top: y + tiles.h + tiles.label + tiles.gap - height });
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a canvas has no elements of its own; the arrows walk its tiles.
    <div
      ref={scroller}
      role="group"
      aria-label={`${label}. Arrows move, Space selects, Enter opens.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys act on the tiles.
      tabIndex={0}
      className="nodrag nowheel absolute inset-0 overflow-y-auto overflow-x-hidden outline-offset-[-2px]"
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onPointerMove={(event) => {
        const found = hit(event);
        setHover(
          found && {
            index: found.index,
            text: explain(found.index, found.fx, found.fy),
            x: found.x,
            y: found.y,
          },
        );
      }}
      onPointerLeave={() => setHover(null)}
      onClick={(event) => {
        const found = hit(event);
        if (!found) return;
        setCursor(null);
        onPick(found.index, event);
      }}
      onDoubleClick={(event) => {
        const found = hit(event);
        if (found) onActivate?.(found.index);
      }}
      onKeyDown={key}
      onBlur={() => setCursor(null)}
    >
      <div style={{ height: Math.max(height, tiles.height) }}>
        <Picture
          width={width - 8}
          height={height}
          label={label}
          draw={paint}
          className="sticky top-0 cursor-default"
        />
      </div>
      {marks?.map(({ place, ...mark }) => {
        const { x, y } = tileCorner(tiles, place);
        return <PlacedBadge key={mark.address} {...mark} x={x + tiles.w - 4} y={y + BADGE.h - 5} />;
      })}
      <span className="sr-only" aria-live="polite">
        {cursor === null ? '' : explain(cursor, 0.5, 0.5)}
      </span>
      {hover && <HoverNote x={hover.x} y={hover.y + top} width={width} text={hover.text} />}
    </div>
  );
}

/** A line of text at the pointer, kept inside the picture. */
export function HoverNote({
  x,
  y,
  width,
  text,
}: {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly text: string;
}) {
  const right = x > width / 2;
  return (
    <span
      aria-hidden
      className="pointer-events-none absolute z-10 max-w-64 overflow-hidden text-ellipsis whitespace-pre rounded-sm bg-text px-1.5 py-0.5 text-bg text-xs"
      style={{ top: Math.max(2, y - 24), ...(right ? { right: width - x + 8 } : { left: x + 8 }) }}
    >
      {text}
    </span>
  );
}
