/**
 * Whole boards that were encoded or read are garbage at once, and V8 collects garbage when more is made: a process that
 * nobody asks for anything would keep hundreds of megabytes. So it collects once it has been quiet for a moment.
 */
const QUIET_MS = 3_000;
/** Resident memory that may come without a collection, bytes. */
const GROWN = 32 * 2 ** 20;

export class Collecting {
  private resting: NodeJS.Timeout | null = null;
  private after = 0;

  constructor(
    private readonly collect: (() => unknown) | undefined = globalThis.gc,
    private readonly quietMs = QUIET_MS,
    private readonly resident: () => number = () => process.memoryUsage.rss(),
  ) {}

  /** Something was done: it is not quiet yet. */
  worked(): void {
    if (!this.collect) return;
    if (this.resting) {
      this.resting.refresh();
      return;
    }
    this.resting = setTimeout(() => {
      this.resting = null;
      if (this.resident() < this.after + GROWN) return;
      this.collect?.();
      this.after = this.resident();
    }, this.quietMs);
    this.resting.unref();
  }
}
