/**
 * A board's document, held by another process: opened there from the journal, and opened again elsewhere when that process
 * ends. Whoever asks need not know.
 */
import type { Operation, Operations } from '../board/protocol.ts';
import type { Writers } from '../board/writers.ts';
import type { Journal, Log, SyncLimits } from '../contract.ts';
import { BoardLost, type BoardPlace, type BoardProcesses } from '../processes.ts';
import { retry } from '../retry.ts';

export interface HeldEvents {
  /** Accepted and not durable yet, in order. */
  accepted(): readonly { readonly entry: number; readonly update: Uint8Array }[];
  opened(): void;
  /** It cannot be opened. */
  lost(error: unknown): void;
}

/** How often a question is asked whose process ended by others' questions: each of them is kept away for a minute then. */
const MOST_TRIES = 12;

/** Who asked has gone. */
export class BoardUnwanted extends Error {}

export class HeldBoard {
  /** Rows of the journal that the document holds and the snapshot does not. */
  rows: number[] = [];
  private opened: Promise<BoardPlace>;
  private place: BoardPlace | null = null;
  /** Where the copy on which updates are tried was asked for. */
  private staged: BoardPlace | null = null;
  /** A step on this board has ended its process: it is held away from the others. */
  private apart = false;
  private closed = false;

  constructor(
    private readonly boardId: string,
    private readonly journal: Journal,
    private readonly processes: BoardProcesses,
    private readonly writers: Writers,
    private readonly limits: SyncLimits,
    private readonly log: Log,
    private readonly events: HeldEvents,
  ) {
    this.opened = this.open();
  }

  /** Rejects when it cannot be opened. */
  get ready(): Promise<BoardPlace> {
    return this.opened;
  }

  close(): void {
    this.closed = true;
    this.place?.leave();
    this.place = null;
  }

  /** Asks the process that holds the document; again, where the process has ended by what others asked of it. */
  async ask<O extends Operation>(
    operation: O,
    ask: Operations[O]['ask'],
    budgetMs: number,
    onTime?: (ms: number) => void,
    /** False once who asked has gone: what else they sent would end the next process, too. */
    wanted: () => boolean = () => true,
  ): Promise<Operations[O]['answer']> {
    for (let tries = 1; ; tries++) {
      const place = await this.opened;
      if (!wanted()) throw new BoardUnwanted();
      if (operation === 'attempt' && this.staged !== place) {
        this.staged = place;
        // Before whoever writes first, in a time of its own.
        place.ask('stage', null, this.limits.openMs).catch(() => undefined);
      }
      try {
        return await place.ask(operation, ask, budgetMs, onTime);
      } catch (error) {
        if (!(error instanceof BoardLost)) throw error;
        this.reopen(place, error);
        if (error.mine || tries === MOST_TRIES) throw error;
      }
    }
  }

  /** Opened again from the journal, elsewhere; the sockets stay, and what they ask waits. */
  reopen(place: BoardPlace, error: unknown): void {
    if (this.place !== place) return;
    this.place = null;
    place.leave();
    const mine = error instanceof BoardLost && error.mine;
    this.apart ||= mine;
    this.log('error', 'a board is opened again', { boardId: this.boardId, mine, error: String(error) });
    if (!this.closed) this.opened = this.open();
  }

  private open(): Promise<BoardPlace> {
    const opened = this.load();
    opened.then(
      (place) => {
        this.place = place;
        this.events.opened();
      },
      (error) => {
        if (!this.closed) this.events.lost(error);
      },
    );
    return opened;
  }

  private async load(): Promise<BoardPlace> {
    for (let tries = 1; ; tries++) {
      const stored = await retry(() => this.read(), this.limits.storageMs);
      // A load that ended too late is not served: the document was given up.
      if (this.closed) throw new Error('the board was given up');
      const place = this.processes.place(this.apart ? 'apart' : 'shared');
      try {
        const { limits } = this;
        const accepted = this.events.accepted();
        const { left, owned } = await place.ask('open', { limits, accepted, ...stored }, limits.openMs);
        for (const { client, userId } of owned) this.writers.bind(client, userId);
        for (const { seq, update, reason } of left) {
          this.log('error', 'a stored update does not apply', { boardId: this.boardId, seq, reason });
          await this.journal.quarantine(this.boardId, { update, userId: null, reason });
        }
        this.rows = stored.rows.map(({ seq }) => seq);
        return place;
      } catch (error) {
        place.leave();
        await this.recover(error, tries);
      }
    }
  }

  private async read() {
    const [{ state, updates }, writers] = await Promise.all([
      this.journal.load(this.boardId),
      this.journal.writers(this.boardId),
    ]);
    const authors = new Map(writers.rows.map(({ seq, userId }) => [seq, userId]));
    const rows = updates.map(({ seq, update }) => ({ seq, update, author: authors.get(seq) ?? null }));
    const shown = this.writers.all();
    return { state, rows, owned: [...writers.clients, ...shown] };
  }

  /** Throws what cannot be mended by another try. */
  private async recover(error: unknown, tries: number): Promise<void> {
    const facts = { boardId: this.boardId, error: String(error) };
    this.log('error', 'a stored board cannot be read', facts);
    if (error instanceof BoardLost && tries < MOST_TRIES) {
      this.apart ||= error.mine;
      return;
    }
    if (tries > 2 * MOST_TRIES || !(await this.journal.revert(this.boardId))) throw error;
    this.log('warn', 'the board before its last squash is used, with its rows', facts);
  }
}
