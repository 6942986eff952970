/**
 * The only code that knows the Yjs structure of a board.
 *
 *   doc.getMap('items')     id -> Y.Map { kind, frame, locked, group, order, createdBy, version,
 *                                         query: Y.Text, lens, options, pinnedResult   (views)
 *                                         text: Y.Text, color                          (notes) }
 *   doc.getMap('board')     version                                         (version.ts)
 *   doc.getMap('bindings')  f, x, x', data, class
 *   doc.getMap('slices')    name -> canonical address of a slice            (slices.ts)
 *   doc.getMap('marks')     canonical address of an example -> { by, note } (marks.ts)
 *
 * An item that cannot be read (of a peer of another version, of a hostile client) is never thrown on and never left out:
 * `faultOf` says what is wrong with it (unreadable.ts), and copies take along all that is stored of it (kept.ts).
 */
import * as Y from 'yjs';
import { ITEM_VERSION, parsedItem } from './items.ts';
import { keptOf, madeAgain } from './kept.ts';
import { LOCAL } from './local.ts';
import { marksOf, readMarks } from './marks.ts';
import { readSlices, slicesOf } from './slices.ts';
import {
  type Bindings,
  type BoardContent,
  type BoardItem,
  bindingsSchema,
  CANVAS,
  type Frame,
  LARGEST,
  NO_BINDINGS,
  type Unreadable,
  type UnreadableItem,
} from './types.ts';
import { faultIn, noItem } from './unreadable.ts';
import { markVersion } from './version.ts';

export type ItemMap = Y.Map<unknown>;
export const itemsOf = (doc: Y.Doc): Y.Map<ItemMap> => doc.getMap<ItemMap>('items');
export const bindingsOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('bindings');

export function addItem(doc: Y.Doc, item: BoardItem, origin: unknown = LOCAL): void {
  doc.transact(() => {
    const map: ItemMap = new Y.Map();
    const fields = { ...item, frame: onCanvas(item.frame), version: ITEM_VERSION };
    for (const [key, value] of Object.entries(fields))
      if (key !== 'id') map.set(key, key === 'query' || key === 'text' ? new Y.Text(String(value)) : value);
    itemsOf(doc).set(item.id, map);
    markVersion(doc);
  }, origin);
}

/** Null where there is none, and where what is there is no item. */
function mapOf(doc: Y.Doc, id: string): ItemMap | null {
  const map: unknown = itemsOf(doc).get(id);
  return map instanceof Y.Map ? map : null;
}

/** What an item holds, its texts as text. It is called what it is called on the board, whatever it says itself. */
function rawItem(id: string, map: ItemMap): Record<string, unknown> {
  const raw = new Map<string, unknown>();
  for (const [key, value] of map.entries()) raw.set(key, value instanceof Y.Text ? value.toString() : value);
  return Object.fromEntries(raw.set('id', id));
}

export const readItem = (id: string, map: ItemMap): BoardItem | null => parsedItem(rawItem(id, map)).item;

/** Null for an item that can be read. */
export function faultOf(id: string, map: unknown): Unreadable | null {
  if (map instanceof Y.Map) return faultIn(id, rawItem(id, map));
  return noItem(id, map instanceof Y.AbstractType ? map.toJSON() : map);
}

/** All that cannot be read, with what is stored of it. */
export function readUnreadable(doc: Y.Doc): UnreadableItem[] {
  return [...itemsOf(doc).entries()].flatMap(([id, map]) => {
    const fault = faultOf(id, map);
    return fault ? [{ ...fault, kept: keptOf(map) }] : [];
  });
}

/** Brings an item that lies outside the canvas back to a place where it is seen. */
export function replaceItem(
  doc: Y.Doc,
  id: string,
  frame: Frame,
  order: number,
  origin: unknown = LOCAL,
): void {
  doc.transact(() => {
    const map = mapOf(doc, id);
    map?.set('frame', frame);
    map?.set('order', order);
  }, origin);
}

/** The nearest frame that lies on the canvas. */
export function onCanvas({ x, y, w, h }: Frame): Frame {
  const near = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
  return {
    ...{ x: near(x, -CANVAS, CANVAS), y: near(y, -CANVAS, CANVAS) },
    ...{ w: near(w, 1, LARGEST), h: near(h, 1, LARGEST) },
  };
}

/** All items in painting order. */
export function readItems(doc: Y.Doc): BoardItem[] {
  const items: BoardItem[] = [];
  for (const [id, map] of itemsOf(doc).entries()) {
    const item = map instanceof Y.Map ? readItem(id, map) : null;
    if (item) items.push(item);
  }
  return items.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
}

/** One that is damaged is none; the others hold. */
export function readBindings(doc: Y.Doc): Bindings {
  const map = bindingsOf(doc);
  const read = <K extends keyof Bindings>(key: K): Bindings => {
    const parsed = bindingsSchema.safeParse({ ...NO_BINDINGS, [key]: map.get(key) ?? null });
    return parsed.success ? parsed.data : NO_BINDINGS;
  };
  return {
    ...{ f: read('f').f, x: read('x').x, "x'": read("x'")["x'"] },
    ...{ data: read('data').data, class: read('class').class },
  };
}

export function readBoard(doc: Y.Doc): BoardContent {
  const unreadable = readUnreadable(doc);
  return {
    items: readItems(doc),
    ...(unreadable.length === 0 ? {} : { unreadable }),
    bindings: readBindings(doc),
    slices: readSlices(doc),
    marks: readMarks(doc),
  };
}

/** Several frames as one step of undo. */
export function setFrames(
  doc: Y.Doc,
  frames: Readonly<Record<string, Frame>>,
  origin: unknown = LOCAL,
): void {
  doc.transact(() => {
    for (const [id, frame] of Object.entries(frames)) mapOf(doc, id)?.set('frame', onCanvas(frame));
  }, origin);
}

export function setProperty<
  K extends 'locked' | 'group' | 'order' | 'lens' | 'options' | 'pinnedResult' | 'color',
>(doc: Y.Doc, ids: readonly string[], key: K, value: unknown, origin: unknown = LOCAL): void {
  doc.transact(() => {
    for (const id of ids) mapOf(doc, id)?.set(key, value);
  }, origin);
}

export function removeItems(doc: Y.Doc, ids: readonly string[], origin: unknown = LOCAL): void {
  doc.transact(() => {
    for (const id of ids) itemsOf(doc).delete(id);
  }, origin);
}

/** The collaborative text of a note, or of a view's query. */
export function textOf(doc: Y.Doc, id: string): Y.Text | null {
  const map = mapOf(doc, id);
  const text = map?.get(map.get('kind') === 'note' ? 'text' : 'query');
  return text instanceof Y.Text ? text : null;
}

/** One change in one place of a text: `remove` characters at `index` make way for `insert`. */
export interface Splice {
  readonly index: number;
  readonly remove: number;
  readonly insert: string;
}

/** The smallest single splice that makes `next` of `old`. */
export function spliceBetween(old: string, next: string): Splice {
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start++;
  let end = 0;
  while (end < old.length - start && end < next.length - start && old.at(-1 - end) === next.at(-1 - end))
    end++;
  return { index: start, remove: old.length - start - end, insert: next.slice(start, next.length - end) };
}

export function spliceText(
  doc: Y.Doc,
  text: Y.Text,
  { index, remove, insert }: Splice,
  origin: unknown = LOCAL,
): void {
  doc.transact(() => {
    if (remove > 0) text.delete(index, remove);
    if (insert !== '') text.insert(index, insert);
  }, origin);
}

/** Replaces text by the smallest single splice, so that others' cursors and edits beside it survive. */
export function replaceText(doc: Y.Doc, text: Y.Text, next: string, origin: unknown = LOCAL): void {
  spliceText(doc, text, spliceBetween(text.toString(), next), origin);
}

export function bind<K extends keyof Bindings>(
  doc: Y.Doc,
  key: K,
  value: Bindings[K],
  origin: unknown = LOCAL,
): void {
  doc.transact(() => bindingsOf(doc).set(key, value), origin);
}

/** A document with this content, as one update: for seeding, import and restore. */
export function boardUpdate(content: BoardContent): Uint8Array {
  const doc = new Y.Doc();
  for (const item of content.items) addItem(doc, item);
  doc.transact(() => fill(doc, content));
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return update;
}

/** Makes `doc` show `content` by forward edits (rule H3): live peers converge and history is kept. */
export function restoreBoard(doc: Y.Doc, content: BoardContent, origin: unknown = LOCAL): void {
  doc.transact(() => {
    removeItems(doc, [...itemsOf(doc).keys()], origin);
    for (const item of content.items) addItem(doc, item, origin);
    fill(doc, content);
  }, origin);
}

/** All but the items that can be read as in `content`; what is so already is not written again. */
function fill(doc: Y.Doc, { unreadable = [], bindings, slices, marks }: BoardContent): void {
  markVersion(doc);
  const items: Y.Map<unknown> = doc.getMap('items');
  for (const { id, kept } of unreadable) items.set(id, madeAgain(kept));
  for (const [key, value] of Object.entries(bindings)) bindingsOf(doc).set(key, value);
  become(slicesOf(doc), slices);
  become(marksOf(doc), marks);
}

function become(map: Y.Map<unknown>, content: Readonly<Record<string, unknown>>): void {
  for (const key of [...map.keys()]) if (!Object.hasOwn(content, key)) map.delete(key);
  for (const [key, value] of Object.entries(content))
    if (JSON.stringify(map.get(key)) !== JSON.stringify(value)) map.set(key, value);
}
