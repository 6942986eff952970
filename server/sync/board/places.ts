/**
 * Whether what an update brought stands where a client would have put it. Yjs takes an item's parent and key from its
 * neighbours without a look at them: one in a key that has a right neighbour, or neighbours in two places, comes out
 * otherwise when the document is read again, so that what is stored is not what was shown. Linear in the update.
 */
import * as Y from 'yjs';

/**
 * Null when all is in place, else what is wrong. `clocks`: of who wrote, from where on it is new. Call when it has been
 * applied, and before what it deletes is forgotten.
 */
export function misplaced(doc: Y.Doc, clocks: ReadonlyMap<number, number>): string | null {
  for (const [client, clock] of clocks) {
    const structs = doc.store.clients.get(client) ?? [];
    if (clock >= Y.getState(doc.store, client)) continue;
    for (let i = Y.findIndexSS(structs, clock); i < structs.length; i++) {
      const struct = structs[i];
      const wrong = struct instanceof Y.Item ? wrongWith(doc, struct) : null;
      if (wrong !== null) return wrong;
    }
  }
  return null;
}

function wrongWith(doc: Y.Doc, item: Y.Item): string | null {
  if (item.parentSub !== null) {
    if (item.rightOrigin) return 'a value of a key that stands before another';
    // The same, when what stands behind is deleted.
    if (!item.deleted && (item.length > 1 || item.right !== null)) return 'a key with several values';
  }
  const apart = [item.origin, item.rightOrigin].some(
    (id) => id !== null && !isBeside(structAt(doc, id), item),
  );
  return apart ? 'an item whose neighbours are elsewhere' : null;
}

/** Of what was deleted for good nobody knows where it stood. */
function isBeside(neighbour: Y.Item | Y.GC | undefined, item: Y.Item): boolean {
  if (!(neighbour instanceof Y.Item)) return true;
  return neighbour.parent === item.parent && neighbour.parentSub === item.parentSub;
}

function structAt(doc: Y.Doc, { client, clock }: Y.ID): Y.Item | Y.GC | undefined {
  const structs = doc.store.clients.get(client);
  return structs?.[Y.findIndexSS(structs, clock)];
}
