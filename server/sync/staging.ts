/**
 * Where an update is tried before it is written: a copy of the live document with all updates that wait to be durable.
 * The live document, which is what others are served, only ever gets updates that have applied here (rule S8).
 */
import * as Y from 'yjs';

export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: 'broken' | 'too-large' | 'storage' };

const FINE: Verdict = { ok: true };

export class Staging {
  /** Made at the first update: a board that is only looked at costs one document, not two. */
  private copy: Y.Doc | null = null;
  /** At least the size of `copy` as one update, bytes. */
  private bytes = 0;

  constructor(
    private readonly live: () => Y.Doc,
    private readonly limit: number,
    /** Updates that are not in the live document yet, in order. */
    private readonly waiting: () => Iterable<Uint8Array>,
  ) {}

  accept(update: Uint8Array): Verdict {
    try {
      // Reads every struct lazily first, so that a forged count cannot make Yjs allocate for it.
      Y.decodeUpdate(update);
      this.copy ??= this.build();
      Y.applyUpdate(this.copy, update);
    } catch {
      this.reset();
      return { ok: false, why: 'broken' };
    }
    const before = this.bytes;
    this.bytes += update.length;
    if (this.bytes <= this.limit) return FINE;
    // The sum of the updates is only an upper bound: typing and deleting leaves less behind.
    this.bytes = Y.encodeStateAsUpdate(this.copy).length;
    if (this.bytes <= this.limit || this.bytes <= before) return FINE;
    this.reset();
    return { ok: false, why: 'too-large' };
  }

  /** Forgets the copy; the next update makes a new one. */
  reset(): void {
    this.copy?.destroy();
    this.copy = null;
  }

  private build(): Y.Doc {
    const copy = new Y.Doc();
    const state = Y.encodeStateAsUpdate(this.live());
    Y.applyUpdate(copy, state);
    this.bytes = state.length;
    for (const update of this.waiting()) {
      Y.applyUpdate(copy, update);
      this.bytes += update.length;
    }
    return copy;
  }
}
