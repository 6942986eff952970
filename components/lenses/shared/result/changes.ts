/** Words for what changed between two answers. */
import { counted, formatNumber, formatShare } from '@/components/ui/format.ts';
import { attributionRecordSchema, predictionRecordSchema, type Result } from '@/core/result/types.ts';

export const ARROW = '→';
export const arrow = (before: string, after: string): string => `${before} ${ARROW} ${after}`;

export const accuracies = (a: number | null, b: number | null): string =>
  a === null || b === null ? '' : `accuracy ${arrow(formatShare(a), formatShare(b))}`;

/** Of answers whose record tells an accuracy. */
export function accuracySentence(before: Result, after: Result): string | null {
  const [a, b] = [before, after].map((side) => predictionRecordSchema.safeParse(side.meta.record).data);
  return a && b ? accuracies(a.accuracy, b.accuracy) || null : null;
}

/** Of attributions: the target on both sides. */
export function targetSentence(before: Result, after: Result): string | null {
  const [a, b] = [before, after].map((side) => attributionRecordSchema.safeParse(side.meta.record).data);
  return a && b ? `f(x) ${arrow(formatNumber(a.value), formatNumber(b.value))}` : null;
}

/** The largest change, the share of numbers that changed at all, and how many cannot be compared. */
export function sizeOfChange(change: ArrayLike<number>): {
  readonly largest: number;
  readonly at: number;
  readonly changed: number;
  readonly lost: number;
} {
  let [largest, at, changed, lost] = [0, 0, 0, 0];
  for (let i = 0; i < change.length; i++) {
    const value = change[i] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      lost += 1;
      continue;
    }
    if (value !== 0) changed += 1;
    if (Math.abs(value) > Math.abs(largest)) [largest, at] = [value, i];
  }
  return { largest, at, changed: change.length > 0 ? changed / change.length : 0, lost };
}

/** What is added to a sentence on a change of numbers of which some are none. */
export const lostSentence = (lost: number): string =>
  lost === 0 ? '' : `; ${counted(lost, 'number')} cannot be compared: not finite`;
