/**
 * Two lanes of waiting jobs, each in fair turns: small ones, which nobody minds to wait for, and long ones. A share of
 * the memory is kept for the small, and a worker of their own, so that none waits behind somebody's long one.
 */
import { UserError } from '../../../core/errors/index.ts';
import type { Turn } from '../contract.ts';
import { FairQueue } from './fair-queue.ts';

export interface Waiting {
  readonly turn: Turn;
  /** Peak memory, estimated. */
  readonly bytes: number;
  readonly small: boolean;
}

/** Small questions of one person that may wait: a board of 500 views asks 500 when it opens. */
const MOST_SMALL = 600;
/** Who has fewer waiting is taken in even where the others fill the queue. */
const FEW = 8;
/** The most memory that is kept for small jobs, and the least that a share of it is worth keeping of. */
const MOST_RESERVED = 512 * 2 ** 20;
const LEAST_SHARED = 2 ** 30;

/** What of the budget only small jobs may use. */
export function reserved(budget: number): number {
  return budget < LEAST_SHARED ? 0 : Math.min(MOST_RESERVED, budget / 4);
}

export class Lanes<T extends Waiting> {
  private readonly small = new FairQueue<T>();
  private readonly long = new FairQueue<T>();
  private readonly reserve: number;
  /** Of the last job for a worker that takes both. */
  private lastSmall = false;

  constructor(
    private readonly budget: number,
    /** Jobs that may wait, all together. */
    private readonly limit: number,
  ) {
    this.reserve = reserved(budget);
  }

  get size(): number {
    return this.small.size + this.long.size;
  }

  get smallWait(): boolean {
    return this.small.size > 0;
  }

  /** Throws UserError where this person, or everybody, has too many waiting. */
  push(job: T): void {
    const { person, mostWaiting } = job.turn;
    const own = { small: this.small.waitingOf(person), long: this.long.waitingOf(person) };
    if (job.small ? own.small >= MOST_SMALL : own.long >= mostWaiting)
      throw new UserError(
        'rate_limited',
        `${job.small ? own.small : own.long} of your computations are waiting already, as many as may; wait until some are done, or cancel some in the list of jobs`,
      );
    if (
      this.size >= this.limit &&
      (own.small + own.long >= Math.min(FEW, this.limit / 4) || this.size >= 2 * this.limit)
    )
      throw new UserError('overloaded', `${this.size} jobs are waiting already; try again later`);
    this.laneOf(job).push(job);
  }

  /** For a job whose worker ended under it. */
  pushFirst(job: T): void {
    this.laneOf(job).pushFirst(job);
  }

  remove(job: T): boolean {
    return this.laneOf(job).remove(job);
  }

  takeAll(): T[] {
    return [...this.small.takeAll(), ...this.long.takeAll()];
  }

  /**
   * The next job that fits beside the running ones, for a worker that takes both lanes by turns or only the small one.
   * A long job that waits for memory is not overtaken by other long ones, nor by small ones beyond their share.
   */
  take(which: 'both' | 'small', running: readonly T[]): T | undefined {
    const lanes = which === 'small' || !this.lastSmall ? [this.small, this.long] : [this.long, this.small];
    for (const lane of lanes) {
      if (which === 'small' && lane === this.long) continue;
      const job = lane.peek();
      if (!job || !this.fits(job, running)) continue;
      if (which === 'both') this.lastSmall = job.small;
      return lane.take();
    }
    return undefined;
  }

  private fits(job: T, running: readonly T[]): boolean {
    if (running.length === 0) return true;
    const used = { small: 0, long: 0 };
    for (const other of running) used[other.small ? 'small' : 'long'] += other.bytes;
    if (!job.small) return used.long + job.bytes <= this.budget - Math.max(this.reserve, used.small);
    const within = used.small + job.bytes <= this.reserve || this.long.size === 0;
    return within && used.small + used.long + job.bytes <= this.budget;
  }

  private laneOf(job: T): FairQueue<T> {
    return job.small ? this.small : this.long;
  }
}
