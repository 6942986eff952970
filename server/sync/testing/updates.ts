/** Updates byte by byte: honest ones by Yjs, and ones that no client would make. */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

export type Write = (encoder: encoding.Encoder) => void;

export const number =
  (value: number): Write =>
  (encoder) =>
    encoding.writeVarUint(encoder, value);
export const byte =
  (value: number): Write =>
  (encoder) =>
    encoding.writeUint8(encoder, value);
export const text =
  (value: string): Write =>
  (encoder) =>
    encoding.writeVarString(encoder, value);
export const any =
  (value: unknown): Write =>
  (encoder) =>
    encoding.writeAny(encoder, value as Parameters<typeof encoding.writeAny>[1]);
export const all =
  (...writes: readonly Write[]): Write =>
  (encoder) => {
    for (const write of writes) write(encoder);
  };
export const times =
  (count: number, write: (i: number) => Write): Write =>
  (encoder) => {
    for (let i = 0; i < count; i++) write(i)(encoder);
  };

export interface ClientStructs {
  readonly client: number;
  readonly clock?: number;
  /** How many are said to follow. */
  readonly count: number;
  readonly structs: Write;
}

/** Ranges of deletions: client, clock, length. */
export function forged(
  clients: readonly ClientStructs[],
  deletes: readonly (readonly [client: number, clock: number, length: number])[] = [],
): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, clients.length);
    for (const { client, clock = 0, count, structs } of clients) {
      encoding.writeVarUint(encoder, count);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
      structs(encoder);
    }
    encoding.writeVarUint(encoder, deletes.length);
    for (const [client, clock, length] of deletes)
      for (const value of [client, 1, clock, length]) encoding.writeVarUint(encoder, value);
  });
}

export const gc = (length: number): Write => all(byte(0), number(length));
/** At the start of a root. */
export const atRoot = (root: string, content: number, body: Write): Write =>
  all(byte(content), number(1), text(root), body);
/** A key of a root. */
export const keyOf = (root: string, key: string, content: number, body: Write): Write =>
  all(byte(content | 0x20), number(1), text(root), text(key), body);
/** Inside the type that another struct holds. */
export const within = (client: number, clock: number, content: number, body: Write): Write =>
  all(byte(content), number(0), number(client), number(clock), body);
/** After another struct. */
export const behind = (client: number, clock: number, content: number, body: Write): Write =>
  all(byte(content | 0x80), number(client), number(clock), body);

/** Arrays within arrays. */
export const nested = (depth: number): Write =>
  all(
    times(depth, () => all(byte(117), number(1))),
    byte(126),
  );

/** All updates of what is done to a fresh document. */
export function updatesOf(edit: (doc: Y.Doc) => void, clientID?: number): Uint8Array[] {
  const doc = new Y.Doc();
  if (clientID !== undefined) doc.clientID = clientID;
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  edit(doc);
  return updates;
}
