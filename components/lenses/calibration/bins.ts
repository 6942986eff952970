/** Bins of a reliability diagram (Niculescu-Mizil & Caruana 2005). */
import type { Result } from '@/core/result/types.ts';
import { tensorOf } from '../shared/result/read.ts';
export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Means over the bin's examples; null where there are none. */
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

const known = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);

export function binsOf(
  count: ArrayLike<number>,
  confidence: ArrayLike<number>,
  accuracy: ArrayLike<number>,
  edges: ArrayLike<number>,
): Bin[] {
  return Array.from({ length: count.length }, (_, i) => {
    const held = (count[i] ?? 0) > 0;
    return {
      low: edges[i] ?? 0,
      high: edges[i + 1] ?? 1,
      count: count[i] ?? 0,
      confidence: held ? known(confidence[i]) : null,
      accuracy: held ? known(accuracy[i]) : null,
    };
  });
}

/** How far confidence can be believed, in words; `gap` is mean confidence less accuracy. */
export function calibrationVerdict(ece: number, gap: number): string {
  const size = ece < 0.02 ? 'well calibrated' : ece < 0.1 ? 'slightly' : 'clearly';
  if (size === 'well calibrated') return size;
  return `${size} ${gap > 0 ? 'overconfident' : 'underconfident'}`;
}

/** Mean confidence less accuracy over all examples. */
export function gapOf(bins: readonly Bin[]): number {
  let [sum, total] = [0, 0];
  for (const { count, confidence, accuracy } of bins) {
    if (confidence === null || accuracy === null) continue;
    sum += count * (confidence - accuracy);
    total += count;
  }
  return total > 0 ? sum / total : 0;
}

/** The bin that holds a confidence; null outside of all. */
export function binAt(bins: readonly Bin[], confidence: number): number | null {
  const at = bins.findIndex(
    (bin, i) =>
      confidence >= bin.low && (confidence < bin.high || (i === bins.length - 1 && confidence <= bin.high)),
  );
  return at < 0 ? null : at;
}

/** Of a result. */
export const calibrationBins = (result: Result) =>
  binsOf(
    tensorOf(result, 'count').data,
    tensorOf(result, 'confidence').data,
    tensorOf(result, 'accuracy').data,
    tensorOf(result, 'edges').data,
  );
