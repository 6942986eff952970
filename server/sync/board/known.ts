/** What an inspected update would bring to a document, told without applying it. Linear in the update. */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { type Inspected, inspect, UNLIMITED } from './inspection.ts';

export function clockOf(doc: Y.Doc, client: number): number {
  return Y.getState(doc.store, client);
}

/** What of an update is new to a document: null when nothing is, the update itself when all is. */
export function newIn(doc: Y.Doc, update: Uint8Array, inspected: Inspected): Uint8Array | null {
  const { clients, deletes } = inspected;
  let [someStruct, knownStruct] = [false, false];
  for (const [client, { from, to }] of clients) {
    const clock = clockOf(doc, client);
    someStruct ||= to > clock;
    knownStruct ||= from < clock;
  }
  const fresh = freshDeletes(doc, deletes);
  if (!someStruct && fresh.length === 0) return null;
  if (!knownStruct && fresh.length === deletes.length) return update;
  const structs = knownStruct ? Y.diffUpdate(update, Y.encodeStateVector(doc)) : update;
  const end = knownStruct ? inspect(structs, UNLIMITED).deletesAt : inspected.deletesAt;
  return encoding.encode((encoder) => {
    encoding.writeUint8Array(encoder, structs.subarray(0, end));
    writeDeletes(encoder, fresh);
  });
}

/** The ranges that delete what is not deleted yet, or what is not there yet. */
function freshDeletes(doc: Y.Doc, deletes: readonly number[]): number[] {
  const fresh: number[] = [];
  someRange(deletes, (client, clock, length) => {
    if (deletesSomething(doc, client, clock, length)) fresh.push(client, clock, length);
    return false;
  });
  return fresh;
}

function deletesSomething(doc: Y.Doc, client: number, clock: number, length: number): boolean {
  const structs = doc.store.clients.get(client);
  if (!structs || clock + length > clockOf(doc, client)) return true;
  for (let i = Y.findIndexSS(structs, clock); i < structs.length; i++) {
    const struct = structs[i];
    if (!struct || struct.id.clock >= clock + length) return false;
    if (!struct.deleted) return true;
  }
  return false;
}

function writeDeletes(encoder: encoding.Encoder, deletes: readonly number[]): void {
  const clients = new Map<number, number[]>();
  for (let i = 0; i < deletes.length; i += 3) {
    const client = deletes[i] ?? 0;
    const ranges = clients.get(client) ?? [];
    ranges.push(deletes[i + 1] ?? 0, deletes[i + 2] ?? 0);
    clients.set(client, ranges);
  }
  encoding.writeVarUint(encoder, clients.size);
  for (const [client, ranges] of clients) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, ranges.length / 2);
    for (const number of ranges) encoding.writeVarUint(encoder, number);
  }
}

/** Clients whose structs are new to the document. */
export function writers(doc: Y.Doc, { clients }: Inspected): number[] {
  return [...clients].flatMap(([client, { to }]) => (to > clockOf(doc, client) ? [client] : []));
}

/**
 * True when it builds on what is neither known (`known`: the next clock of a client) nor in itself. Kept in a document until the rest comes, such an
 * update takes the place of what the true author writes next.
 */
export function hasGap(
  { clients, refersTo, deletes }: Inspected,
  known: (client: number) => number,
): boolean {
  for (const [client, { from }] of clients) if (from > known(client)) return true;
  const afterwards = (client: number) => Math.max(known(client), clients.get(client)?.to ?? 0);
  for (const [client, clock] of refersTo) if (clock > afterwards(client)) return true;
  return someRange(deletes, (client, clock, length) => clock + length > afterwards(client));
}

export function countStructs(doc: Y.Doc): number {
  let count = 0;
  for (const structs of doc.store.clients.values()) count += structs.length;
  return count;
}

/** Depth of the deepest type that the update brought: 1 is a root's own entry. Stops beyond `most`. */
export function depthOf(doc: Y.Doc, { clients }: Inspected, most: number): number {
  let deepest = 0;
  for (const [client, { from, to }] of clients) {
    const structs = doc.store.clients.get(client) ?? [];
    for (let i = Y.findIndexSS(structs, from); i < structs.length; i++) {
      const struct = structs[i];
      if (!struct || struct.id.clock >= to || deepest > most) break;
      if (struct instanceof Y.Item && struct.content instanceof Y.ContentType)
        deepest = Math.max(deepest, depthOfItem(struct, most));
    }
  }
  return deepest;
}

function depthOfItem(item: Y.Item, most: number): number {
  let depth = 0;
  for (let at: Y.Item | null = item; at && depth <= most; depth++)
    at = at.parent instanceof Y.AbstractType ? at.parent._item : null;
  return depth;
}

function someRange(
  ranges: readonly number[],
  is: (client: number, clock: number, length: number) => boolean,
): boolean {
  for (let i = 0; i < ranges.length; i += 3)
    if (is(ranges[i] ?? 0, ranges[i + 1] ?? 0, ranges[i + 2] ?? 0)) return true;
  return false;
}
