/**
 * Who is next on a board. What is asked of its process cannot be broken off, so few things are under way at a time, and
 * of those who wait the one goes first who has cost least lately: a keystroke never waits for more than what has begun.
 */
interface Waiting {
  /** What is left of what they may cost. */
  left(): number;
  begin(): void;
}

export class Turns {
  private readonly waiting: Waiting[] = [];
  private begun = 0;
  private resting: NodeJS.Timeout | null = null;

  constructor(private readonly atOnce: number) {}

  run<T>(left: () => number, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        this.begun++;
        work()
          .then(resolve, reject)
          .finally(() => {
            this.begun--;
            this.next();
          });
      };
      this.waiting.push({ left, begin });
      this.next();
    });
  }

  /** Nothing begins for so long: others have the process. */
  rest(ms: number): void {
    if (this.resting) clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.resting = null;
      this.next();
    }, ms);
    this.resting.unref();
  }

  private next(): void {
    while (this.begun < this.atOnce && this.waiting.length > 0 && !this.resting) {
      let best = 0;
      // Of equals, who came first.
      if (this.waiting.length > 1)
        for (let i = 1, most = this.waiting[0]?.left() ?? 0; i < this.waiting.length; i++) {
          const left = this.waiting[i]?.left() ?? 0;
          if (left > most) [best, most] = [i, left];
        }
      this.waiting.splice(best, 1)[0]?.begin();
    }
  }
}
