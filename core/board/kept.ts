/**
 * What an item's map holds, as plain data from which it can be made again in another document: so that a copy, a snapshot and
 * its restoring take along what this version cannot read.
 */
import * as Y from 'yjs';

export type Kept =
  /** Yjs' delta: a text with whatever it is formatted with. */
  | { readonly kind: 'text'; readonly delta: readonly unknown[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, Kept])[] }
  | { readonly kind: 'list'; readonly items: readonly Kept[] }
  | { readonly kind: 'value'; readonly value: unknown };

export function keptOf(value: unknown): Kept {
  if (value instanceof Y.Text) return { kind: 'text', delta: value.toDelta() };
  if (value instanceof Y.Map)
    return { kind: 'map', entries: [...value.entries()].map(([key, each]) => [key, keptOf(each)]) };
  if (value instanceof Y.Array) return { kind: 'list', items: value.toArray().map(keptOf) };
  return { kind: 'value', value: value instanceof Y.AbstractType ? value.toJSON() : value };
}

export function madeAgain(kept: Kept): unknown {
  switch (kept.kind) {
    case 'text': {
      const text = new Y.Text();
      text.applyDelta([...kept.delta] as Parameters<typeof text.applyDelta>[0]);
      return text;
    }
    case 'map':
      return new Y.Map(kept.entries.map(([key, each]) => [key, madeAgain(each)]));
    case 'list': {
      const list = new Y.Array<unknown>();
      list.push(kept.items.map(madeAgain));
      return list;
    }
    case 'value':
      return kept.value;
  }
}
