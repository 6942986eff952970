/** Bars that can be seen: where there are more units than pixels, one bar stands for its neighbours. */
export interface Bar {
  /** Places in the order shown, the last one not included. */
  readonly from: number;
  readonly to: number;
  /** The place whose value is farthest from zero: what the bar shows. */
  readonly peak: number;
}

/** At most `most` bars over `count` places; `value` is of a place. What is not a number is passed over. */
export function barsOf(count: number, most: number, value: (place: number) => number): Bar[] {
  const bars = Math.max(0, Math.min(count, Math.floor(most)));
  return Array.from({ length: bars }, (_, b) => {
    const [from, to] = [Math.floor((b * count) / bars), Math.floor(((b + 1) * count) / bars)];
    let peak = from;
    for (let p = from + 1; p < to; p++)
      if (Math.abs(value(p)) > Math.abs(value(peak)) || Number.isNaN(value(peak))) peak = p;
    return { from, to, peak };
  });
}
