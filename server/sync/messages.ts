/**
 * The bytes on the board's socket. Message types are y-protocols' (0 sync, 1 awareness, 2 auth, 3 query awareness)
 * and ours (100, one JSON text).
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { RawData } from 'ws';
import { CLOSE, SERVER_MESSAGE, type ServerMessage } from '../../core/api/index.ts';
import { PRESENCE_BYTES } from '../../core/board/types.ts';

export const SYNC = 0;
/** Steps of sync messages: a state vector, the answer to it, and an update. */
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;
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
  /** JSON; read for the sender's own entry only. */
  readonly json: string;
}

/** Larger than any message of its kind may be. */
export class TooLarge extends Error {}

/** Entries of one awareness message. A client echoes at most those of a full board. */
const MOST_ENTRIES = 2_000;
/** With the person's name, which the server writes into it. */
const STATE_BYTES = PRESENCE_BYTES + 1024;
const AWARENESS_BYTES = 2 * 2 ** 20;

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
    if (step === STEP_1) return { kind: 'state-vector', vector: body };
    if (step === STEP_2) return { kind: 'update', update: body, whole: true };
    if (step === UPDATE) return { kind: 'update', update: body, whole: false };
    throw new Error(`unknown sync message ${step}`);
  }
  if (type === AWARENESS)
    return { kind: 'awareness', entries: readAwareness(decoding.readVarUint8Array(decoder)) };
  if (type === QUERY_AWARENESS) return { kind: 'query-awareness' };
  throw new Error(`unknown message type ${type}`);
}

function readAwareness(bytes: Uint8Array): AwarenessEntry[] {
  if (bytes.length > AWARENESS_BYTES) throw new TooLarge('an awareness message');
  const decoder = decoding.createDecoder(bytes);
  const count = decoding.readVarUint(decoder);
  if (count > MOST_ENTRIES) throw new TooLarge('too many awareness entries');
  const entries: AwarenessEntry[] = [];
  for (let i = 0; i < count; i++) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    if (client > 0xffffffff) throw new Error('a client id beyond 2^32');
    const state = decoding.readVarUint8Array(decoder);
    if (state.length > STATE_BYTES) throw new TooLarge('an awareness state');
    entries.push({ client, clock, json: new TextDecoder().decode(state) });
  }
  return entries;
}

/** Asks for what is not in a document with this state vector. */
export const stateVectorMessage = (vector: Uint8Array) => syncMessage(STEP_1, vector);
/** Answers it. */
export const missingMessage = (update: Uint8Array) => syncMessage(STEP_2, update);
export const updateMessage = (update: Uint8Array) => syncMessage(UPDATE, update);

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

export function bytesOf(data: RawData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Array.isArray(data) ? Buffer.concat(data) : data;
}

/** Codes that `ws` chooses itself for frames that break the protocol or the size limit, as ours. */
export function ownCloseCode(code: number | undefined): number | undefined {
  if (code === 1009) return CLOSE.tooLarge;
  return code === 1002 || code === 1003 || code === 1007 ? CLOSE.malformed : code;
}
