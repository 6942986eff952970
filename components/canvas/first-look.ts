'use client';
/** Where a board opens, and again where that is once the window changed, for as long as nobody moved the canvas. */
import { useReactFlow, type Viewport } from '@xyflow/react';
import { type RefObject, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { Frame } from '@/core/board/index.ts';
import { bounds } from '../state/edits/geometry.ts';
import type { Workspace } from '../state/workspace.ts';

const MARGIN = 24;
const READABLE = 0.5;

export function useFirstLook(board: Workspace, canvas: RefObject<HTMLElement | null>): void {
  const flow = useReactFlow();
  const loaded = useStore(board.session.store, (s) => s.loaded);
  const looked = useRef<Viewport | null>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!loaded || !element) return;
    const look = () => {
      const { list, unreadable } = board.session.items.store.getState();
      const around = bounds([...list, ...unreadable].flatMap(({ frame }) => frame ?? []));
      if (!around) return;
      looked.current = firstLook(around, element.getBoundingClientRect());
      void flow.setViewport(looked.current);
    };
    if (looked.current === null) look();
    const observer = new ResizeObserver(() => {
      if (looked.current !== null && same(looked.current, flow.getViewport())) look();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [board, canvas, flow, loaded]);
}

const same = (a: Viewport, b: Viewport): boolean => a.x === b.x && a.y === b.y && a.zoom === b.zoom;

/**
 * All of the board where that can be read; else its top at a readable zoom, since boards are read from there. Never blown up
 * beyond natural size.
 */
export function firstLook(
  around: Frame,
  { width, height }: { readonly width: number; readonly height: number },
): Viewport {
  const fit = Math.min(width / (around.w + 2 * MARGIN), height / (around.h + 2 * MARGIN), 1);
  const zoom = fit >= READABLE ? fit : Math.max(READABLE, Math.min(1, width / (around.w + 2 * MARGIN)));
  const x = (width - around.w * zoom) / 2 - around.x * zoom;
  const centred = (height - around.h * zoom) / 2;
  const left = around.w * zoom > width ? MARGIN - around.x * zoom : x;
  return { x: left, y: Math.max(centred, MARGIN * zoom) - around.y * zoom, zoom };
}
