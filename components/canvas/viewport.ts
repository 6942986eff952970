'use client';
/** Where one looks: told to others as the board point in the middle of the canvas, so that screens of any size can follow. */
import { type OnMove, type Transform, useReactFlow, useStoreApi, type Viewport } from '@xyflow/react';
import { useCallback, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { selectionSchema } from '@/core/board/index.ts';
import { people } from '../state/session/presence.ts';
import type { Workspace } from '../state/workspace.ts';
import { useToast } from '../ui/toast.tsx';

export interface Viewpoint {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

function canvasSize(): { width: number; height: number } {
  const box = document.querySelector('[data-canvas]')?.getBoundingClientRect();
  return { width: box?.width ?? innerWidth, height: box?.height ?? innerHeight };
}

export function viewpointOf({ x, y, zoom }: Viewport, size = canvasSize()): Viewpoint {
  return { x: (size.width / 2 - x) / zoom, y: (size.height / 2 - y) / zoom, zoom };
}

/** Tells others where this person looks, and ends following when they move the canvas themselves. */
export function useViewportSharing(board: Workspace): { onMoveStart: OnMove } {
  const flow = useStoreApi();
  useEffect(() => {
    const tell = ([x, y, zoom]: Transform) =>
      board.session.presence.patch({ viewport: viewpointOf({ x, y, zoom }) });
    tell(flow.getState().transform);
    // The canvas's own move events leave out the first turn of a wheel.
    return flow.subscribe((state, before) => {
      if (state.transform !== before.transform) tell(state.transform);
    });
  }, [board, flow]);
  // Moves made by this program carry no event.
  const onMoveStart = useCallback<OnMove>(
    (event) => {
      if (event && board.ui.getState().following !== null) board.show({ following: null });
    },
    [board],
  );
  return { onMoveStart };
}

/** Mirrors whom one follows: their viewport and their selection. */
export function useFollowing(board: Workspace): void {
  const flow = useReactFlow();
  const following = useStore(board.ui, (s) => s.following);
  const peers = useStore(board.session.presence.peers, (s) => s.list);
  const leader = following === null ? null : (people(peers).find((p) => p.user.id === following) ?? null);
  // By value: every frame of anyone's presence makes new objects.
  const x = leader?.viewport?.x;
  const y = leader?.viewport?.y;
  const zoom = leader?.viewport?.zoom;
  const selection = leader?.selection ? JSON.stringify(leader.selection) : null;
  useEffect(() => {
    if (x !== undefined && y !== undefined && zoom !== undefined)
      void flow.setCenter(x, y, { zoom, duration: 150 });
  }, [flow, x, y, zoom]);
  useEffect(() => {
    if (selection !== null) board.selection.mirror(selectionSchema.parse(JSON.parse(selection)));
  }, [board, selection]);
  useEffect(() => {
    if (following !== null && leader === null) board.show({ following: null });
  }, [board, following, leader]);
}

/** Someone called everyone: fly to where they look, once. */
export function useSummons(board: Workspace): void {
  const flow = useReactFlow();
  const toast = useToast();
  const peers = useStore(board.session.presence.peers, (s) => s.list);
  const heard = useRef(new Map<number, number>());
  useEffect(() => {
    for (const peer of peers) {
      const summon = peer.summon ?? 0;
      const before = heard.current.get(peer.clientId);
      heard.current.set(peer.clientId, summon);
      // What someone called before this page was open is not for it.
      if (before === undefined || summon <= before || !peer.viewport) continue;
      void flow.setCenter(peer.viewport.x, peer.viewport.y, { zoom: peer.viewport.zoom, duration: 250 });
      toast.show({ title: `${peer.user.name} brings everyone here` });
    }
  }, [peers, flow, toast]);
}

/** Tells others to come to where this person looks. */
export function summon(board: Workspace, viewport: Viewport): void {
  board.session.presence.patch({
    viewport: viewpointOf(viewport),
    summon: (board.session.presence.own.summon ?? 0) + 1,
  });
}
