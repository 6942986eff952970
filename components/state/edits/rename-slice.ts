/** A slice gets another name: the queries that ask about it go on doing so. */
import type * as Y from 'yjs';
import { parse, placeOf, type Query } from '@/core/algebra/index.ts';
import { itemsOf, replaceText, textOf } from '@/core/board/index.ts';
import { type Place, UserError } from '@/core/errors/index.ts';

/** Where a query and those joined to it name the slice as their data. */
function placesOf(query: Query, name: string): Place[] {
  const { input, join } = query;
  const at = input === undefined ? undefined : placeOf(input);
  const named = input?.kind === 'dataset' && input.dataset === name && input.split === undefined;
  return [...(named && at ? [at] : []), ...(join ? placesOf(join.query, name) : [])];
}

/** The text with the name exchanged wherever it stands for the data; all else stays as it was written. */
export function renamedIn(text: string, from: string, to: string): string {
  // Most queries do not speak of it, and need not be read.
  if (!text.includes(from)) return text;
  try {
    const lines = text.split('\n');
    // From the end, so that no place moves before it is used.
    for (const { line, column, length } of placesOf(parse(text), from).reverse()) {
      const old = lines[line - 1] ?? '';
      lines[line - 1] = old.slice(0, column - 1) + to + old.slice(column - 1 + length);
    }
    return lines.join('\n');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return text;
  }
}

/** How many views of the board name it. */
export function viewsNaming(doc: Y.Doc, name: string): number {
  let count = 0;
  for (const [id, item] of itemsOf(doc)) {
    const text = item.get('kind') === 'view' ? (textOf(doc, id)?.toString() ?? '') : '';
    // Exchanged for a longer name, a text that speaks of it is another one.
    if (renamedIn(text, name, `${name}-`) !== text) count++;
  }
  return count;
}

/** In every view of the board. */
export function renameInViews(doc: Y.Doc, from: string, to: string): void {
  for (const [id, item] of itemsOf(doc)) {
    const text = item.get('kind') === 'view' ? textOf(doc, id) : null;
    if (text) replaceText(doc, text, renamedIn(text.toString(), from, to));
  }
}
