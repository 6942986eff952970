/** Items that this version cannot show: why, where they lie and what is written in them. None of them is ever left out. */
import { MAX_TEXT } from '../address/index.ts';
import { ITEM_VERSION, itemVersion, parsedItem } from './items.ts';
import { frameSchema, type Unreadable } from './types.ts';

/** A place that any item may have, to tell whether its own is all that is wrong. */
const PLACED = { frame: { x: 0, y: 0, w: 100, h: 100 }, order: 0 };

/** Null for an item that can be read. `raw`: its fields, texts as strings. */
export function faultIn(id: string, raw: unknown): Unreadable | null {
  if (!isFields(raw)) return noItem(id, raw);
  const parsed = parsedItem({ ...raw, id });
  if (parsed.item) return null;
  const misplaced = parsedItem({ ...raw, ...PLACED, id }).item !== null;
  const frame = frameSchema.safeParse(raw.frame);
  return {
    id,
    why: misplaced ? 'its place is outside the canvas' : reasonOf(raw, parsed.wrong),
    misplaced,
    frame: frame.success ? frame.data : null,
    text: textIn(raw),
  };
}

export const noItem = (id: string, value: unknown): Unreadable => ({
  ...{ id, why: 'it is no item', misplaced: false, frame: null },
  text: asText(value),
});

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function reasonOf(raw: Fields, wrong: readonly string[]): string {
  const version = itemVersion(raw);
  if (version !== null && version > ITEM_VERSION)
    return `it was written by a later version of Interlayer (version ${version} of its shape; this one reads ${ITEM_VERSION}); update the server`;
  if (typeof raw.kind === 'string' && raw.kind !== 'view' && raw.kind !== 'note')
    return `it is of a kind that this version does not know (${raw.kind.slice(0, 40)}); update the server`;
  if (typeof raw.query === 'string' && raw.query.length > MAX_TEXT)
    return `its query has ${raw.query.length} characters, at most ${MAX_TEXT} are read`;
  return `parts of it are missing or wrong (${wrong.join(', ')})`;
}

/** Its query or its text; of a kind that is not known, the longest of what may have been written. */
function textIn({ query, text, id: _, kind: __, createdBy: ___, group: ____, ...rest }: Fields): string {
  for (const own of [query, text]) if (typeof own === 'string' && own !== '') return own;
  const others = Object.values(rest).filter((value) => typeof value === 'string');
  return others.reduce((longest, each) => (each.length > longest.length ? each : longest), '');
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // What JSON has no word for (a big number) was written by no version of ours.
    return '';
  }
}
