'use client';
/** The place that a link names is shown once its board is open. */
import { useReactFlow } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { printAddress, readAddress } from '../state/project/addresses.ts';
import type { Workspace } from '../state/workspace.ts';

export interface DeepLink {
  /** `?at=ADDRESS` */
  readonly at: string | null;
  /** `?view=ID` */
  readonly view: string | null;
  /** `?thread=ID` */
  readonly thread: string | null;
  /** `?query=TEXT`: opens the query line with it. */
  readonly query: string | null;
}

export function useArrival(board: Workspace, { at, view, thread, query }: DeepLink): void {
  const flow = useReactFlow();
  const loaded = useStore(board.session.store, (s) => s.loaded);
  const threads = useStore(board.threads.store, (s) => s.loaded);
  const done = useRef({ at: false, view: false, thread: false, query: false });

  useEffect(() => {
    if (!loaded || at === null || done.current.at) return;
    done.current.at = true;
    showPlace(board, at);
  }, [board, loaded, at]);

  useEffect(() => {
    if (!loaded || view === null || done.current.view) return;
    done.current.view = true;
    flyTo(board, flow, view);
  }, [board, flow, loaded, view]);

  useEffect(() => {
    if (!loaded || query === null || done.current.query) return;
    done.current.query = true;
    board.show({ queryLine: { text: query } });
  }, [board, loaded, query]);

  useEffect(() => {
    if (!loaded || !threads || thread === null || done.current.thread) return;
    done.current.thread = true;
    showThread(board, flow, thread);
  }, [board, flow, loaded, threads, thread]);
}

export function showPlace(board: Workspace, text: string): void {
  const address = readAddress(text);
  if (!address) return;
  if (address.kind === 'example') board.selection.select({ examples: [text] });
  else if (address.kind === 'unit') {
    const { unit: _unit, ...rest } = address;
    board.selection.select({ layer: printAddress({ ...rest, kind: 'layer' }), units: [text] });
  } else if ('layer' in address)
    board.selection.select({
      layer: printAddress({
        kind: 'layer',
        model: address.model,
        layer: address.layer,
        ...(address.step === undefined ? {} : { step: address.step }),
      }),
    });
}

/** Brings an item into view and selects it; false when it is not on this board any more. */
export function flyTo(
  board: Workspace,
  flow: Pick<ReturnType<typeof useReactFlow>, 'fitBounds'>,
  id: string,
): boolean {
  const { byId, unreadable } = board.session.items.store.getState();
  const item = byId.get(id);
  const frame = item?.frame ?? unreadable.find((each) => each.id === id)?.frame;
  if (!frame) return false;
  const { x, y, w, h } = frame;
  if (item) board.selection.select({ items: [id] });
  void flow.fitBounds({ x, y, width: w, height: h }, { padding: 0.4, duration: 250 });
  return true;
}

export function showThread(
  board: Workspace,
  flow: Pick<ReturnType<typeof useReactFlow>, 'fitBounds'>,
  id: string,
): void {
  const thread = board.threads.store.getState().threads.find((t) => t.id === id);
  if (!thread) return;
  if (thread.anchor.kind === 'view') flyTo(board, flow, thread.anchor.viewId);
  else showPlace(board, thread.anchor.address);
  board.threads.open(id);
  board.show({ layout: { ...board.ui.getState().layout, details: true } });
}
