/**
 * The proof that a document can be stored: what it encodes to has been loaded again and is the same (rule S2). Yjs
 * decodes some things that it cannot encode, and encodes some that it cannot decode.
 */
import * as Y from 'yjs';

/** The document as one update that has been loaded again and is equal; throws when there is none. */
export function proven(doc: Y.Doc): Uint8Array {
  const state = Y.encodeStateAsUpdate(doc);
  const again = new Y.Doc();
  try {
    Y.applyUpdate(again, state);
    if (again.store.pendingStructs || again.store.pendingDs)
      throw new Error('the stored document would lack what it builds on');
    const place = difference(doc, again);
    if (place !== null) throw new Error(`the stored document would differ at ${place}`);
    return state;
  } finally {
    again.destroy();
  }
}

type Struct = Y.Item | Y.GC;

/** Where two documents differ in what they hold and what is deleted; null when they do not. */
export function difference(a: Y.Doc, b: Y.Doc): string | null {
  if (a.store.clients.size !== b.store.clients.size) return 'its clients';
  for (const [client, structs] of a.store.clients) {
    const clock = firstDifference(structs, b.store.clients.get(client) ?? []);
    if (clock !== null) return `${client}:${clock}`;
  }
  return null;
}

/** Two lists of structs may be cut in other places and be the same. */
function firstDifference(left: readonly Struct[], right: readonly Struct[]): number | null {
  let [i, j, clock] = [0, 0, 0];
  for (;;) {
    const [a, b] = [left[i], right[j]];
    if (!a || !b) return a || b ? clock : null;
    const end = Math.min(a.id.clock + a.length, b.id.clock + b.length);
    if (end <= clock || a.deleted !== b.deleted) return clock;
    if (!a.deleted && !sameContent(a, b, clock, end)) return clock;
    clock = end;
    if (end === a.id.clock + a.length) i++;
    if (end === b.id.clock + b.length) j++;
  }
}

function sameContent(a: Struct, b: Struct, from: number, to: number): boolean {
  if (!(a instanceof Y.Item && b instanceof Y.Item)) return false;
  const [x, y] = [a.content, b.content];
  if (x.getRef() !== y.getRef() || a.parentSub !== b.parentSub) return false;
  if (x instanceof Y.ContentString && y instanceof Y.ContentString)
    return (
      x.str.slice(from - a.id.clock, to - a.id.clock) === y.str.slice(from - b.id.clock, to - b.id.clock)
    );
  if (x instanceof Y.ContentAny && y instanceof Y.ContentAny)
    return (
      JSON.stringify(x.arr.slice(from - a.id.clock, to - a.id.clock)) ===
      JSON.stringify(y.arr.slice(from - b.id.clock, to - b.id.clock))
    );
  return true;
}
