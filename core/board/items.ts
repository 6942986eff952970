/** From an item's fields, whichever version wrote them, to a view or a note. */
import type { Upgrade } from '../stored/index.ts';
import { type BoardItem, noteSchema, viewSchema } from './types.ts';

/**
 * The version stands in each item, not in its document: pages of two versions may write on one board. An upgrade may not
 * move a text to another key, since people write in it where it is.
 */
const UPGRADES: readonly Upgrade[] = [];
export const ITEM_VERSION = UPGRADES.length + 1;

/** Items were written without one before there were versions. Null where it is none. */
export function itemVersion({ version = 1 }: Readonly<Record<string, unknown>>): number | null {
  return typeof version === 'number' && Number.isSafeInteger(version) && version >= 1 ? version : null;
}

/** `wrong`: the fields that its schema refuses. */
export function parsedItem(raw: Readonly<Record<string, unknown>>): {
  readonly item: BoardItem | null;
  readonly wrong: readonly string[];
} {
  const version = itemVersion(raw);
  if (version === null || version > ITEM_VERSION) return { item: null, wrong: ['version'] };
  const { version: _, ...oldest } = raw;
  const fields = UPGRADES.slice(version - 1).reduce((old, upgrade) => upgrade(old), oldest);
  const parsed = (fields.kind === 'note' ? noteSchema : viewSchema).safeParse(fields);
  if (parsed.success) return { item: parsed.data, wrong: [] };
  return { item: null, wrong: [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))] };
}
