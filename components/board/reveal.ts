'use client';
import { useReactFlow } from '@xyflow/react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
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
    const { x, y, zoom } = flow.getViewport();
    const next = Math.min(zoom, (box.width - 2 * EDGE) / frame.w, (box.height - 2 * EDGE) / frame.h);
    const to = {
      x: shift(x, frame.x * next, frame.w * next, box.width),
      y: shift(y, frame.y * next, frame.h * next, box.height),
      zoom: next,
    };
    if (to.x !== x || to.y !== y || next !== zoom) void flow.setViewport(to, { duration: 250 });
  }, [board, flow, id]);
}
const EDGE = 24;

/** The offset of the viewport along an axis that has [start, start + size] inside [EDGE, room - EDGE]. */
function shift(offset: number, start: number, size: number, room: number): number {
  const low = EDGE - start;
  const high = room - EDGE - start - size;
  return Math.max(Math.min(offset, high), low);
}
