'use client';
/** What a query written on this board may speak of. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useBindings, useBoard } from '../state/context.tsx';
import type { EditorContext } from './text/language.ts';

export function useKnown(): EditorContext {
  const board = useBoard();
  const bindings = useBindings();
  const models = useStore(board.data.store, (s) => s.models);
  const datasets = useStore(board.data.store, (s) => s.datasets);
  return useMemo(() => ({ catalog: { models, datasets }, bindings }), [models, datasets, bindings]);
}

/** Whether that has arrived; before, every name in a query looks wrong. What cannot be loaded is not waited for. */
export function useArrived(): boolean {
  const board = useBoard();
  const opened = useStore(board.session.store, (s) => s.loaded);
  const loaded = useStore(board.data.store, (s) => s.loaded || s.error !== null);
  return opened && loaded;
}
