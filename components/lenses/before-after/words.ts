/** What a change did, in one sentence. */
import { formatCount, formatNumber, formatShare } from '@/components/ui/format.ts';
import {
  attributionRecordSchema,
  calibrationRecordSchema,
  countRecordSchema,
  histogramRecordSchema,
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
    case 'histogram':
    case 'stats[unit]':
      return meanSentence(before, after);
    case 'ranked[example]':
      return rankedSentence(before, after);
    case 'images':
      return imageSentence(before, after);
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
  const verdict = label === b ? ', now right' : label === a ? ', now wrong' : '';
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

/** Of a distribution its mean; of units the one whose mean moves most. */
function meanSentence(before: Result, after: Result): string | null {
  const [a, b] = [before, after].map((side) => histogramRecordSchema.safeParse(side.meta.record).data);
  if (a && b)
    return `mean ${arrow(formatNumber(a.mean), formatNumber(b.mean))}, zeros ${arrow(formatShare(a.zeros), formatShare(b.zeros))}`;
  const [old, now] = [before.tensors.mean?.data, after.tensors.mean?.data];
  if (!old || !now) return null;
  const { largest, at, changed } = sizeOfChange(
    Array.from(now, (value, i) => value - (old[i] ?? Number.NaN)),
  );
  const name = after.meta.axes.find((axis) => axis.name === 'unit')?.labels?.[at] ?? `unit ${at}`;
  return changed === 0
    ? 'no mean changes'
    : `${name} moves most: ${arrow(formatNumber(old[at]), formatNumber(now[at]))} (${largest > 0 ? '+' : ''}${formatNumber(largest)})`;
}

function rankedSentence(before: Result, after: Result): string | null {
  const [old, now] = [before.tensors.index?.data, after.tensors.index?.data];
  if (!old || !now) return null;
  const was = new Set(old);
  const stay = Array.from(now).filter((index) => was.has(index)).length;
  return `${formatCount(stay)} of ${formatCount(now.length)} were in the list before`;
}

function imageSentence(before: Result, after: Result): string | null {
  const [old, now] = [before.tensors.images?.data, after.tensors.images?.data];
  if (!old || !now || old.length !== now.length) return null;
  const { largest, changed } = sizeOfChange(Float64Array.from(now, (value, i) => value - (old[i] ?? 0)));
  return changed === 0
    ? 'no pixel changes'
    : `pixels change by ${formatNumber(Math.abs(largest))} at most, ${formatShare(changed)} of them at all`;
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
