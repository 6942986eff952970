/** What a change did, in one sentence. */
import { formatCount, formatNumber, formatShare } from '@/components/ui/format.ts';
import {
  attributionRecordSchema,
  calibrationRecordSchema,
  countRecordSchema,
  predictionRecordSchema,
  type Result,
} from '@/core/result/types.ts';
import { differenceOf, sideOf, sizeOfChange } from './sides.ts';

const ARROW = '→';

/** The class of the largest value; null when there is none. */
export function topOf(values: ArrayLike<number>): number | null {
  let top: number | null = null;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isFinite(value) && (top === null || value > (values[top] ?? Number.NaN))) top = i;
  }
  return top;
}

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
  return { changed, mended: label ? mended : null, broken: label ? broken : null };
}

const arrow = (before: string, after: string) => `${before} ${ARROW} ${after}`;
const accuracies = (a: number | null, b: number | null) =>
  a === null || b === null ? '' : `accuracy ${arrow(formatShare(a), formatShare(b))}`;

/** Null where the pictures alone can tell. */
export function sentenceOf(result: Result): string | null {
  const [before, after] = [sideOf(result, 'before'), sideOf(result, 'after')];
  switch (result.meta.type) {
    case 'vector[class]':
      return predictionSentence(before, after);
    case 'table[example]':
      return flipSentence(before, after);
    case 'matrix[class,class]':
    case 'table[class]': {
      const [a, b] = [before, after].map((side) => predictionRecordSchema.safeParse(side.meta.record).data);
      return a && b ? accuracies(a.accuracy, b.accuracy) || null : null;
    }
    case 'calibration': {
      const [a, b] = [before, after].map((side) => calibrationRecordSchema.safeParse(side.meta.record).data);
      return a && b
        ? `ECE ${arrow(formatShare(a.ece), formatShare(b.ece))}, ${accuracies(a.accuracy, b.accuracy)}`
        : null;
    }
    case 'count': {
      const [a, b] = [before, after].map((side) => countRecordSchema.safeParse(side.meta.record).data);
      return a && b
        ? [
            a.count === b.count
              ? `${formatCount(b.count)} as before`
              : arrow(formatCount(a.count), formatCount(b.count)),
            accuracies(a.accuracy, b.accuracy),
          ]
            .filter((text) => text !== '')
            .join(', ')
        : null;
    }
    default:
      return changeSentence(result, before, after);
  }
}

function predictionSentence(before: Result, after: Result): string | null {
  const old = before.tensors.values;
  const now = after.tensors.values;
  const record = predictionRecordSchema.safeParse(after.meta.record).data;
  const [a, b] = [old ? topOf(old.data) : null, now ? topOf(now.data) : null];
  if (!old || !now || a === null || b === null) return null;
  const name = (c: number) => record?.classes[c] ?? String(c);
  const share = (of: ArrayLike<number>, c: number) => formatShare(of[c] ?? Number.NaN);
  if (a === b) return `still ${name(b)}: ${arrow(share(old.data, b), share(now.data, b))}`;
  const label = record?.label ?? null;
  const verdict = label === b ? ', right now' : label === a ? ', wrong now' : '';
  return `the prediction flips: ${name(a)} (${share(old.data, a)}) ${ARROW} ${name(b)} (${share(now.data, b)})${verdict}`;
}

function flipSentence(before: Result, after: Result): string | null {
  const [old, now] = [before.tensors.predicted, after.tensors.predicted];
  if (!old || !now) return null;
  const { changed, mended, broken } = flipsOf(old.data, now.data, after.tensors.label?.data ?? null);
  const tail =
    mended === null || broken === null
      ? ''
      : `: ${formatCount(mended)} mended, ${formatCount(broken)} broken`;
  return `${formatCount(changed.length)} of ${formatCount(now.data.length)} predictions change${changed.length > 0 ? tail : ''}`;
}

function changeSentence(result: Result, before: Result, after: Result): string | null {
  const parts: string[] = [];
  const [a, b] = [before, after].map((side) => attributionRecordSchema.safeParse(side.meta.record).data);
  if (a && b) parts.push(`f(x) ${arrow(formatNumber(a.value), formatNumber(b.value))}`);
  const change = differenceOf(result)?.tensors.values ?? differenceOf(result)?.tensors.kernel;
  if (change) {
    const { largest, changed } = sizeOfChange(change.data);
    parts.push(
      changed === 0
        ? 'nothing changes'
        : `largest change ${largest > 0 ? '+' : ''}${formatNumber(largest)}, ${formatShare(changed)} of the numbers change`,
    );
  }
  return parts.length > 0 ? parts.join('; ') : null;
}
