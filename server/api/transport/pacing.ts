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
  /** Begun since the process has last listened. */
  private inTurn = 0;
  private listening = false;

  /** `begin` is called in the caller's turn, and says when it is done. */
  add(caller: string, begin: (done: () => void) => void): void {
    const own = this.waiting.get(caller);
    if (own) own.push(begin);
    else this.waiting.set(caller, [begin]);
    this.next();
  }

  private next(): void {
    while (this.begun < AT_ONCE && this.inTurn < AT_ONCE) {
      const [caller, own] = this.waiting.entries().next().value ?? [];
      if (caller === undefined || own === undefined) return;
      this.waiting.delete(caller);
      const begin = own.shift();
      // Behind the others.
      if (own.length > 0) this.waiting.set(caller, own);
      this.begun++;
      this.inTurn++;
      this.listen();
      let holds = true;
      const done = () => {
        clearTimeout(timer);
        if (!holds) return;
        holds = false;
        this.begun--;
        this.listen();
      };
      const timer = setTimeout(done, HOLDS_MS);
      begin?.(done);
    }
  }
  /**
   * What has come in meanwhile is heard before more begin. An answer is written at once where the database is in this
   * process: else each would make room for the next, and hundreds would be through before anybody else is heard.
   */
  private listen(): void {
    if (this.listening) return;
    this.listening = true;
    setImmediate(() => {
      this.listening = false;
      this.inTurn = 0;
      this.next();
    });
  }
}
