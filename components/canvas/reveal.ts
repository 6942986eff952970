'use client';
import { useReactFlow, type Viewport } from '@xyflow/react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Frame } from '@/core/board/index.ts';
import type { Workspace } from '../state/workspace.ts';

/** Moves the canvas just far enough that what was made is in sight, and zooms out only when it is larger than the canvas. */
export function useReveal(board: Workspace): void {
  const flow = useReactFlow();
  const id = useStore(board.ui, (s) => s.reveal);
  useEffect(() => {
    if (id === null) return;
    board.show({ reveal: null });
    const frame = board.session.items.store.getState().byId.get(id)?.frame;
    const box = document.querySelector('[data-canvas]')?.getBoundingClientRect();
    if (!frame || !box) return;
    const now = flow.getViewport();
    const to = revealed(now, frame, box);
    if (to.x !== now.x || to.y !== now.y || to.zoom !== now.zoom)
      void flow.setViewport(to, { duration: 250 });
  }, [board, flow, id]);
}
const EDGE = 24;
/** The minimap with its margin lies in the lower right corner. */
const MINIMAP = { w: 160 + 16, h: 100 + 16 } as const;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The viewport that has the frame inside the canvas, and clear of the minimap where there is the height for that. */
export function revealed({ x, y, zoom }: Viewport, frame: Frame, { width, height }: Size): Viewport {
  const next = Math.min(zoom, (width - 2 * EDGE) / frame.w, (height - 2 * EDGE) / frame.h);
  const left = shift(x, frame.x * next, frame.w * next, width);
  const room = height - MINIMAP.h;
  const beside = left + (frame.x + frame.w) * next <= width - MINIMAP.w;
  const above = !beside && frame.h * next + 2 * EDGE <= room;
  return { x: left, y: shift(y, frame.y * next, frame.h * next, above ? room : height), zoom: next };
}

/** The offset of the viewport along an axis that has [start, start + size] inside [EDGE, room - EDGE]. */
function shift(offset: number, start: number, size: number, room: number): number {
  const low = EDGE - start;
  const high = room - EDGE - start - size;
  return Math.max(Math.min(offset, high), low);
}
