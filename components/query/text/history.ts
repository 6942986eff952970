/** The queries that this person ran in a project, newest first, kept in this browser. */
import { z } from 'zod';
import { MAX_TEXT } from '@/core/address/index.ts';

const historySchema = z.array(z.string().min(1).max(MAX_TEXT)).max(1000);
const MAX_HISTORY = 100;
const keyOf = (project: string): string => `interlayer.queries.${project}`;

/** Storage may be closed to this page or full: a history is a convenience, never a failure. */
export function historyOf(project: string, storage: Pick<Storage, 'getItem'> = localStorage): string[] {
  try {
    const parsed = historySchema.safeParse(JSON.parse(storage.getItem(keyOf(project)) ?? '[]'));
    return parsed.success ? parsed.data : [];
  } catch {
    return [];
  }
}

/** A query that was run before moves to the front. */
export function remember(
  project: string,
  query: string,
  storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage,
): void {
  const text = query.trim();
  if (text === '') return;
  const rest = historyOf(project, storage).filter((old) => old !== text);
  try {
    storage.setItem(keyOf(project), JSON.stringify([text, ...rest].slice(0, MAX_HISTORY)));
  } catch {
    // Nothing is lost but the convenience.
  }
}

/** Those that hold every word of the search, in order. */
export function searched(history: readonly string[], search: string): string[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return history.filter((query) => words.every((word) => query.toLowerCase().includes(word)));
}

/** Steps through a history from a text of one's own, and back to it. */
export class HistoryWalk {
  private at = -1;
  private own = '';

  constructor(private readonly history: readonly string[]) {}

  /** The text `by` steps further into the past (1) or back (-1); null where there is none. */
  step(by: 1 | -1, current: string): string | null {
    const next = this.at + by;
    if (next < -1 || next >= this.history.length) return null;
    if (this.at === -1) this.own = current;
    this.at = next;
    return next === -1 ? this.own : (this.history[next] ?? null);
  }
}
