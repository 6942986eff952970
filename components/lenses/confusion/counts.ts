import type { BadgeOf, Marked } from '../shared/result/badges.ts';

/** Sums of a confusion matrix: counts (true class, predicted class) in rows. */
export interface ConfusionSums {
  /** Examples of each true class. */
  readonly rows: readonly number[];
  /** Largest count and largest share of a row beside the diagonal: what the colours span, so that errors stand out. */
  readonly mostWrong: number;
  readonly mostWrongShare: number;
  readonly wrong: number;
  readonly total: number;
}
export function sumsOf(counts: ArrayLike<number>, classes: number): ConfusionSums {
  const rows = Array.from({ length: classes }, (_, r) => {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += counts[r * classes + c] ?? 0;
    return sum;
  });
  let [mostWrong, mostWrongShare, wrong] = [0, 0, 0];
  for (let r = 0; r < classes; r++)
    for (let c = 0; c < classes; c++) {
      if (r === c) continue;
      const count = counts[r * classes + c] ?? 0;
      wrong += count;
      mostWrong = Math.max(mostWrong, count);
      mostWrongShare = Math.max(mostWrongShare, count / Math.max(1, rows[r] ?? 0));
    }
  return { rows, mostWrong, mostWrongShare, wrong, total: rows.reduce((a, b) => a + b, 0) };
}

/** Positions of the examples of a cell, or of a whole row or column (null: any class). */
export function membersOf(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  label: number | null,
  predicted: number | null,
): number[] {
  const found: number[] = [];
  for (let i = 0; i < labels.length; i++)
    if ((label === null || labels[i] === label) && (predicted === null || predictions[i] === predicted))
      found.push(i);
  return found;
}

/** Open threads on the examples of each cell; cells are counted row by row. */
export function threadsInCells(
  members: {
    readonly index: ArrayLike<number>;
    readonly label: ArrayLike<number>;
    readonly predicted: ArrayLike<number>;
  },
  classes: number,
  addressOf: (index: number) => string | null,
  badgeOf: BadgeOf,
): Marked[] {
  const cells = new Map<number, { addresses: string[]; count: number }>();
  for (let i = 0; i < members.index.length; i++) {
    const address = addressOf(members.index[i] ?? 0);
    const count = badgeOf(address);
    const label = members.label[i] ?? -1;
    const predicted = members.predicted[i] ?? -1;
    // Without a label or a prediction it is in no cell.
    if (address === null || count === 0 || label < 0 || predicted < 0) continue;
    const place = label * classes + predicted;
    const cell = cells.get(place) ?? { addresses: [], count: 0 };
    cell.addresses.push(address);
    cell.count += count;
    cells.set(place, cell);
  }
  return [...cells].map(([place, { addresses, count }]) => ({ place, address: addresses.join(', '), count }));
}
