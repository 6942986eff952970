/** The board's nouns. Coordinates are board points (CSS pixels at zoom 1); screen points never enter the document. */

import { z } from 'zod';
import { MAX_TEXT } from '../address/index.ts';
import { shownSchema } from '../bidi/index.ts';
import type { Kept } from './kept.ts';

/** The canvas reaches this far from its middle in each direction, board points. */
export const CANVAS = 100_000;
/** Longest side of an item, board points. */
export const LARGEST = 20_000;
const coordinate = z.number().min(-CANVAS).max(CANVAS);
const side = z.number().positive().max(LARGEST);

/** Rule B1: one value in one key. A place beyond the canvas is none: one item there would hide the board from everybody. */
export const frameSchema = z.object({ x: coordinate, y: coordinate, w: side, h: side });
export type Frame = z.infer<typeof frameSchema>;

const itemBase = {
  id: z.string().min(1).max(64),
  frame: frameSchema,
  locked: z.boolean(),
  /** Items with the same group id are selected and moved together. */
  group: z.string().nullable(),
  /** Fractional order: painting order, and order of the walk in review mode. */
  order: z.number().min(-1e9).max(1e9),
  createdBy: z.string(),
};
export const viewSchema = z.object({
  ...itemBase,
  kind: z.literal('view'),
  /** As long as the language reads. */
  query: z.string().max(MAX_TEXT),
  /** Lens id, or 'auto': the best that fits the result. */
  lens: z.string(),
  /** Lens options (colour by, own scale, ...). */
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Pinned: keeps showing this result, whatever the bindings are now. */
  pinnedResult: z.string().nullable(),
});
export type View = z.infer<typeof viewSchema>;
export const noteSchema = z.object({
  ...itemBase,
  kind: z.literal('note'),
  /** Markdown. */
  text: z.string(),
  color: z.number().int().min(0).max(5),
});
export type Note = z.infer<typeof noteSchema>;
export type BoardItem = View | Note;

/** What the names in queries stand for: `f` the model, `x` and `x'` examples, and the global class and slice. */
export const bindingsSchema = z.object({
  /** Model address with its step: digits-cnn@12. */
  f: z.string().nullable(),
  /** Example addresses: digits.test[42]. */
  x: z.string().nullable(),
  "x'": z.string().nullable(),
  /** Split or slice that whole-data views use, bound as `data`: digits.test. */
  data: z.string().nullable(),
  /** Global class selector: class index, null for all. */
  class: z.number().int().nonnegative().nullable(),
});
export type Bindings = z.infer<typeof bindingsSchema>;
export const NO_BINDINGS: Bindings = { f: null, x: null, "x'": null, data: null, class: null };

/** Slices that the board has named: name -> canonical address of the slice. */
export const slicesSchema = z.record(z.string(), z.string());
export type Slices = Readonly<z.infer<typeof slicesSchema>>;
/** What queries on a board may name: its bindings and its slices. */
export interface Names extends Bindings {
  readonly slices?: Slices;
}

/** Who marked an example, and why. */
export const markSchema = z.object({
  by: z.string().max(64),
  note: z.string().max(500).optional(),
});
export type Mark = z.infer<typeof markSchema>;
/** Marked examples: canonical address -> mark. */
export const marksSchema = z.record(z.string(), markSchema);
export type Marks = Readonly<z.infer<typeof marksSchema>>;

/** An item that this version cannot show. */
export interface Unreadable {
  readonly id: string;
  /** Completes "it cannot be shown: ...". */
  readonly why: string;
  /** It can be shown again when it is given another place. */
  readonly misplaced: boolean;
  /** Null where it has no place on the canvas. */
  readonly frame: Frame | null;
  /** Empty where nothing is. */
  readonly text: string;
}

/** With all that is stored of it. */
export interface UnreadableItem extends Unreadable {
  readonly kept: Kept;
}

export interface BoardContent {
  readonly items: readonly BoardItem[];
  /** Items that this version cannot show; absent where it can show all. */
  readonly unreadable?: readonly UnreadableItem[];
  readonly bindings: Bindings;
  readonly slices: Slices;
  readonly marks: Marks;
}

/** What a person has selected: item ids on the board, addresses of units, layers and examples. */
export const selectionSchema = z.object({
  items: z.array(z.string()).max(500),
  layer: z.string().nullable(),
  units: z.array(z.string()).max(2000),
  /** Canonical example addresses. */
  examples: z.array(z.string()).max(20_000),
});
export type Selection = z.infer<typeof selectionSchema>;
export const NO_SELECTION: Selection = { items: [], layer: null, units: [], examples: [] };

const structSchema = z.object({ client: z.number().int(), clock: z.number().int() });
/** A place in a collaborative text that survives edits beside it: Yjs' relative position, as its JSON. */
export const textPositionSchema = z.object({
  type: structSchema.nullish(),
  tname: z.string().max(64).nullish(),
  item: structSchema.nullish(),
  assoc: z.number().int().optional(),
});
export type TextPosition = z.infer<typeof textPositionSchema>;

/** Size of an awareness state as JSON: it goes to everybody on the board, many times a second. */
export const PRESENCE_BYTES = 16 * 1024;

/** Awareness state (rule S6). `user` is stamped by the server; what a client writes there is overwritten. */
export const awarenessSchema = z.object({
  user: z.object({ id: z.string(), name: shownSchema, color: z.number().int() }).optional(),
  cursor: z
    .object({ x: z.number().min(-1e7).max(1e7), y: z.number().min(-1e7).max(1e7) })
    .nullable()
    .optional(),
  laser: z.boolean().optional(),
  viewport: z
    .object({
      x: z.number().min(-1e7).max(1e7),
      y: z.number().min(-1e7).max(1e7),
      zoom: z.number().min(0.01).max(16),
    })
    .nullable()
    .optional(),
  selection: selectionSchema.optional(),
  /** Frames of items while they are dragged (rule B1). */
  dragging: z.record(z.string(), frameSchema).nullable().optional(),
  /** User id of who is followed. */
  following: z.string().nullable().optional(),
  /** Caret and selection in the query of a view. */
  queryCaret: z
    .object({ view: z.string().max(64), anchor: textPositionSchema, head: textPositionSchema })
    .nullable()
    .optional(),
  /** Increases with each "bring everyone here". */
  summon: z.number().optional(),
});
export type Presence = z.infer<typeof awarenessSchema>;

/** Where a thread is anchored (rule T2). */
export const anchorSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('address'), address: z.string().max(500) }),
  z.object({
    kind: z.literal('view'),
    boardId: z.string(),
    viewId: z.string(),
    /** Region of the view, as shares of its body (0 to 1); a point when w = h = 0. */
    region: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }).optional(),
  }),
]);
export type Anchor = z.infer<typeof anchorSchema>;
