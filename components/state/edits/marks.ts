/** The examples that people marked on this board. Every method is one step of undo. */
import type * as Y from 'yjs';
import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  isExample,
  LOCAL,
  type Mark,
  markExamples,
  marksOf,
  readMark,
  unmarkExamples,
} from '@/core/board/index.ts';
import { may } from '@/core/roles/index.ts';
import type { BoardSession } from '../session/session.ts';

/** A board holds so many marks at most: beyond, a slice says better what is meant. */
export const MAX_MARKS = 20_000;

export interface MarksState {
  readonly marks: ReadonlyMap<string, Mark>;
  /** Their addresses: what lenses look up. */
  readonly marked: ReadonlySet<string>;
}

export class MarkStore {
  readonly store: StoreApi<MarksState>;
  /** On this page, the list of marks is shown in the place of the details. */
  readonly panel: StoreApi<{ readonly shown: boolean }> = createStore(() => ({ shown: false }));
  private readonly map: Y.Map<unknown>;

  constructor(private readonly session: Pick<BoardSession, 'doc' | 'undo' | 'store'>) {
    this.map = marksOf(session.doc);
    const marks = new Map<string, Mark>();
    for (const [address, value] of this.map.entries()) keep(marks, address, value);
    this.store = createStore(() => ({ marks, marked: new Set(marks.keys()) }));
    this.map.observe(this.change);
  }

  destroy(): void {
    this.map.unobserve(this.change);
  }

  /** Only what changed is read again: there may be thousands. */
  private readonly change = (event: Y.YMapEvent<unknown>) => {
    const marks = new Map(this.store.getState().marks);
    for (const address of event.keysChanged) keep(marks, address, this.map.get(address));
    this.store.setState({ marks, marked: new Set(marks.keys()) });
  };

  get allowed(): boolean {
    return may(this.session.store.getState().role, 'edit');
  }

  /** How many were marked that were not before. */
  mark(addresses: readonly string[], note?: string): number {
    if (!this.allowed) return 0;
    const { marks } = this.store.getState();
    const fresh = [...new Set(addresses)].filter((address) => !marks.has(address) && isExample(address));
    const room = fresh.slice(0, Math.max(0, MAX_MARKS - marks.size));
    const by = this.session.store.getState().user?.id ?? '';
    if (room.length > 0)
      this.step(() => markExamples(this.session.doc, room, { by, ...(note ? { note } : {}) }));
    return room.length;
  }

  unmark(addresses: readonly string[]): void {
    const { marks } = this.store.getState();
    const marked = addresses.filter((address) => marks.has(address));
    if (this.allowed && marked.length > 0) this.step(() => unmarkExamples(this.session.doc, marked));
  }

  /** Marks them, or takes the marks away where all have one. */
  toggle(addresses: readonly string[]): void {
    const { marks } = this.store.getState();
    if (addresses.length > 0 && addresses.every((address) => marks.has(address))) this.unmark(addresses);
    else this.mark(addresses);
  }

  clear(): void {
    this.unmark([...this.store.getState().marks.keys()]);
  }

  private step(change: () => void): void {
    const { undo, doc } = this.session;
    undo.stopCapturing();
    doc.transact(change, LOCAL);
    undo.stopCapturing();
  }
}

function keep(marks: Map<string, Mark>, address: string, value: unknown): void {
  const mark = readMark(address, value);
  if (mark) marks.set(address, mark);
  else marks.delete(address);
}
