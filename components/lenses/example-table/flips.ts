/** Predictions and outputs of a slice that differ between two answers. */
import { formatCount } from '@/components/ui/format.ts';
import { predictionRecordSchema, type Result } from '@/core/result/types.ts';

export interface Flips {
  /** Rows whose prediction changed. */
  readonly changed: readonly number[];
  /** Of them: wrong before and right after; right before and wrong after. Null without labels. */
  readonly mended: number | null;
  readonly broken: number | null;
}
export function flipsOf(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  label: ArrayLike<number> | null,
): Flips {
  const changed: number[] = [];
  let [mended, broken] = [0, 0];
  for (let i = 0; i < after.length; i++) {
    if (before[i] === after[i]) continue;
    changed.push(i);
    if (!label || (label[i] ?? -1) < 0) continue;
    if (label[i] === after[i]) mended += 1;
    else if (label[i] === before[i]) broken += 1;
  }
  const judged = label !== null && Array.from(label).some((c) => c >= 0);
  return { changed, mended: judged ? mended : null, broken: judged ? broken : null };
}

/** Rows of a table whose outputs differ between the sides; NaN is as NaN. */
export function outputsThatChange(before: Result, after: Result): readonly number[] {
  const [old, now] = [before.tensors.probabilities, after.tensors.probabilities];
  const units = now?.shape[1] ?? 0;
  if (!old || !now || units === 0) return [];
  return Array.from({ length: now.shape[0] ?? 0 }, (_, row) => row).filter((row) => {
    for (let at = row * units; at < (row + 1) * units; at++)
      if (!Object.is(old.data[at], now.data[at])) return true;
    return false;
  });
}

export function flipSentence(before: Result, after: Result): string | null {
  const [old, now] = [before.tensors.predicted, after.tensors.predicted];
  const record = predictionRecordSchema.safeParse(after.meta.record).data;
  if (!old || !now) return null;
  if (record?.scores === 'output') {
    const rows = outputsThatChange(before, after).length;
    return `outputs of ${formatCount(rows)} of ${formatCount(now.data.length)} examples change`;
  }
  const { changed, mended, broken } = flipsOf(old.data, now.data, after.tensors.label?.data ?? null);
  const tail =
    mended === null || broken === null
      ? ''
      : `: ${formatCount(mended)} mended, ${formatCount(broken)} broken`;
  return `${formatCount(changed.length)} of ${formatCount(now.data.length)} predictions change${changed.length > 0 ? tail : ''}`;
}
