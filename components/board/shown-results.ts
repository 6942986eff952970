/** What each view of a board shows now: a snapshot pins these results (rule H1), exports and details read them. */
import type { Result } from '@/core/result/index.ts';
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
