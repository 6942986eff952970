/** What a person may do to the board's document. Every method is one step of undo, and nothing without the right to edit. */
import { z } from 'zod';
import {
  addItem,
  type Bindings,
  type BoardItem,
  bind,
  type Frame,
  itemsOf,
  LOCAL,
  noteSchema,
  removeItems,
  replaceItem,
  replaceText,
  type Splice,
  setFrames,
  setProperty,
  spliceText,
  textOf,
  viewSchema,
} from '@/core/board/index.ts';
import { may } from '@/core/roles/index.ts';
import type { BoardSession } from '../session/session.ts';
import { type Alignment, align, bounds, distribute, freePlace, GAP } from './geometry.ts';
import { newId } from './ids.ts';

/** What copy writes and paste reads; text of another kind is left to others. */
const clipSchema = z.object({
  interlayer: z.literal('board-items'),
  items: z
    .array(z.union([viewSchema, noteSchema]))
    .min(1)
    .max(500),
});
/** Of an item that is brought back from outside the canvas. */
const VIEW_SIZE = { w: 320, h: 240 } as const;
export const NOTE_SIZE = { w: 240, h: 160 } as const;

type Point = { readonly x: number; readonly y: number };

export class BoardEdits {
  constructor(private readonly session: BoardSession) {}

  get allowed(): boolean {
    return may(this.session.store.getState().role, 'edit');
  }

  private get items(): readonly BoardItem[] {
    return this.session.items.store.getState().list;
  }
  private chosen(ids: readonly string[], withLocked = false): BoardItem[] {
    const { byId } = this.session.items.store.getState();
    return ids.flatMap((id) => {
      const item = byId.get(id);
      return item && (withLocked || !item.locked) ? [item] : [];
    });
  }
  private frames(ids: readonly string[]): Record<string, Frame> {
    return Object.fromEntries(this.chosen(ids).map((item) => [item.id, item.frame]));
  }
  /** Where something lies, shown or not. */
  private taken(): Frame[] {
    const { list, unreadable } = this.session.items.store.getState();
    return [...list, ...unreadable].flatMap(({ frame }) => frame ?? []);
  }
  private top(): number {
    return this.items.reduce((max, item) => Math.max(max, item.order), 0) + 1;
  }
  private author(): string {
    return this.session.store.getState().user?.id ?? '';
  }

  /** In the nearest free place; null when this person may not edit. */
  addView(view: {
    query: string;
    near: Point;
    size: { readonly w: number; readonly h: number };
    lens?: string;
  }): string | null {
    if (!this.allowed) return null;
    const id = newId();
    this.step(() =>
      addItem(this.session.doc, {
        id,
        kind: 'view',
        frame: freePlace(view.size, view.near, this.taken()),
        locked: false,
        group: null,
        order: this.top(),
        createdBy: this.author(),
        query: view.query,
        lens: view.lens ?? 'auto',
        options: {},
        pinnedResult: null,
      }),
    );
    return id;
  }

  addNote(near: Point, text = ''): string | null {
    if (!this.allowed) return null;
    const id = newId();
    this.step(() =>
      addItem(this.session.doc, {
        id,
        kind: 'note',
        frame: freePlace(NOTE_SIZE, near, this.taken()),
        locked: false,
        group: null,
        order: this.top(),
        createdBy: this.author(),
        text,
        color: 0,
      }),
    );
    return id;
  }

  /** As text for the clipboard; null when nothing is chosen. */
  copy(ids: readonly string[]): string | null {
    const items = this.chosen(ids, true);
    return items.length === 0 ? null : JSON.stringify({ interlayer: 'board-items', items });
  }

  /** New ids and groups, moved so that their bounds start at `at`. Null when the text is none of ours. */
  paste(text: string, at: Point): string[] | null {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return null;
    }
    const parsed = clipSchema.safeParse(json);
    return parsed.success ? this.place(parsed.data.items, at) : null;
  }

  /** Beside the originals. */
  duplicate(ids: readonly string[]): string[] {
    const items = this.chosen(ids, true);
    const around = bounds(items.map((i) => i.frame));
    if (!around) return [];
    const room = freePlace(
      { w: around.w, h: around.h },
      { x: around.x + around.w + GAP, y: around.y },
      this.taken(),
    );
    return this.place(items, room);
  }

  private place(items: readonly BoardItem[], at: Point): string[] {
    const around = bounds(items.map((i) => i.frame));
    if (!this.allowed || !around) return [];
    const groups = new Map<string, string>();
    const groupOf = (old: string | null): string | null => {
      if (old === null) return null;
      const known = groups.get(old) ?? newId();
      groups.set(old, known);
      return known;
    };
    let order = this.top();
    const copies = [...items]
      .sort((a, b) => a.order - b.order)
      .map(
        (item): BoardItem => ({
          ...item,
          id: newId(),
          group: groupOf(item.group),
          locked: false,
          order: order++,
          createdBy: this.author(),
          frame: { ...item.frame, x: item.frame.x - around.x + at.x, y: item.frame.y - around.y + at.y },
        }),
      );
    this.step(() => {
      for (const copy of copies) addItem(this.session.doc, copy);
    });
    return copies.map((c) => c.id);
  }

  /** Locked items stay. */
  remove(ids: readonly string[]): void {
    const gone = this.chosen(ids).map((i) => i.id);
    if (this.allowed && gone.length > 0) this.step(() => removeItems(this.session.doc, gone));
  }

  /** An item that others removed, as it was, on top of the rest. */
  putBack(item: BoardItem): void {
    if (this.allowed)
      this.step(() => addItem(this.session.doc, { ...item, id: newId(), group: null, order: this.top() }));
  }

  /** Items that nobody can see, and so cannot select. */
  removeUnreadable(ids: readonly string[]): void {
    if (this.allowed && ids.length > 0) this.step(() => removeItems(this.session.doc, ids));
  }

  /** Items that lie outside the canvas, one below the other from `at` on. */
  bringBack(ids: readonly string[], at: Point): void {
    if (!this.allowed || ids.length === 0) return;
    let order = this.top();
    this.step(() => {
      for (const [row, id] of ids.entries()) {
        const frame = { x: at.x, y: at.y + row * (VIEW_SIZE.h + GAP), ...VIEW_SIZE };
        replaceItem(this.session.doc, id, frame, order++);
      }
    });
  }

  move(frames: Readonly<Record<string, Frame>>): void {
    const { byId } = this.session.items.store.getState();
    const changed = Object.fromEntries(
      Object.entries(frames).filter(([id, f]) => {
        const item = byId.get(id);
        return item && !item.locked && !sameFrame(item.frame, f);
      }),
    );
    if (this.allowed && Object.keys(changed).length > 0)
      this.step(() => setFrames(this.session.doc, changed));
  }
  nudge(ids: readonly string[], dx: number, dy: number): void {
    const moved = Object.entries(this.frames(ids)).map(([id, f]) => [id, { ...f, x: f.x + dx, y: f.y + dy }]);
    this.move(Object.fromEntries(moved));
  }
  align(ids: readonly string[], how: Alignment): void {
    this.move(align(this.frames(ids), how));
  }
  distribute(ids: readonly string[], axis: 'x' | 'y'): void {
    this.move(distribute(this.frames(ids), axis));
  }

  setLocked(ids: readonly string[], locked: boolean): void {
    if (this.allowed) this.step(() => setProperty(this.session.doc, ids, 'locked', locked));
  }
  group(ids: readonly string[]): void {
    if (this.allowed && ids.length > 1) this.step(() => setProperty(this.session.doc, ids, 'group', newId()));
  }
  ungroup(ids: readonly string[]): void {
    if (this.allowed) this.step(() => setProperty(this.session.doc, ids, 'group', null));
  }
  /** Ids with everything that is grouped with them. */
  withGroups(ids: readonly string[]): string[] {
    const groups = new Set(this.chosen(ids, true).flatMap((i) => (i.group === null ? [] : [i.group])));
    if (groups.size === 0) return [...ids];
    const more = this.items.filter((i) => i.group !== null && groups.has(i.group)).map((i) => i.id);
    return [...new Set([...ids, ...more])];
  }

  /** Above or below everything else, keeping the order among the chosen. */
  restack(ids: readonly string[], to: 'front' | 'back'): void {
    const chosen = this.chosen(ids, true).sort((a, b) => a.order - b.order);
    if (!this.allowed || chosen.length === 0) return;
    const lowest = this.items.reduce((min, item) => Math.min(min, item.order), 0);
    const first = to === 'front' ? this.top() : lowest - chosen.length;
    this.step(() =>
      this.session.doc.transact(() => {
        for (const [i, item] of chosen.entries())
          setProperty(this.session.doc, [item.id], 'order', first + i);
      }, LOCAL),
    );
  }

  setQuery(id: string, text: string): void {
    const target = textOf(this.session.doc, id);
    if (this.allowed && target) this.step(() => replaceText(this.session.doc, target, text));
  }
  /** Keystrokes in a note: those within 300 ms are one step. */
  typeNote(id: string, splice: Splice): void {
    const target = textOf(this.session.doc, id);
    if (this.allowed && target) spliceText(this.session.doc, target, splice);
  }
  setLens(id: string, lens: string): void {
    if (!this.allowed) return;
    this.step(() =>
      this.session.doc.transact(() => {
        setProperty(this.session.doc, [id], 'lens', lens);
        setProperty(this.session.doc, [id], 'options', {});
      }, LOCAL),
    );
  }
  setOption(id: string, key: string, value: string | number | boolean): void {
    const item = this.session.items.store.getState().byId.get(id);
    if (this.allowed && item?.kind === 'view')
      this.step(() => setProperty(this.session.doc, [id], 'options', { ...item.options, [key]: value }));
  }
  pin(id: string, result: string | null): void {
    if (this.allowed) this.step(() => setProperty(this.session.doc, [id], 'pinnedResult', result));
  }
  setNoteColor(ids: readonly string[], color: number): void {
    const notes = this.chosen(ids)
      .filter((i) => i.kind === 'note')
      .map((i) => i.id);
    if (this.allowed && notes.length > 0)
      this.step(() => setProperty(this.session.doc, notes, 'color', color));
  }
  /** A choice that follows from selecting is not a step of undo. */
  bind<K extends keyof Bindings>(key: K, value: Bindings[K], undoable = true): void {
    if (!this.allowed || this.session.items.store.getState().bindings[key] === value) return;
    if (undoable) this.step(() => bind(this.session.doc, key, value));
    else bind(this.session.doc, key, value, 'selection');
  }

  undo(): void {
    if (this.allowed) this.session.undo.undo();
  }
  redo(): void {
    if (this.allowed) this.session.undo.redo();
  }
  has(id: string): boolean {
    return itemsOf(this.session.doc).has(id);
  }

  private step(change: () => void): void {
    this.session.undo.stopCapturing();
    change();
    this.session.undo.stopCapturing();
  }
}

export function sameFrame(a: Frame, b: Frame): boolean {
  return a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;
}
