/**
 * Writes updates to the journal in the order in which they came (rule S2). Those that arrive while a write is under way
 * go out together in the next, one row per person; what cannot be written is kept and tried again.
 */
import type { Journal } from '../contract.ts';
import { isElsewhere } from '../retry.ts';

export interface Waiting<Source> {
  /** By which the process that holds the document knows it. */
  readonly entry: number;
  readonly update: Uint8Array;
  /** Client ids that its author writes with for the first time. */
  readonly clients: readonly number[];
  readonly userId: string | null;
  readonly source: Source;
}

/** A row of the journal, durable. */
export interface Written<Source> {
  readonly seq: number;
  readonly update: Uint8Array;
  readonly userId: string | null;
  readonly parts: readonly Waiting<Source>[];
}

export interface SaverEvents<Source> {
  /** The next batch waits for it. */
  written(rows: readonly Written<Source>[]): Promise<void>;
  /** Several updates of one person as one. */
  merge(updates: readonly Uint8Array[]): Promise<Uint8Array>;
  /** `written` did not get through with what is durable by now. */
  fault(error: unknown): void;
  /** Writing fails or takes long; told once until `written`. */
  failing(cause: unknown): void;
  /** Another server has the board: what waits can be saved there only, by whoever still has it. */
  lost(): void;
  /** Nothing could be written for `storageMs`; told again after each further such time. */
  stuck(): void;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;

export class Saver<Source> {
  private queue: Waiting<Source>[] = [];
  private inFlight: readonly Waiting<Source>[] = [];
  private bytes = 0;
  private running = false;
  private stopped = false;
  private failures = 0;
  private told = false;
  private readonly timers = new Set<NodeJS.Timeout>();
  private idlers: (() => void)[] = [];

  constructor(
    private readonly journal: Pick<Journal, 'append'>,
    private readonly boardId: string,
    private readonly storageMs: number,
    private readonly events: SaverEvents<Source>,
  ) {}

  /** Not durable yet, in order. */
  get waiting(): readonly Waiting<Source>[] {
    return [...this.inFlight, ...this.queue];
  }

  get waitingBytes(): number {
    return this.bytes;
  }

  get isFailing(): boolean {
    return this.told;
  }

  push(entry: Waiting<Source>): void {
    this.queue.push(entry);
    this.bytes += entry.update.length;
    if (this.running) return;
    this.running = true;
    this.watch();
    // The next turn: what else is in the sockets' buffers now goes into the same row.
    setImmediate(() => this.run());
  }

  /** Gives up what waits; for the end of the process. */
  stop(): void {
    this.stopped = true;
    this.unwatch();
  }

  /** Resolves when nothing waits. */
  idle(): Promise<void> {
    if (!this.running) return Promise.resolve();
    return new Promise((resolve) => this.idlers.push(resolve));
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0 && !this.stopped) {
      const batch = this.queue;
      this.queue = [];
      this.inFlight = batch;
      const failed = await this.write(batch);
      this.inFlight = [];
      this.queue = [...failed, ...this.queue];
      if (failed.length > 0) await this.pause();
    }
    this.running = false;
    this.unwatch();
    const idlers = this.idlers;
    this.idlers = [];
    for (const resolve of idlers) resolve();
  }

  /** Returns what could not be written, in order. */
  private async write(batch: readonly Waiting<Source>[]): Promise<Waiting<Source>[]> {
    // Per person and in order, so that a person's later update never becomes durable before an earlier one.
    const people = new Map<string | null, Waiting<Source>[]>();
    for (const entry of batch) {
      const parts = people.get(entry.userId);
      if (parts) parts.push(entry);
      else people.set(entry.userId, [entry]);
    }
    const written: Written<Source>[] = [];
    const failed: Waiting<Source>[] = [];
    let cause: unknown = null;
    await Promise.all(
      Array.from(people, async ([userId, parts]) => {
        const rows = await this.rowsOf(parts);
        for (const [i, { update, parts }] of rows.entries())
          try {
            const clients = parts.flatMap((part) => part.clients);
            const seq = await this.journal.append(this.boardId, { update, userId, clients });
            written.push({ seq, update, userId, parts });
            for (const part of parts) this.bytes -= part.update.length;
          } catch (error) {
            cause = error;
            failed.push(...rows.slice(i).flatMap((row) => row.parts));
            return;
          }
      }),
    );
    if (written.length > 0) {
      // Not in the queue any more, and not in the document yet: whoever asks during `written` must see neither twice.
      this.inFlight = failed;
      this.told = this.told && failed.length > 0;
      this.failures = 0;
      this.unwatch();
      this.watch();
      // What is durable is durable, whatever becomes of telling it: the next batch must not wait for ever.
      await this.events.written(written).catch((error) => this.events.fault(error));
    }
    if (isElsewhere(cause)) this.events.lost();
    else if (failed.length > 0) this.tell(cause);
    return failed;
  }

  /** One row of them all; where they cannot be merged, a row for each. */
  private async rowsOf(
    parts: readonly Waiting<Source>[],
  ): Promise<{ update: Uint8Array; parts: readonly Waiting<Source>[] }[]> {
    if (parts.length > 1)
      try {
        return [{ update: await this.events.merge(parts.map(({ update }) => update)), parts }];
      } catch (error) {
        this.events.fault(error);
      }
    return parts.map((part) => ({ update: part.update, parts: [part] }));
  }

  private pause(): Promise<void> {
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures, this.storageMs / 4);
    this.failures++;
    // Half fixed, half by chance: boards that failed together do not all come back in the same moment.
    return new Promise((resolve) => setTimeout(resolve, wait / 2 + (Math.random() * wait) / 2));
  }

  private tell(cause: unknown): void {
    if (this.told) return;
    this.told = true;
    this.events.failing(cause);
  }

  private watch(): void {
    const slow = setTimeout(() => this.tell(new Error('a write takes long')), this.storageMs / 4);
    const stuck = setInterval(() => this.events.stuck(), this.storageMs);
    this.timers.add(slow).add(stuck);
  }

  private unwatch(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}
