/** Rule S7: what one person may ask of the socket server. */
import type { SyncLimits } from './contract.ts';
import type { RateLimit } from './rate-limit.ts';

export const LIMITS: SyncLimits = {
  messageBytes: 8 * 2 ** 20,
  documentBytes: 32 * 2 ** 20,
  documentStructs: 500_000,
  documentClients: 50_000,
  updateStructs: 50_000,
  updateDeletes: 200_000,
  updateValues: 200_000,
  updateClients: 64,
  stateVectorClients: 60_000,
  stepMs: 2_000,
  openMs: 20_000,
  workMsPerSecond: 300,
  messagesPerSecond: 120,
  connectionsPerBoard: 100,
  connectionsPerUser: 20,
  firstMessageMs: 10_000,
  heartbeatMs: 10_000,
  messageMs: 45_000,
  lingerMs: 30_000,
  squashAfter: 500,
  storageMs: 20_000,
};

/** Who sent what took too long may come back to the board after this time, and each further time after twice as long. */
export const PENALTY = { firstMs: 60_000, mostMs: 3_600_000 };

/** Steps up to this long are free, ms: a keystroke costs less than can be measured beside other work. */
export const FREE_MS = 5;

/** What brings more than this is tried on a copy of the board first. */
export const TRIED_BYTES = 1024;
/** So is all of a person whose updates take this much longer than they should, ms: 0.1 s at once, then 2 ms a second. */
export const SLOWNESS = { atOnce: 100, perSecond: 2 };

/** An honest update takes Yjs less than 1 µs for each byte, and a moment more where a process has just begun. */
export function expectedMs(bytes: number): number {
  return FREE_MS + bytes * 0.005;
}

/** What the trial of an update may take: everybody on its board waits for as long when it comes there. */
export function mostMs(bytes: number): number {
  return Math.min(800, 60 + bytes * 0.001);
}

/** Bytes and number of one socket's messages that may be worked at; beyond, the socket is not read. */
export const IN_WORK = { bytes: 16 * 2 ** 20, count: 256 };

/** Size of reply that costs as much as one message: a full document is not asked for in a loop. */
const REPLY_BYTES = 64 * 1024;

export function costOfReply(bytes: number): number {
  return bytes / REPLY_BYTES;
}

/** One message counts as many when it is large: what the socket's process copies and passes on. */
export function costOfMessage(bytes: number): number {
  return 1 + bytes / REPLY_BYTES;
}

/** Between two answers to who asks for everybody's state, ms. */
export const STATES_MS = 2_000;

/** Whoever gets a reply beyond this is answered again once it has gone. */
export const LARGE_REPLY = 2 ** 20;

/** Updates that wait for what they build on, before the client has answered the server's first question. */
export const MOST_HELD = 200;

/** Bytes that wait for a slow reader beyond which cursors are left out for it. */
export const AWARENESS_BACKLOG_BYTES = 2 ** 20;

/** Updates of one socket that may be quarantined before it is closed. */
export const QUARANTINES = 16;

/** Bytes that may wait, beyond one document: for a reader who does not read, or for a store that does not write. */
export const BACKLOG_BYTES = 8 * 2 ** 20;

/** What a person may ask for on all boards together, and what becomes of who ended a process. */
export interface Allowance {
  readonly work: RateLimit;
  penalise(): void;
}
