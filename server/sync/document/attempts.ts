/**
 * The way of an update to the process that holds its board. One after the other for each person, and each in their turn.
 * What may be slow is tried on a copy elsewhere first, one at a time, and comes to the board when it was fast enough.
 */
import type { Verdict } from '../board/board.ts';
import type { Operations } from '../board/protocol.ts';
import { expectedMs, FREE_MS, mostMs, SLOWNESS, TRIED_BYTES } from '../limits.ts';
import { BoardLost } from '../processes.ts';
import { RateLimit } from '../rate-limit.ts';
import { BoardUnwanted, type HeldBoard } from './held.ts';
import type { Trial } from './trial.ts';
import { Turns } from './turns.ts';

type Ask = Operations['attempt']['ask'];

/** Who sends it. */
export interface Sender {
  readonly isHere: boolean;
  /** What is left of what their messages may cost, ms. */
  readonly left: number;
  spend(ms: number): void;
}

export type Outcome = Verdict | { readonly kind: 'costly' | 'unwanted' };

/** At the board's process at once: of so many people. */
const AT_ONCE = 4;
/** After what was slow, others have the board for so many times as long: it is put into the document once more. */
const RESTS = 3;

export class Attempts {
  readonly turns = new Turns(AT_ONCE);
  private readonly tried = new Turns(1);
  /** Of each person, what came last. */
  private readonly lines = new Map<string, Promise<unknown>>();
  /** What people's updates took lately beyond what their size explains; where that is much, all of theirs are tried. */
  private readonly slowness = new Map<string, RateLimit>();

  constructor(
    private readonly held: HeldBoard,
    private readonly trial: Trial,
    private readonly stepMs: number,
  ) {}

  take(ask: Ask, sender: Sender): Promise<Outcome> {
    const before = this.lines.get(ask.person) ?? Promise.resolve();
    const outcome = before.then(() => this.inTurn(ask, sender));
    const line = outcome.catch(() => undefined);
    this.lines.set(ask.person, line);
    void line.then(() => {
      if (this.lines.get(ask.person) === line) this.lines.delete(ask.person);
    });
    return outcome;
  }

  /** Resolves when what this person has sent so far has been judged. */
  async judged(person: string): Promise<void> {
    await this.lines.get(person);
  }

  private async inTurn(ask: Ask, sender: Sender): Promise<Outcome> {
    const left = () => sender.left;
    try {
      if (this.mayBeSlow(ask)) return await this.tried.run(left, () => this.triedFirst(ask, sender));
      return await this.turns.run(left, () => this.onBoard(ask, sender));
    } catch (error) {
      if (error instanceof BoardLost && error.mine) return { kind: 'costly' };
      if (error instanceof BoardUnwanted) return { kind: 'unwanted' };
      throw error;
    }
  }

  /** Deletions alone are linear: an update that begins with a 0 brings nothing else. */
  private mayBeSlow({ update, mayEdit, person }: Ask): boolean {
    if (!mayEdit) return false;
    const slowness = this.slowness.get(person);
    if (slowness && slowness.left < 0) return true;
    if (slowness?.isFull) this.slowness.delete(person);
    return update.length > TRIED_BYTES && update[0] !== 0;
  }

  private async triedFirst(ask: Ask, sender: Sender): Promise<Outcome> {
    if (!sender.isHere) throw new BoardUnwanted();
    const { verdict, ms } = await this.trial.attempt(ask, () => sender.isHere);
    sender.spend(ms);
    this.note(ask, ms);
    // What builds on something that the copy has not heard of yet is for the board to judge.
    if (verdict.kind !== 'fine' && verdict.kind !== 'gap' && verdict.kind !== 'nothing') return verdict;
    if (ms > mostMs(ask.update.length)) {
      this.trial.forget();
      return { kind: 'costly' };
    }
    let took = 0;
    const outcome = await this.turns.run(
      () => sender.left,
      () =>
        this.onBoard(ask, sender, (ms) => {
          took = ms;
        }),
    );
    if (took > FREE_MS) this.tried.rest(RESTS * took);
    if (outcome.kind !== verdict.kind) this.trial.forget();
    return outcome;
  }

  private onBoard(ask: Ask, sender: Sender, heard: (ms: number) => void = () => undefined): Promise<Verdict> {
    const onTime = (ms: number) => {
      sender.spend(ms);
      this.note(ask, ms);
      heard(ms);
    };
    return this.held.ask('attempt', ask, this.stepMs, onTime, () => sender.isHere);
  }

  private note({ update, person }: Ask, ms: number): void {
    const excess = ms - expectedMs(update.length);
    if (excess <= 0) return;
    const slowness =
      this.slowness.get(person) ?? new RateLimit(SLOWNESS.perSecond, undefined, SLOWNESS.atOnce);
    this.slowness.set(person, slowness);
    slowness.charge(excess);
  }
}
