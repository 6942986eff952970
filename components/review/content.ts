/** A snapshot's board as it was, in the order of the walk. */
import { z } from 'zod';
import {
  type BoardItem,
  bindingsSchema,
  marksSchema,
  type Names,
  NO_BINDINGS,
  type Note,
  noteSchema,
  slicesSchema,
  type View,
  viewSchema,
} from '@/core/board/index.ts';

const contentSchema = z.object({
  items: z.array(z.unknown()),
  bindings: bindingsSchema.catch(NO_BINDINGS),
  slices: slicesSchema.catch({}),
  marks: marksSchema.catch({}),
});
const itemSchema = z.discriminatedUnion('kind', [viewSchema, noteSchema]);

export interface ReviewStep {
  readonly view: View;
  /** Notes that belong to the view: those nearest to it, and those beside it in its row. */
  readonly notes: readonly Note[];
}
export interface SavedBoard {
  readonly bindings: Names;
  readonly items: readonly BoardItem[];
  readonly steps: readonly ReviewStep[];
  /** On a board without views. */
  readonly loose: readonly Note[];
  /** Addresses of the examples that were marked. */
  readonly marked: ReadonlySet<string>;
  /** Items of another version that could not be read. */
  readonly unread: number;
}

export function savedBoard(content: unknown): SavedBoard {
  const parsed = contentSchema.safeParse(content);
  const raw = parsed.success ? parsed.data.items : [];
  const items = raw.flatMap((item) => {
    const one = itemSchema.safeParse(item);
    return one.success ? [one.data] : [];
  });
  items.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  const views = items.filter((item) => item.kind === 'view');
  const notes = items.filter((item) => item.kind === 'note');
  return {
    bindings: parsed.success ? { ...parsed.data.bindings, slices: parsed.data.slices } : NO_BINDINGS,
    items,
    steps: views.map((view) => ({
      view,
      notes: notes.filter((note) => nearest(note, views) === view || inRow(note, view)),
    })),
    loose: views.length === 0 ? notes : [],
    marked: new Set(parsed.success ? Object.keys(parsed.data.marks) : []),
    unread: raw.length - items.length,
  };
}

/** By the gap between the frames; of equals the one that comes first in the walk. */
function nearest(note: Note, views: readonly View[]): View | null {
  let best: { view: View; gap: number } | null = null;
  for (const view of views) {
    const dx = Math.max(
      0,
      view.frame.x - note.frame.x - note.frame.w,
      note.frame.x - view.frame.x - view.frame.w,
    );
    const dy = Math.max(
      0,
      view.frame.y - note.frame.y - note.frame.h,
      note.frame.y - view.frame.y - view.frame.h,
    );
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
