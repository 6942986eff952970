/**
 * The bytes on the board's socket. Message types are y-protocols' (0 sync, 1 awareness, 2 auth, 3 query awareness)
 * and ours (100, one JSON text).
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as sync from 'y-protocols/sync';
import { SERVER_MESSAGE, type ServerMessage } from '../../core/api/index.ts';

export const SYNC = 0;
export const AWARENESS = 1;
export const QUERY_AWARENESS = 3;

/** What a client may send. */
export type ClientMessage =
  | { readonly kind: 'state-vector'; readonly vector: Uint8Array }
  | { readonly kind: 'update'; readonly update: Uint8Array; readonly whole: boolean }
  | { readonly kind: 'awareness'; readonly entries: AwarenessEntry[] }
  | { readonly kind: 'query-awareness' };

export interface AwarenessEntry {
  readonly client: number;
  readonly clock: number;
  readonly state: unknown;
}

/** Entries of one awareness message. A client echoes at most those of a full board. */
const MOST_ENTRIES = 10_000;

/** Throws on anything that is not exactly one message. */
export function readMessage(bytes: Uint8Array): ClientMessage {
  const decoder = decoding.createDecoder(bytes);
  const message = readBody(decoder);
  if (decoding.hasContent(decoder)) throw new Error('bytes after the message');
  return message;
}

function readBody(decoder: decoding.Decoder): ClientMessage {
  const type = decoding.readVarUint(decoder);
  if (type === SYNC) {
    const step = decoding.readVarUint(decoder);
    const body = decoding.readVarUint8Array(decoder);
    if (step === sync.messageYjsSyncStep1) return { kind: 'state-vector', vector: body };
    if (step === sync.messageYjsSyncStep2) return { kind: 'update', update: body, whole: true };
    if (step === sync.messageYjsUpdate) return { kind: 'update', update: body, whole: false };
    throw new Error(`unknown sync message ${step}`);
  }
  if (type === AWARENESS)
    return { kind: 'awareness', entries: readAwareness(decoding.readVarUint8Array(decoder)) };
  if (type === QUERY_AWARENESS) return { kind: 'query-awareness' };
  throw new Error(`unknown message type ${type}`);
}

function readAwareness(bytes: Uint8Array): AwarenessEntry[] {
  const decoder = decoding.createDecoder(bytes);
  const count = decoding.readVarUint(decoder);
  if (count > MOST_ENTRIES) throw new Error('too many awareness entries');
  const entries: AwarenessEntry[] = [];
  for (let i = 0; i < count; i++) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const state: unknown = JSON.parse(decoding.readVarString(decoder));
    entries.push({ client, clock, state });
  }
  return entries;
}

/** Asks for what is not in a document with this state vector. */
export const stateVectorMessage = (vector: Uint8Array) => syncMessage(sync.messageYjsSyncStep1, vector);
/** Answers it. */
export const missingMessage = (update: Uint8Array) => syncMessage(sync.messageYjsSyncStep2, update);
export const updateMessage = (update: Uint8Array) => syncMessage(sync.messageYjsUpdate, update);

function syncMessage(step: number, body: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, SYNC);
    encoding.writeVarUint(encoder, step);
    encoding.writeVarUint8Array(encoder, body);
  });
}

/** One awareness entry, ready to be joined with others. `state` is JSON text; 'null' means gone. */
export function awarenessEntry(client: number, clock: number, state: string): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, state);
  });
}

export function awarenessMessage(entries: readonly Uint8Array[]): Uint8Array {
  const body = encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, entries.length);
    for (const entry of entries) encoding.writeUint8Array(encoder, entry);
  });
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, AWARENESS);
    encoding.writeVarUint8Array(encoder, body);
  });
}

/** Says nothing; keeps y-websocket from taking a quiet board (no message for 30 s) for a dead connection. */
export const KEEP_ALIVE: Uint8Array = awarenessMessage([]);

export function serverMessage(message: ServerMessage): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, SERVER_MESSAGE);
    encoding.writeVarString(encoder, JSON.stringify(message));
  });
}
