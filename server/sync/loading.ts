/** Reads a board from the journal (rules S1, S8). */
import * as Y from 'yjs';
import type { Journal } from './contract.ts';

export interface Loaded {
  readonly doc: Y.Doc;
  /** Rows of the journal after the snapshot, in order. */
  readonly rows: number[];
  readonly bytes: number;
}

/** A stored row that does not apply is quarantined and left out; the rest of the board is served. */
export async function loadDocument(
  journal: Pick<Journal, 'load' | 'quarantine'>,
  boardId: string,
  onBadRow: (seq: number, reason: string) => void,
): Promise<Loaded> {
  const { state, updates } = await journal.load(boardId);
  const bad = new Set<number>();
  for (;;) {
    const doc = new Y.Doc();
    if (state) Y.applyUpdate(doc, state);
    const failed = updates.find(({ seq, update }) => !bad.has(seq) && !applies(doc, update));
    if (!failed) {
      const bytes = updates.reduce((sum, { update }) => sum + update.length, state?.length ?? 0);
      return { doc, rows: updates.map(({ seq }) => seq), bytes };
    }
    // An update that failed half way may have left something behind: begin again without it.
    doc.destroy();
    bad.add(failed.seq);
    const reason = `stored row ${failed.seq} does not apply`;
    onBadRow(failed.seq, reason);
    await journal.quarantine(boardId, { update: failed.update, userId: null, reason });
  }
}

function applies(doc: Y.Doc, update: Uint8Array): boolean {
  try {
    Y.decodeUpdate(update);
    Y.applyUpdate(doc, update);
    return true;
  } catch {
    return false;
  }
}

/** Tries until it succeeds or `forMs` have passed; then throws the last error. A try that hangs counts as failed. */
export async function persist<T>(attempt: () => Promise<T>, forMs: number): Promise<T> {
  const end = performance.now() + forMs;
  for (let wait = 50; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      return await within(attempt(), Math.max(1, end - performance.now()));
    } catch (error) {
      if (performance.now() + wait >= end) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** Rejects when `work` has not ended after `ms`. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${Math.round(ms)} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
