/** Rule S7: what one person may ask of the socket server, and how a socket that asks for more is closed. */
import { CLOSE } from '../../core/api/index.ts';
import type { SyncLimits } from './contract.ts';

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

/**
 * Windows under which one person may begin to write on one board. A board has room for so many, for good: one person alone
 * would fill it in a minute, and nobody new could write there.
 */
export const NEW_WINDOWS = { atOnce: 256, perSecond: 1 / 600 };

/** Token bucket: `rate` per second, with a burst of ten times that unless told. Times in milliseconds. */
export class RateLimit {
  private tokens: number;
  private at: number;

  constructor(
    private readonly rate: number,
    private readonly now: () => number = () => performance.now(),
    private readonly burst = rate * 10,
  ) {
    this.tokens = this.burst;
    this.at = now();
  }

  /** Nothing was taken lately: it may be forgotten. */
  get isFull(): boolean {
    this.refill();
    return this.tokens === this.burst;
  }

  /** False when `cost` is more than what is left. */
  take(cost = 1): boolean {
    this.refill();
    if (this.tokens < cost) return false;
    this.tokens -= cost;
    return true;
  }

  /** Taken in any case, and owed where there is less; false then. */
  charge(cost: number): boolean {
    this.refill();
    this.tokens = Math.max(-this.burst, this.tokens - cost);
    return this.tokens >= 0;
  }

  get left(): number {
    this.refill();
    return this.tokens;
  }

  private refill(): void {
    const now = this.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) / 1000) * this.rate);
    this.at = now;
  }
}

/** What a person may ask for on all boards together, and what becomes of who ended a process. */
export interface Allowance {
  readonly work: RateLimit;
  penalise(): void;
}

/** Why a socket is closed: a code of CLOSE and a text for the user (at most 123 bytes on the wire). */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

export const ENDINGS = {
  malformed: {
    code: CLOSE.malformed,
    reason: 'A message could not be read. Reload the page; if it happens again, report it.',
  },
  text: { code: CLOSE.malformed, reason: 'A text frame came where binary messages are expected.' },
  tooLarge: { code: CLOSE.tooLarge, reason: 'A message was larger than this server allows.' },
  documentFull: { code: CLOSE.tooLarge, reason: 'The board is full. Remove something or start another one.' },
  worn: {
    code: CLOSE.tooLarge,
    reason: 'This board has had as many windows as one board takes. Duplicate it, and go on in the copy.',
  },
  tooMuch: {
    code: CLOSE.tooLarge,
    reason: 'A change held more parts than this server takes at once. Make it in smaller steps.',
  },
  tooFast: {
    code: CLOSE.tooFast,
    reason: 'Too many messages in a short time. Wait a moment, then reconnect.',
  },
  tooSlow: { code: CLOSE.tooFast, reason: 'This connection is too slow for this board. Reconnect.' },
  costly: {
    code: CLOSE.costly,
    reason: 'A change took this server too long and was not taken. Make it in smaller steps.',
  },
  tooMuchWork: {
    code: CLOSE.costly,
    reason: 'Your changes ask more of this server than it has for one person. Wait a minute, then reconnect.',
  },
  fault: {
    code: CLOSE.restart,
    reason: 'The board is being opened again after a fault. Reconnecting.',
  },
  silent: { code: CLOSE.unauthorised, reason: 'No message came after connecting. Reconnect.' },
  removed: { code: CLOSE.forbidden, reason: 'You are no longer a member of this project.' },
  signedOut: { code: CLOSE.unauthorised, reason: 'This session was ended. Sign in again.' },
  deleted: { code: CLOSE.notFound, reason: 'This board was deleted.' },
  storage: {
    code: CLOSE.storage,
    reason: 'The board cannot be saved or loaded at the moment. Reconnecting.',
  },
  elsewhere: {
    code: CLOSE.storage,
    reason:
      'This board is open on another server that works on the same database. Open it there, or close it there.',
  },
  restart: { code: CLOSE.restart, reason: 'The server restarts. Reconnecting.' },
} as const satisfies Record<string, Ending>;

export const PUT_ASIDE = 'A change could not be applied. It was put aside; reload the page to go on.';
export const NOT_KEPT =
  'A change could not be applied, and no more such changes are kept. Copy what you wrote, then reload the page.';
export const SAVE_FAILING =
  'Changes cannot be saved at the moment. They are kept in this window and saved as soon as possible: leave it open.';
export const SAVE_FAILING_FULL =
  'The disk of the server is full. Changes are kept in this window and saved once there is space: leave it open, and tell whoever runs the server.';
