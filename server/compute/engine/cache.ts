/** Least recently used things, by bytes. What the current job uses is never evicted under it. */
export interface Cached {
  readonly bytes: number;
  dispose?(): void;
}

export class ByteCache<T extends Cached> {
  private readonly entries = new Map<string, T>();
  /** How often something had to be loaded. */
  loads = 0;

  async get(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.entries.get(key);
    const entry = known ?? (await load());
    if (!known) this.loads++;
    // A Map keeps the order of insertion: the first is the one used longest ago.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  get bytes(): number {
    let sum = 0;
    for (const entry of this.entries.values()) sum += entry.bytes;
    return sum;
  }

  /** Evicts until at most `budget` bytes are left; called between jobs. */
  trim(budget: number): void {
    let { bytes } = this;
    for (const [key, entry] of this.entries) {
      if (bytes <= budget) return;
      this.entries.delete(key);
      entry.dispose?.();
      bytes -= entry.bytes;
    }
  }
}
