'use client';
/** How components reach the session: a project's parts by `useProject`, a board's by `useBoard`. */
import { createContext, useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { Problem } from '@/core/algebra/index.ts';
import { type Names, NO_BINDINGS, type View } from '@/core/board/index.ts';
import type { Result } from '@/core/result/index.ts';
import { type Action, may } from '@/core/roles/index.ts';
import { describeError } from './api.ts';
import { type Bound, boundText, problems } from './questions/query-text.ts';
import type { QueryState } from './questions/results.ts';
import type { OpenProject, Workspace } from './workspace.ts';

const ProjectContext = createContext<OpenProject | null>(null);
const BoardContext = createContext<Workspace | null>(null);

export function ProjectProvider({ opened, children }: { opened: OpenProject; children: React.ReactNode }) {
  return <ProjectContext.Provider value={opened}>{children}</ProjectContext.Provider>;
}
export function BoardProvider({ board, children }: { board: Workspace; children: React.ReactNode }) {
  return (
    <ProjectContext.Provider value={board}>
      <BoardContext.Provider value={board}>{children}</BoardContext.Provider>
    </ProjectContext.Provider>
  );
}

export function useProject(): OpenProject {
  const opened = useContext(ProjectContext);
  if (!opened) throw new Error('useProject needs a ProjectProvider above it');
  return opened;
}
export function useBoard(): Workspace {
  const board = useContext(BoardContext);
  if (!board) throw new Error('useBoard needs a BoardProvider above it');
  return board;
}
/** Null on pages of a project that show no board. */
export function useMaybeBoard(): Workspace | null {
  return useContext(BoardContext);
}

export function useMay(action: Action): boolean {
  const board = useMaybeBoard();
  const project = useStore(useProject().data.store, (s) => s.project?.role ?? null);
  const role = useSyncExternalStore(
    (changed) => board?.session.store.subscribe(changed) ?? (() => {}),
    () => board?.session.store.getState().role ?? null,
    () => null,
  );
  return may(board ? role : project, action);
}

const nothing: StoreApi<{ bindings: Names }> = {
  getState: () => ({ bindings: NO_BINDINGS }),
  getInitialState: () => ({ bindings: NO_BINDINGS }),
  setState: () => {},
  subscribe: () => () => {},
};
const BindingsContext = createContext<Names | null>(null);
/** Names for a page without a board. Keep the value's identity while it says the same. */
export function BindingsProvider({ value, children }: { value: Names; children: React.ReactNode }) {
  return <BindingsContext.Provider value={value}>{children}</BindingsContext.Provider>;
}

/** The names of the board, or those that the page gives; none elsewhere. */
export function useBindings(): Names {
  const given = useContext(BindingsContext);
  const board = useMaybeBoard();
  const store: Pick<StoreApi<{ bindings: Names }>, 'getState' | 'getInitialState' | 'subscribe'> = board
    ?.session.items.store ?? nothing;
  const names = useStore(store, (s) => s.bindings);
  return given ?? names;
}

export interface ShownResult {
  readonly bound: Bound;
  /** Null when the query cannot be asked at all: `bound` says why. */
  readonly state: QueryState | null;
  /** What to draw: the answer, or the last one while the next is under way. */
  readonly result: Result | null;
  /** `result` is not the answer to the query as it stands. */
  readonly stale: boolean;
  retry(): void;
  cancel(): void;
}

export interface ViewResult extends ShownResult {
  /** The text that the picture answers. */
  readonly asked: string;
  /** Why the text as it stands now is not asked; what is shown answers the last one that was a question. */
  readonly fault: Problem | null;
}

/** The answer to a query under these names, shared with every view that asks the same. */
export function useQuery(query: string, bindings: Names): ShownResult {
  const { results } = useProject();
  const bound = useMemo(() => boundText(query, bindings), [query, bindings]);
  const text = bound.ok ? bound.text : null;
  const [asked, setAsked] = useState<{ text: string; store: StoreApi<QueryState> } | null>(null);
  // Until this text is asked, the state of the one before is not an answer to it.
  const store = asked?.text === text ? asked.store : null;
  const next = useRef<string | null>(null);
  next.current = text;
  useEffect(() => {
    if (text === null) {
      setAsked(null);
      return;
    }
    const opened = results.open(text);
    setAsked({ text, store: opened.store });
    // A view that goes off screen lets its computation run on; one that asks something else gives it up.
    return () => opened.release(next.current !== text);
  }, [results, text]);
  const state = useSyncExternalStore(
    (changed) => store?.subscribe(changed) ?? (() => {}),
    () => store?.getState() ?? null,
    () => null,
  );
  const last = useRef<Result | null>(null);
  if (state?.status === 'done') last.current = state.result;
  return {
    bound,
    state: text === null ? null : (state ?? LOADING),
    result: last.current,
    stale: state?.status !== 'done',
    retry: () => text !== null && results.retry(text),
    cancel: () => text !== null && results.cancel(text),
  };
}
const LOADING: QueryState = { status: 'loading', done: 0, note: 'waiting', job: null };

/** A stored result by its id, for pinned views and snapshots. */
export function usePinned(id: string | null): QueryState | null {
  const { results } = useProject();
  const [state, setState] = useState<{ id: string; state: QueryState } | null>(null);
  useEffect(() => {
    if (id === null) return;
    let gone = false;
    results.pinned(id).then(
      (result) => !gone && setState({ id, state: { status: 'done', result, cached: true } }),
      (error) => !gone && setState({ id, state: { status: 'error', ...describeError(error) } }),
    );
    return () => {
      gone = true;
    };
  }, [results, id]);
  if (id === null) return null;
  return state?.id === id ? state.state : LOADING;
}

/** After this much quiet a text that was typed in is asked. */
const PAUSE_MS = 400;

/**
 * The text that a view asks: its query, or while that is being written and is no question yet, the last one that was. A
 * text that never was one is asked as it stands, and the answer says what is wrong with it.
 */
function useAsked(view: View, bindings: Names): { readonly text: string; readonly fault: Problem | null } {
  const board = useBoard();
  const { query, id } = view;
  const known = useStore(board.asked, (s) => s[id]);
  const loaded = useStore(board.data.store, (s) => s.loaded);
  const models = useStore(board.data.store, (s) => s.models);
  const datasets = useStore(board.data.store, (s) => s.datasets);
  const other = loaded && known !== undefined && known !== query;
  const wasGood = useMemo(
    () => other && problems(known, bindings, { models, datasets }).length === 0,
    [other, known, bindings, models, datasets],
  );
  const fault = useMemo(
    () => (other ? (problems(query, bindings, { models, datasets })[0] ?? null) : null),
    [other, query, bindings, models, datasets],
  );
  // A name that it speaks of may be gone, and the query says it by another: there is nothing to wait for.
  const renamed = other && !wasGood && fault === null;
  const text = known === undefined || renamed ? query : known;
  useEffect(() => {
    if (known === query || !loaded) return;
    if (known === undefined) return board.ask(id, query);
    if (fault !== null && wasGood) return;
    const pause = setTimeout(() => board.ask(id, query), PAUSE_MS);
    return () => clearTimeout(pause);
  }, [board, id, known, query, fault, loaded, wasGood]);
  return { text, fault };
}

/** What a view shows: its pinned result, else the answer to its query. */
export function useViewResult(view: View): ViewResult {
  const bindings = useBindings();
  const { text, fault } = useAsked(view, bindings);
  const live = useQuery(view.pinnedResult === null ? text : '', bindings);
  const pinned = usePinned(view.pinnedResult);
  const bound = useMemo(() => boundText(view.query, bindings), [view.query, bindings]);
  if (view.pinnedResult === null) return { ...live, fault, asked: text };
  const result = pinned?.status === 'done' ? pinned.result : null;
  return {
    bound,
    state: pinned,
    result,
    stale: false,
    fault: null,
    asked: view.query,
    retry: () => {},
    cancel: () => {},
  };
}
