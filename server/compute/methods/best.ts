/** The k highest of a stream of values: k numbers are held, however long the stream is. Ties by the lower index. */
export interface Ranked {
  readonly value: number;
  /** Where it came in the stream. */
  readonly position: number;
  readonly index: number;
}

export class Best {
  private readonly kept: Ranked[] = [];
  constructor(private readonly k: number) {}

  offer(value: number, position: number, index: number): void {
    const { kept, k } = this;
    const newcomer = { value, position, index };
    const last = kept.at(-1);
    if (kept.length === k && last && !before(newcomer, last)) return;
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(newcomer, kept[middle]!)) high = middle;
      else low = middle + 1;
    }
    kept.splice(low, 0, newcomer);
    if (kept.length > k) kept.pop();
  }

  /** Best first. */
  sorted(): readonly Ranked[] {
    return this.kept;
  }
}

const before = (a: Ranked, b: Ranked): boolean =>
  a.value > b.value || (a.value === b.value && a.index < b.index);
