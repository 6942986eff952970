/** How a model's outputs are written and drawn: as shares where they are probabilities, else as the numbers they are. */
import { formatNumber, formatShare } from '@/components/ui/format.ts';
import type { PredictionRecord, Result } from '@/core/result/types.ts';
import { optionalTensor } from './read.ts';

export type Scores = PredictionRecord['scores'];

export const formatOutput = (scores: Scores): ((value: number | null | undefined) => string) =>
  scores === 'probability' ? formatShare : formatNumber;

/** What bars reach from and to: 0 to 1 for probabilities; for other numbers the least and the largest finite one, and 0. */
export function rangeOfOutputs(scores: Scores, ...numbers: readonly ArrayLike<number>[]): [number, number] {
  if (scores === 'probability') return [0, 1];
  let [low, high] = [0, 0];
  for (const list of numbers)
    for (const value of Array.from(list)) {
      if (value < low && value > Number.NEGATIVE_INFINITY) low = value;
      if (value > high && value < Number.POSITIVE_INFINITY) high = value;
    }
  return [low, high];
}

/** Where a number lies between the ends of the range, per cent of it. */
export function placeInRange(value: number, [low, high]: readonly [number, number]): number {
  return high === low ? 0 : ((Math.max(low, Math.min(high, value)) - low) / (high - low)) * 100;
}

/** A bar from 0 to the number, within the range. */
export function barInRange(
  value: number,
  range: readonly [number, number],
): { readonly left: string; readonly width: string } {
  if (!Number.isFinite(value)) return { left: '0%', width: '0%' };
  const [from, to] = [placeInRange(Math.min(value, 0), range), placeInRange(Math.max(value, 0), range)];
  return { left: `${from}%`, width: `${to - from}%` };
}

/** Output `unit` of each example of a table; NaN where the answer does not hold it. */
export function outputsOf(result: Result, rows: number, unit: (row: number) => number): number[] {
  const all = optionalTensor(result, 'probabilities');
  const units = all?.shape[1] ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    const at = unit(row);
    return at < 0 || at >= units ? Number.NaN : (all?.data[row * units + at] ?? Number.NaN);
  });
}
