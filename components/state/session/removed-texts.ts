/**
 * Texts that this person wrote in and that somebody else removed before they were saved. A removal wins over what was
 * written in the removed item, as the document's rules say; but nothing that was written vanishes without a word (rule
 * S8): it is kept here, and offered back.
 */
import * as Y from 'yjs';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type BoardItem, itemsOf, readItem } from '@/core/board/index.ts';

export interface RemovedTexts {
  readonly removed: readonly BoardItem[];
}

/** An item as it was read, and which of all that bore its id: a board that is restored has others under the same ids. */
export type WrittenItem = BoardItem & { readonly place: string };

export class RemovedTextsWatch {
  readonly store: StoreApi<RemovedTexts> = createStore<RemovedTexts>(() => ({ removed: [] }));
  /** Items whose text was written here and is not confirmed, as they were last read. */
  private readonly written = new Map<string, WrittenItem>();

  constructor(
    private readonly doc: Y.Doc,
    /** True for changes that come from others. */
    private readonly isRemote: (origin: unknown) => boolean,
  ) {
    itemsOf(doc).observeDeep(this.look);
  }

  destroy(): void {
    itemsOf(this.doc).unobserveDeep(this.look);
  }

  /** What a change of this page wrote. */
  writtenBy(ids: Iterable<string>): WrittenItem[] {
    return [...ids].flatMap((id) => this.written.get(id) ?? []);
  }

  /** All that was written is durable: what is removed from now on was there to be seen. */
  confirmed(): void {
    this.written.clear();
  }

  /** Of an earlier page, on a document in step with the server: what is not there any more was removed meanwhile. */
  recall(items: readonly WrittenItem[]): void {
    const latest = new Map(items.map((item) => [item.id, item]));
    this.offer([...latest.values()].filter(({ id, place }) => placeOf(itemsOf(this.doc).get(id)) !== place));
  }

  /** Put back, copied or let go: no longer offered. */
  settle(id: string): void {
    const { removed } = this.store.getState();
    this.store.setState({ removed: removed.filter((item) => item.id !== id) });
  }

  private offer(written: readonly WrittenItem[]): void {
    if (written.length === 0) return;
    const items = written.map(({ place: _, ...item }) => item);
    const { removed } = this.store.getState();
    const ids = new Set(items.map(({ id }) => id));
    this.store.setState({ removed: [...removed.filter(({ id }) => !ids.has(id)), ...items] });
  }

  private readonly look = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[], change: Y.Transaction) => {
    const remote = this.isRemote(change.origin);
    const items = itemsOf(this.doc);
    for (const event of events) {
      if (event.target === (items as Y.AbstractType<unknown>)) {
        // An item that another has taken the place of is gone, too.
        const gone = [...event.changes.keys].flatMap(([id, { action }]) => (action === 'add' ? [] : [id]));
        if (remote) this.offer(this.writtenBy(gone));
        for (const id of gone) this.written.delete(id);
        continue;
      }
      const id = String(event.path[0]);
      // What others write in the same text belongs to what is offered back.
      if (!(event.target instanceof Y.Text) || (remote && !this.written.has(id))) continue;
      const map = items.get(id);
      const item = map instanceof Y.Map ? readItem(id, map) : null;
      if (item) this.written.set(id, { ...item, place: placeOf(map) });
    }
  };
}

function placeOf(map: { readonly _item: Y.Item | null } | undefined): string {
  const id = map?._item?.id;
  return id ? `${id.client}:${id.clock}` : '';
}
