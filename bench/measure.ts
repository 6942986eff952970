/** What a benchmark says: a time of ours, and where there is one, a named peer's time from the same run. */
export interface Measurement {
  readonly name: string;
  readonly unit: 'ms' | 's' | 'ms CPU/s';
  /** Median of the repetitions. */
  readonly ours: number;
  readonly runs: number;
  readonly peer?: { readonly name: string; readonly value: number };
  /** Anything that a reader needs to judge the figure. */
  readonly note?: string;
}

export interface Benchmark {
  readonly name: string;
  readonly run: () => Promise<Measurement[]>;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Milliseconds of each of `runs` repetitions. */
export async function timed(runs: number, work: (run: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    await work(run);
    times.push(performance.now() - began);
  }
  return times;
}

/** Ours over the peer's: below 1, ours is faster. */
export const ratioOf = (m: Measurement): number | null => (m.peer ? m.ours / m.peer.value : null);
