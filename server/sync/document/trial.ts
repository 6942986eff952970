/**
 * A copy of a board in a process where nobody works. What may be slow in Yjs is tried there first: however long it takes,
 * and if it ends that process, nobody waits for it but whoever sent it. Made when it is needed, follows the board then.
 */
import type { Operations } from '../board/protocol.ts';
import type { SyncLimits } from '../contract.ts';
import { BoardLost, type BoardPlace, type BoardProcesses } from '../processes.ts';
import { BoardUnwanted } from './held.ts';

type Ask = Operations['attempt']['ask'];
type Verdict = Operations['attempt']['answer'];

export interface TrialSource {
  /** The updates that make the document. */
  updates(): Promise<readonly Uint8Array[]>;
  /** Accepted and not durable yet, in order. */
  accepted(): readonly { readonly entry: number; readonly update: Uint8Array }[];
  owned(): Operations['open']['ask']['owned'];
}

const IDLE_MS = 30_000;
/** How often it is tried again when others' updates have ended the process. */
const MOST_TRIES = 12;

export class Trial {
  private place: BoardPlace | null = null;
  private opening: Promise<BoardPlace> | null = null;
  private idle: NodeJS.Timeout | null = null;
  private closed = false;

  constructor(
    private readonly processes: BoardProcesses,
    private readonly limits: SyncLimits,
    private readonly source: TrialSource,
  ) {}

  /** What the board would say, and how long it took, ms. Throws BoardLost that is `mine` when it ended the process. */
  async attempt(ask: Ask, wanted: () => boolean): Promise<{ verdict: Verdict; ms: number }> {
    for (let tries = 1; ; tries++) {
      let place: BoardPlace | null = null;
      let ms = 0;
      try {
        // Others' updates may end the process while it opens the copy, too.
        place = await this.open();
        if (!wanted()) throw new BoardUnwanted();
        const verdict = await place.ask('attempt', ask, this.limits.stepMs, (took) => {
          ms = took;
        });
        return { verdict, ms };
      } catch (error) {
        if (place && !(error instanceof BoardUnwanted)) this.leave(place);
        if (!(error instanceof BoardLost) || error.mine || tries === MOST_TRIES) throw error;
      }
    }
  }

  /** The board has accepted it. */
  accepted(ask: Ask): void {
    this.follow((place) => place.ask('attempt', ask, this.limits.stepMs));
  }

  /** These are durable. */
  applied(ask: Operations['apply']['ask']): void {
    this.follow((place) => place.ask('apply', ask, this.limits.openMs));
  }

  /** It is not what the board is any more: the next one is made anew. */
  forget(): void {
    if (this.place) this.leave(this.place);
    this.opening = null;
  }

  close(): void {
    this.closed = true;
    this.forget();
  }

  private follow(ask: (place: BoardPlace) => Promise<unknown>): void {
    const { place } = this;
    if (place) ask(place).catch(() => this.leave(place));
  }

  private open(): Promise<BoardPlace> {
    if (this.idle) clearTimeout(this.idle);
    this.idle = setTimeout(() => this.forget(), IDLE_MS);
    this.idle.unref();
    this.opening ??= this.make().catch((error: unknown) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  private async make(): Promise<BoardPlace> {
    const updates = await this.source.updates();
    if (this.closed) throw new BoardUnwanted();
    const rows = updates.map((update, seq) => ({ seq, update, author: null }));
    const place = this.processes.place('trial');
    // Asked in the same turn as it was looked at: what comes from now on follows.
    this.place = place;
    const { limits, source } = this;
    try {
      const [accepted, owned] = [source.accepted(), source.owned()];
      await place.ask('open', { limits, state: null, rows, accepted, owned }, limits.openMs);
      await place.ask('stage', null, limits.openMs);
      return place;
    } catch (error) {
      this.leave(place);
      throw error;
    }
  }

  private leave(place: BoardPlace): void {
    place.leave();
    if (this.place !== place) return;
    this.place = null;
    this.opening = null;
  }
}
