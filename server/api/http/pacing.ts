/**
 * Few requests begin at a time, and callers take turns. Each runs through its look-ups in the one line that leads to the
 * database: hundreds that begin together would keep everybody else's waiting until all are through.
 */
const AT_ONCE = 4;
/** Whoever waits longer than this waits for a computation or a body, and keeps no place. */
const HOLDS_MS = 100;

export class Pacing {
  private readonly waiting = new Map<string, ((done: () => void) => void)[]>();
  private begun = 0;

  /** `begin` is called in the caller's turn, and says when it is done. */
  add(caller: string, begin: (done: () => void) => void): void {
    const own = this.waiting.get(caller);
    if (own) own.push(begin);
    else this.waiting.set(caller, [begin]);
    this.next();
  }

  private next(): void {
    while (this.begun < AT_ONCE) {
      const [caller, own] = this.waiting.entries().next().value ?? [];
      if (caller === undefined || own === undefined) return;
      this.waiting.delete(caller);
      const begin = own.shift();
      // Behind the others.
      if (own.length > 0) this.waiting.set(caller, own);
      this.begun++;
      let holds = true;
      const done = () => {
        clearTimeout(timer);
        if (!holds) return;
        holds = false;
        this.begun--;
        // What has come in meanwhile is heard first: an answer that is written at once would begin the next at once.
        setImmediate(() => this.next());
      };
      const timer = setTimeout(done, HOLDS_MS);
      begin?.(done);
    }
  }
}
