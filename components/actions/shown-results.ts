/** What each view of a board shows now: a snapshot pins these results (rule H1), exports and details read them. */
import type { Result } from '@/core/result/index.ts';
import { boundText } from '../state/questions/query-text.ts';
import type { Workspace } from '../state/workspace.ts';

const byBoard = new WeakMap<Workspace, Map<string, Result>>();

export interface ShownResults {
  set(view: string, result: Result | null): void;
  get(view: string): Result | null;
  /** Result id by view id. */
  ids(): Record<string, string>;
}

export function shownResults(board: Workspace): ShownResults {
  const map = byBoard.get(board) ?? new Map<string, Result>();
  byBoard.set(board, map);
  return {
    set: (view, result) => {
      if (result) map.set(view, result);
      else map.delete(view);
    },
    get: (view) => map.get(view) ?? null,
    ids: () => Object.fromEntries([...map].map(([view, result]) => [view, result.meta.id])),
  };
}

/**
 * Result id by view id for all views, also those that were never on screen: these are asked for now. A view that cannot be
 * computed, or not within `patience` milliseconds, is left out.
 */
export async function everyResult(board: Workspace, patience = 60_000): Promise<Record<string, string>> {
  const { list, bindings } = board.session.items.store.getState();
  const ids = shownResults(board).ids();
  await Promise.all(
    list.map(async (item) => {
      if (item.kind !== 'view') return;
      if (item.pinnedResult !== null) ids[item.id] = item.pinnedResult;
      const bound = boundText(item.query, bindings);
      if (ids[item.id] !== undefined || !bound.ok) return;
      const id = await settled(board, bound.text, patience);
      if (id !== null) ids[item.id] = id;
    }),
  );
  return ids;
}

function settled(board: Workspace, text: string, patience: number): Promise<string | null> {
  const opened = board.results.open(text);
  return new Promise((resolve) => {
    const end = (id: string | null) => {
      clearTimeout(timer);
      stop();
      opened.release(false);
      resolve(id);
    };
    const look = () => {
      const state = opened.store.getState();
      if (state.status === 'done') end(state.result.meta.id);
      if (state.status === 'error') end(null);
    };
    const stop = opened.store.subscribe(look);
    const timer = setTimeout(() => end(null), patience);
    look();
  });
}
