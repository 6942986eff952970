/** The board's items as a store: an item that did not change keeps its identity, so that only what changed is drawn again. */
import * as Y from 'yjs';
import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  type BoardItem,
  bindingsOf,
  faultOf,
  itemsOf,
  type Names,
  readBindings,
  readItem,
  readSlices,
  slicesOf,
  type Unreadable,
} from '@/core/board/index.ts';

export interface ItemsState {
  /** In painting order. */
  readonly list: readonly BoardItem[];
  readonly byId: ReadonlyMap<string, BoardItem>;
  /** Items that cannot be shown. */
  readonly unreadable: readonly Unreadable[];
  /** The board's bindings and saved slices. */
  readonly bindings: Names;
}

export interface ItemsStore {
  readonly store: StoreApi<ItemsState>;
  destroy(): void;
}

export function itemsStore(doc: Y.Doc): ItemsStore {
  const items = itemsOf(doc);
  const bindings = bindingsOf(doc);
  const slices = slicesOf(doc);
  const names = (): Names => ({ ...readBindings(doc), slices: readSlices(doc) });
  const all = (): Map<string, BoardItem> => {
    const byId = new Map<string, BoardItem>();
    for (const [id, map] of items.entries()) {
      const item = map instanceof Y.Map ? readItem(id, map) : null;
      if (item) byId.set(id, item);
    }
    return byId;
  };
  const faults = (): Unreadable[] => [...items.entries()].flatMap(([id, map]) => faultOf(id, map) ?? []);
  const first = all();
  const store = createStore<ItemsState>(() => ({
    byId: first,
    list: inOrder(first),
    unreadable: faults(),
    bindings: names(),
  }));

  const onItems = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]) => {
    const changed = new Set<string>();
    for (const event of events) {
      if (event.target === (items as Y.AbstractType<unknown>))
        for (const id of event.changes.keys.keys()) changed.add(id);
      else changed.add(String(event.path[0]));
    }
    const byId = new Map(store.getState().byId);
    for (const id of changed) {
      const map = items.get(id);
      const item = map instanceof Y.Map ? readItem(id, map) : null;
      if (item) byId.set(id, item);
      else byId.delete(id);
    }
    // Only where one is, or was: a board of five hundred sound items is not read again at each change of one.
    const unreadable = byId.size < items.size ? faults() : NONE;
    store.setState({ byId, list: inOrder(byId), unreadable });
  };
  const onBindings = () => store.setState({ bindings: names() });
  items.observeDeep(onItems);
  bindings.observe(onBindings);
  slices.observe(onBindings);
  return {
    store,
    destroy: () => {
      items.unobserveDeep(onItems);
      bindings.unobserve(onBindings);
      slices.unobserve(onBindings);
    },
  };
}

const NONE: readonly Unreadable[] = [];

function inOrder(byId: ReadonlyMap<string, BoardItem>): BoardItem[] {
  return [...byId.values()].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
}
