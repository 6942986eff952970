/**
 * Undo of one person's edits only (rule B2).
 *
 * Yjs leaves a key empty when an undone value lies over someone else's simultaneous one, and when a deleted item that
 * someone changed meanwhile is brought back: the value before is theirs to take back, so none is put there. A view
 * without a frame cannot be read and would be gone from the board. Such keys get the value that was last seen, within
 * the same step, so that redo takes it away again.
 */
import * as Y from 'yjs';
import { bindingsOf, type ItemMap, itemsOf } from './document.ts';
import { LOCAL } from './local.ts';
import { marksOf } from './marks.ts';
import { slicesOf } from './slices.ts';

type LastSeen = Map<string, unknown>;

class BoardUndo extends Y.UndoManager {
  readonly #items: Y.Map<ItemMap>;
  /** By item, its keys' last values; texts as strings. Deleted items stay, since undo may bring them back. */
  readonly #seen = new Map<string, LastSeen>();

  constructor(doc: Y.Doc) {
    super([itemsOf(doc), bindingsOf(doc), slicesOf(doc), marksOf(doc)], {
      trackedOrigins: new Set([LOCAL]),
      captureTimeout: 300,
    });
    // Redo may refer to what was collected meanwhile, and Yjs then throws (fuzz seeds 461 and 2992).
    doc.gc = false;
    this.#items = itemsOf(doc);
    for (const [id, item] of this.#items) this.#remember(id, item);
    this.#items.observeDeep(this.#onChange);
  }

  override undo(): ReturnType<Y.UndoManager['undo']> {
    return this.#step('undoing', () => super.undo());
  }

  override redo(): ReturnType<Y.UndoManager['redo']> {
    return this.#step('redoing', () => super.redo());
  }

  override destroy(): void {
    this.#items.unobserveDeep(this.#onChange);
    super.destroy();
  }

  /** Pops a step and repairs in one transaction; the flag must stand until that has ended, as Yjs files it by it. */
  #step<T>(flag: 'undoing' | 'redoing', pop: () => T): T {
    try {
      return this.doc.transact(() => {
        const popped = pop();
        this[flag] = true;
        this.#repair();
        return popped;
      }, this);
    } finally {
      this[flag] = false;
    }
  }

  #repair(): void {
    for (const [id, item] of this.#items)
      for (const [key, value] of this.#seen.get(id) ?? [])
        if (item instanceof Y.Map && !item.has(key))
          item.set(key, isText(key) && typeof value === 'string' ? new Y.Text(value) : value);
  }

  readonly #onChange = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    for (const event of events) {
      const [id] = event.path;
      const ids = typeof id === 'string' ? [id] : event.changes.keys.keys();
      for (const changed of ids) this.#remember(changed, this.#items.get(changed));
    }
  };

  #remember(id: string, item: unknown): void {
    if (!(item instanceof Y.Map)) return;
    const seen: LastSeen = this.#seen.get(id) ?? new Map<string, unknown>();
    for (const [key, value] of item.entries())
      seen.set(key, value instanceof Y.Text ? value.toString() : value);
    this.#seen.set(id, seen);
  }
}

/** Undo of this person's edits only: those made with the origin LOCAL. */
export const undoManager = (doc: Y.Doc): Y.UndoManager => new BoardUndo(doc);

/** Keys that hold a collaborative text. */
const isText = (key: string): boolean => key === 'query' || key === 'text';
