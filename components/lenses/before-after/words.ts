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
import { formatOutput } from '../shared/result/outputs.ts';
import { differenceOf, sideOf, sizeOfChange } from './sides.ts';

const ARROW = '→';

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
  const old = before.tensors.values?.data;
  const now = after.tensors.values?.data;
  const [a, b] = [before, after].map((side) => predictionRecordSchema.safeParse(side.meta.record).data);
  if (!old || !now || !a || !b) return null;
  const name = (c: number) => b.classes[c] ?? String(c);
  const format = formatOutput(b.scores);
  if (b.scores === 'output') {
    const { largest, at, changed } = sizeOfChange(
      Array.from(now, (value, i) => value - (old[i] ?? Number.NaN)),
    );
    if (changed === 0) return 'no output changes';
    return `${name(at)}: ${arrow(format(old[at]), format(now[at]))} (${largest > 0 ? '+' : ''}${formatNumber(largest)})`;
  }
  const [was, is] = [a.predicted ?? null, b.predicted ?? null];
  if (was === null || is === null)
    return was === is
      ? 'no prediction on either side: the scores are not finite'
      : was === null
        ? `no prediction before, ${name(is ?? 0)} after`
        : `${name(was)} before, no prediction after: the scores are not finite`;
  if (was === is) return `still ${name(is)}: ${arrow(format(old[is]), format(now[is]))}`;
  const label = b.label ?? null;
  const verdict = label === is ? ', now right' : label === was ? ', now wrong' : '';
  return `the prediction flips: ${name(was)} (${format(old[was])}) ${ARROW} ${name(is)} (${format(now[is])})${verdict}`;
}

function flipSentence(before: Result, after: Result): string | null {
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
