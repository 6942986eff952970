/** What one socket has sent and what has become of it, by number: how `saved` counts (rule S3), and what is worked at. */
import { IN_WORK } from '../limits.ts';

/** Update messages, counted from 1 as they come. */
export class Numbers {
  private received = 0;
  /** Those that are not settled: neither durable nor refused. */
  private readonly waiting = new Set<number>();
  private told = 0;

  next(): number {
    this.waiting.add(++this.received);
    return this.received;
  }

  settle(number: number): void {
    this.waiting.delete(number);
  }

  /** So many of the first are settled, without a gap. */
  get saved(): number {
    let first = this.received + 1;
    for (const number of this.waiting) first = Math.min(first, number);
    return first - 1;
  }

  /** That count when it has risen since it was last asked for here, else null. */
  untold(): number | null {
    const count = this.saved;
    if (count <= this.told) return null;
    this.told = count;
    return count;
  }
}

/** Messages of one socket that other processes work at. */
export class InWork {
  private bytes = 0;
  private count = 0;

  begin(bytes: number): void {
    this.bytes += bytes;
    this.count++;
  }

  end(bytes: number): void {
    this.bytes -= bytes;
    this.count--;
  }

  get isBusy(): boolean {
    return this.bytes > IN_WORK.bytes || this.count > IN_WORK.count;
  }
}
