/** The board's saved slices: what they stand for, and what may be done to them. Every method is one step of undo. */
import type * as Y from 'yjs';
import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  bind,
  bindingsOf,
  LOCAL,
  readSlices,
  removeSlice,
  type Slices,
  setSlice,
  sliceNameProblem,
  slicesOf,
} from '@/core/board/index.ts';
import { may } from '@/core/roles/index.ts';
import type { BoardSession } from '../session/session.ts';
import { renameInViews } from './rename-slice.ts';

/** What is being written in the builder: a slice of the board's, or one that has no name yet. */
export interface SliceDraft {
  /** Name of the saved slice that is changed; null for a new one. */
  readonly name: string | null;
  /** Canonical address of a split or a slice to begin with. */
  readonly address: string;
}

export interface SlicesState {
  readonly slices: Slices;
  /** Open in the builder. */
  readonly draft: SliceDraft | null;
}

export class SliceStore {
  readonly store: StoreApi<SlicesState>;
  private readonly map: Y.Map<unknown>;

  constructor(private readonly session: Pick<BoardSession, 'doc' | 'undo' | 'store'>) {
    this.map = slicesOf(session.doc);
    this.store = createStore(() => ({ slices: readSlices(session.doc), draft: null }));
    this.map.observe(this.read);
  }

  destroy(): void {
    this.map.unobserve(this.read);
  }

  private readonly read = () => this.store.setState({ slices: readSlices(this.session.doc) });

  draft(draft: SliceDraft | null): void {
    if (draft === null || this.allowed) this.store.setState({ draft });
  }

  get allowed(): boolean {
    return may(this.session.store.getState().role, 'edit');
  }

  /** Why it cannot be saved under this name; `own`: the name that it has now. */
  problem(name: string, own: string | null, datasets: readonly string[]): string | null {
    const problem = sliceNameProblem(name, datasets);
    if (problem !== null || name === own) return problem;
    return Object.hasOwn(this.store.getState().slices, name)
      ? `There is a slice ${name} already. Choose another name, or edit that one.`
      : null;
  }

  /**
   * Makes one, or changes the one named `own` and perhaps its name. Where the board's `data` stands for what it was, and
   * where views name it, they follow. Throws UserError('invalid') for a name or an address that cannot be one.
   */
  save(name: string, address: string, own: string | null = null): void {
    if (!this.allowed) return;
    const { doc } = this.session;
    const before = own === null ? undefined : this.store.getState().slices[own];
    this.step(() => {
      setSlice(doc, name, address);
      if (own !== null && own !== name) {
        removeSlice(doc, own);
        renameInViews(doc, own, name);
      }
      const after = readSlices(doc)[name];
      if (before !== undefined && after !== undefined && bindingsOf(doc).get('data') === before)
        bind(doc, 'data', after);
    });
  }

  /** Several at once. */
  saveAll(slices: Slices): void {
    if (!this.allowed) return;
    this.step(() => {
      for (const [name, address] of Object.entries(slices)) setSlice(this.session.doc, name, address);
    });
  }

  /** Views that name it say that it is not bound, until it is undone or named again. */
  remove(name: string): void {
    if (this.allowed) this.step(() => removeSlice(this.session.doc, name));
  }

  /** The first of `hard`, `hard-2`, `hard-3`, ... that is free. */
  freeName(wish: string, datasets: readonly string[]): string {
    for (let n = 1; ; n++) {
      const name = n === 1 ? wish : `${wish}-${n}`;
      if (this.problem(name, null, datasets) === null) return name;
    }
  }

  private step(change: () => void): void {
    const { undo, doc } = this.session;
    undo.stopCapturing();
    doc.transact(change, LOCAL);
    undo.stopCapturing();
  }
}
