/**
 * A message that never ends: sent in fragments, with answers to pings in between, it holds what has come of it for as long
 * as its sender likes. One that has begun has to be whole in time. (Within one frame a ping cannot be answered, and the
 * heartbeat ends the socket.)
 */
import type { WebSocket } from 'ws';

/** What of a message may lie here for longer: as much as one read of the socket brings. */
const LEAST_BYTES = 64 * 1024;
/** Around what a ping or its answer carries. */
const FRAME_BYTES = 14;

export class Arrivals {
  /** Bytes that had been read when there was no part of a message here. */
  private before = 0;
  private since: number | null = null;

  constructor(
    /** Bytes read from the socket so far. */
    private readonly read: () => number,
    /** For a message of any size. */
    private readonly wholeMs: number,
  ) {
    this.whole();
  }

  watch(socket: WebSocket): void {
    socket.on('message', () => this.whole());
    socket.on('ping', (data) => this.control(data.length));
    socket.on('pong', (data) => this.control(data.length));
  }

  /** A message is here, whole. */
  whole(): void {
    this.before = this.read();
    this.since = null;
  }

  /** A ping or an answer to one, of so many bytes, is none. */
  control(bytes: number): void {
    this.before = Math.min(this.read(), this.before + bytes + FRAME_BYTES);
  }

  /** Called at intervals: true once a message takes too long. */
  isLate(now = performance.now()): boolean {
    if (this.read() - this.before <= LEAST_BYTES) this.since = null;
    else this.since ??= now;
    return this.since !== null && now - this.since >= this.wholeMs;
  }
}
