/** A snapshot's board as it was, in the order of the walk. */
import { z } from 'zod';
import {
  type BoardItem,
  bindingsSchema,
  type Frame,
  faultIn,
  frameSchema,
  marksSchema,
  type Names,
  NO_BINDINGS,
  type Note,
  parsedItem,
  slicesSchema,
  type Unreadable,
  type View,
} from '@/core/board/index.ts';

const unreadableSchema = z.object({
  ...{ id: z.string(), why: z.string(), misplaced: z.boolean() },
  ...{ frame: frameSchema.nullable(), text: z.string() },
});
const contentSchema = z.object({
  items: z.array(z.unknown()),
  unreadable: z.array(unreadableSchema).catch([]),
  bindings: bindingsSchema.catch(NO_BINDINGS),
  slices: slicesSchema.catch({}),
  marks: marksSchema.catch({}),
});

export interface ReviewStep {
  readonly view: View;
  /** Notes that belong to the view: those nearest to it, and those beside it in its row. */
  readonly notes: readonly Note[];
  /** Items that cannot be shown, nearest to it. */
  readonly unreadable: readonly Unreadable[];
}
export interface SavedBoard {
  readonly bindings: Names;
  readonly items: readonly BoardItem[];
  readonly steps: readonly ReviewStep[];
  /** On a board without views. */
  readonly loose: readonly Note[];
  /** Addresses of the examples that were marked. */
  readonly marked: ReadonlySet<string>;
  /** Items that cannot be shown, and lie at no view. */
  readonly apart: readonly Unreadable[];
  /** All that cannot be shown. */
  readonly unreadable: readonly Unreadable[];
}

export function savedBoard(content: unknown): SavedBoard {
  const parsed = contentSchema.safeParse(content);
  const raw = (parsed.success ? parsed.data.items : []).map((item, i) => readOne(item, `item ${i + 1}`));
  const items = raw.flatMap(({ item }) => item ?? []);
  // What the server could not read, and what it could and this page, older than the server, cannot.
  const unreadable = [
    ...(parsed.success ? parsed.data.unreadable : [NOTHING]),
    ...raw.flatMap(({ fault }) => fault ?? []),
  ];
  items.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  const views = items.filter((item) => item.kind === 'view');
  const notes = items.filter((item) => item.kind === 'note');
  return {
    bindings: parsed.success ? { ...parsed.data.bindings, slices: parsed.data.slices } : NO_BINDINGS,
    items,
    steps: views.map((view) => ({
      view,
      notes: notes.filter((note) => nearest(note.frame, views) === view || inRow(note, view)),
      unreadable: unreadable.filter(({ frame }) => frame !== null && nearest(frame, views) === view),
    })),
    loose: views.length === 0 ? notes : [],
    marked: new Set(parsed.success ? Object.keys(parsed.data.marks) : []),
    apart: unreadable.filter(({ frame }) => frame === null || views.length === 0),
    unreadable,
  };
}

const NOTHING: Unreadable = {
  ...{
    id: 'board',
    why: 'what was saved is no board that this page can read; reload the page',
    misplaced: false,
  },
  ...{ frame: null, text: '' },
};

/** `unnamed`: what it is called where it says no id. */
function readOne(raw: unknown, unnamed: string): { item: BoardItem | null; fault: Unreadable | null } {
  const fields = z.record(z.string(), z.unknown()).safeParse(raw);
  if (!fields.success) return { item: null, fault: faultIn(unnamed, raw) };
  const id = typeof fields.data.id === 'string' ? fields.data.id : unnamed;
  const { item } = parsedItem({ ...fields.data, id });
  return { item, fault: item ? null : faultIn(id, fields.data) };
}

/** By the gap between the frames; of equals the one that comes first in the walk. */
function nearest(frame: Frame, views: readonly View[]): View | null {
  let best: { view: View; gap: number } | null = null;
  for (const view of views) {
    const dx = Math.max(0, view.frame.x - frame.x - frame.w, frame.x - view.frame.x - view.frame.w);
    const dy = Math.max(0, view.frame.y - frame.y - frame.h, frame.y - view.frame.y - view.frame.h);
    const gap = Math.hypot(dx, dy);
    if (best === null || gap < best.gap) best = { view, gap };
  }
  return best?.view ?? null;
}

/** Boards are often told in rows, a note at the head of each: half of the lower one's height is beside the other. */
function inRow(note: Note, view: View): boolean {
  const shared =
    Math.min(note.frame.y + note.frame.h, view.frame.y + view.frame.h) - Math.max(note.frame.y, view.frame.y);
  return shared >= Math.min(note.frame.h, view.frame.h) / 2;
}
