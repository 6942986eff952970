/** Frames on the board: snapping, aligning, distributing, finding room. All lengths are board points. */
import type { Frame } from '@/core/board/index.ts';

export const GRID = 4;
export const MIN_SIZE = { w: 160, h: 96 } as const;
/** Room left between views that are placed for someone. */
export const GAP = 16;

export const toGrid = (value: number): number => Math.round(value / GRID) * GRID;
/** The first place on the grid that is not before this one: rounded down, it would come too near. */
const pastOnGrid = (value: number): number => Math.ceil(value / GRID) * GRID;

/** A line that a moved frame keeps to, drawn while it is dragged. */
export interface Guide {
  readonly axis: 'x' | 'y';
  /** Position across the line. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
}
export interface Snapped {
  readonly dx: number;
  readonly dy: number;
  readonly guides: readonly Guide[];
}

const starts = { x: (f: Frame) => f.x, y: (f: Frame) => f.y } as const;
const sizes = { x: (f: Frame) => f.w, y: (f: Frame) => f.h } as const;

/** Edges and middle of a frame along an axis. */
function lines(frame: Frame, axis: 'x' | 'y'): readonly [number, number, number] {
  const start = starts[axis](frame);
  const size = sizes[axis](frame);
  return [start, start + size / 2, start + size];
}

/**
 * How far to shift `moving` so that an edge or middle meets one of `others` (within `reach`), else so that its top left
 * corner lies on the grid. The two axes are independent.
 */
export function snap(moving: Frame, others: readonly Frame[], reach: number): Snapped {
  const guides: Guide[] = [];
  const shift = (axis: 'x' | 'y'): number => {
    let best: { by: number; at: number; other: Frame } | null = null;
    for (const other of others)
      for (const target of lines(other, axis))
        for (const own of lines(moving, axis)) {
          const by = target - own;
          if (Math.abs(by) <= reach && (best === null || Math.abs(by) < Math.abs(best.by)))
            best = { by, at: target, other };
        }
    if (best === null) return toGrid(starts[axis](moving)) - starts[axis](moving);
    const across = axis === 'x' ? 'y' : 'x';
    const ends = [moving, best.other].flatMap((f) => [
      starts[across](f),
      starts[across](f) + sizes[across](f),
    ]);
    guides.push({ axis, at: best.at, from: Math.min(...ends), to: Math.max(...ends) });
    return best.by;
  };
  const dx = shift('x');
  const dy = shift('y');
  return { dx, dy, guides };
}

export function bounds(frames: readonly Frame[]): Frame | null {
  if (frames.length === 0) return null;
  const x = Math.min(...frames.map((f) => f.x));
  const y = Math.min(...frames.map((f) => f.y));
  const right = Math.max(...frames.map((f) => f.x + f.w));
  const bottom = Math.max(...frames.map((f) => f.y + f.h));
  return { x, y, w: right - x, h: bottom - y };
}

export type Alignment = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom';

/** To the edge or middle of what surrounds them all. */
export function align(frames: Readonly<Record<string, Frame>>, how: Alignment): Record<string, Frame> {
  const around = bounds(Object.values(frames));
  if (!around) return {};
  const place = (f: Frame): Partial<Frame> => {
    switch (how) {
      case 'left':
        return { x: around.x };
      case 'centre':
        return { x: around.x + (around.w - f.w) / 2 };
      case 'right':
        return { x: around.x + around.w - f.w };
      case 'top':
        return { y: around.y };
      case 'middle':
        return { y: around.y + (around.h - f.h) / 2 };
      case 'bottom':
        return { y: around.y + around.h - f.h };
    }
  };
  return Object.fromEntries(Object.entries(frames).map(([id, f]) => [id, { ...f, ...place(f) }]));
}

/** Equal gaps between neighbours; the outermost two stay. Fewer than three are left as they are. */
export function distribute(frames: Readonly<Record<string, Frame>>, axis: 'x' | 'y'): Record<string, Frame> {
  const start = starts[axis];
  const size = sizes[axis];
  const ordered = Object.entries(frames).sort((a, b) => start(a[1]) - start(b[1]));
  const first = ordered[0]?.[1];
  const last = ordered.at(-1)?.[1];
  if (ordered.length < 3 || !first || !last) return { ...frames };
  const filled = ordered.reduce((sum, [, f]) => sum + size(f), 0);
  const gap = (start(last) + size(last) - start(first) - filled) / (ordered.length - 1);
  let at = start(first);
  const out: Record<string, Frame> = {};
  for (const [id, f] of ordered) {
    out[id] = axis === 'x' ? { ...f, x: at } : { ...f, y: at };
    at += size(f) + gap;
  }
  return out;
}

export function overlaps(a: Frame, b: Frame, margin = 0): boolean {
  return (
    a.x < b.x + b.w + margin &&
    b.x < a.x + a.w + margin &&
    a.y < b.y + b.h + margin &&
    b.y < a.y + a.h + margin
  );
}

/**
 * The free place for a new frame that is nearest to `near`: right of it and below first, on rings of growing size. With
 * nothing in the way it is `near` itself.
 */
export function freePlace(
  size: { readonly w: number; readonly h: number },
  near: { readonly x: number; readonly y: number },
  taken: readonly Frame[],
): Frame {
  const at = (x: number, y: number): Frame => ({ x: toGrid(x), y: toGrid(y), ...size });
  const free = (frame: Frame) => !taken.some((other) => overlaps(frame, other, GAP));
  const first = at(near.x, near.y);
  if (free(first)) return first;
  // Beside the frames in the way there are only finitely many places worth a look: right of one, or below one.
  const candidates = taken
    .flatMap((f) => [
      at(pastOnGrid(f.x + f.w + GAP), near.y),
      at(pastOnGrid(f.x + f.w + GAP), f.y),
      at(near.x, pastOnGrid(f.y + f.h + GAP)),
      at(f.x, pastOnGrid(f.y + f.h + GAP)),
    ])
    .filter(free);
  const far = (f: Frame) => Math.hypot(f.x - near.x, f.y - near.y);
  return (
    candidates.reduce<Frame | null>((best, f) => (best && far(best) <= far(f) ? best : f), null) ?? first
  );
}
