/**
 * A board as whoever has nothing of it gets it: encoded once, and what came since. To encode 20 MB takes a good part of a
 * second, for which everybody on the board waits; a class that opens it at once asks for it thirty times.
 */
import { missingMessage, updateMessage } from '../messages.ts';

/** What may have come since before it is encoded anew. */
const MOST_SINCE = 512;
const SINCE_SHARE = 1 / 4;
const SINCE_BYTES = 64 * 1024;
/** Encoding takes at most this share of a board's time. */
const ENCODING_SHARE = 1 / 20;
const FORGET_MS = 30_000;

/** Nothing is missing any more: an update without structs and deletions. */
const END = missingMessage(Uint8Array.of(0, 0));

interface Encoded {
  readonly message: Promise<Uint8Array>;
  /** What became durable since it was asked for. */
  readonly since: Uint8Array[];
  sinceBytes: number;
  bytes: number;
  /** Not encoded anew before this time. */
  keepUntil: number;
}

export class Whole {
  private encoded: Encoded | null = null;
  private forgetting: NodeJS.Timeout | null = null;

  constructor(
    /** The document as one update; hears what that took, ms. */
    private readonly encode: (onTime: (ms: number) => void) => Promise<Uint8Array>,
  ) {}

  /**
   * The messages by which a client without anything of the board has all of it. What ends them is the answer to its
   * question: a client takes that for the whole board, and what came after it would be missing at that moment.
   */
  async messages(onTime: (ms: number) => void): Promise<readonly Uint8Array[]> {
    const encoded = this.current(onTime);
    const message = await encoded.message;
    return [message, ...encoded.since.map(updateMessage), END];
  }

  /** The updates that make the document. */
  async updates(): Promise<readonly Uint8Array[]> {
    const encoded = this.current(() => undefined);
    const message = await encoded.message;
    return [message.subarray(message.length - encoded.bytes), ...encoded.since];
  }

  /** This is part of the document from now on. */
  add(update: Uint8Array): void {
    if (!this.encoded) return;
    this.encoded.since.push(update);
    this.encoded.sinceBytes += update.length;
  }

  forget(): void {
    if (this.forgetting) clearTimeout(this.forgetting);
    this.forgetting = null;
    this.encoded = null;
  }

  private current(onTime: (ms: number) => void): Encoded {
    if (this.encoded && this.isStale(this.encoded)) this.encoded = null;
    this.encoded ??= this.begin(onTime);
    if (this.forgetting) clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => this.forget(), FORGET_MS);
    this.forgetting.unref();
    return this.encoded;
  }

  private isStale({ since, sinceBytes, bytes, keepUntil }: Encoded): boolean {
    if (performance.now() < keepUntil) return false;
    return since.length > MOST_SINCE || sinceBytes > Math.max(SINCE_BYTES, bytes * SINCE_SHARE);
  }

  private begin(onTime: (ms: number) => void): Encoded {
    const timed = (ms: number) => {
      encoded.keepUntil = performance.now() + ms / ENCODING_SHARE;
      onTime(ms);
    };
    const message = this.encode(timed).then((state) => {
      encoded.bytes = state.length;
      return updateMessage(state);
    });
    const encoded: Encoded = { message, since: [], sinceBytes: 0, bytes: 0, keepUntil: Infinity };
    message.catch(() => {
      if (this.encoded === encoded) this.encoded = null;
    });
    return encoded;
  }
}
