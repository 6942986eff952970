/** What is said of an attribution: its target, its sums, its sides. */

import { formatNumber } from '@/components/ui/format.ts';
import type { AttributionRecord, AttributionSide } from '@/core/result/types.ts';
import type { Caption } from '../shared/result/caption.ts';

const className = (classes: readonly string[], index: number | null): string =>
  index === null || index < 0 ? 'none' : (classes[index] ?? String(index));

/** "class 7", "class 7 (seven)", "logit 3", "loss". */
export function targetName({ target, targetClass }: Pick<AttributionSide, 'target' | 'targetClass'>): string {
  return targetClass === null || target.endsWith(` ${targetClass}`) ? target : `${target} (${targetClass})`;
}

/** "true 5, predicted 3"; what is not known is left out. */
export function verdictText(
  { label, predicted }: Pick<AttributionSide, 'label' | 'predicted'>,
  classes: readonly string[],
): string | null {
  const parts = [
    label === null || label < 0 ? null : `true ${className(classes, label)}`,
    predicted === null || predicted < 0 ? null : `predicted ${className(classes, predicted)}`,
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(', ') : null;
}

/** The sums of one side, in the order of a check: what there is to explain, and what was explained. */
function sumsOf(side: AttributionSide): Caption[] {
  const captions: Caption[] = [
    { text: `f(x) ${formatNumber(side.value)}`, meaning: `Target at the example: ${side.value}` },
  ];
  if (side.baselineValue !== null)
    captions.push({
      text: `f(baseline) ${formatNumber(side.baselineValue)}`,
      meaning: `Target at the baseline: ${side.baselineValue}`,
    });
  captions.push({ text: `sum ${formatNumber(side.sum)}`, meaning: `Sum of all attributions: ${side.sum}` });
  if (side.gap !== null)
    captions.push({
      text: `gap ${formatNumber(side.gap)}`,
      meaning: `How far the sum is from f(x) − f(baseline), which this method promises to reach: ${side.gap}`,
    });
  return captions;
}

/** What was asked, and how the sides compare: told above an attribution. */
export function subjectCaptions(record: AttributionRecord): Caption[] {
  const { join } = record;
  const meaning = `Target: ${targetName(record)}, by ${record.method}`;
  if (join === null) {
    const verdict = verdictText(record, record.classes);
    return [
      { text: targetName(record), meaning },
      ...(verdict === null ? [] : [{ text: verdict, meaning: record.example }]),
    ];
  }
  const same = targetName(record) === targetName(join.right);
  return [
    { text: same ? targetName(record) : `${targetName(record)} | ${targetName(join.right)}`, meaning },
    {
      text: `distance ${formatNumber(join.distance)}`,
      meaning: `0: both sides are equal; 1: they share nothing: ${join.distance}`,
    },
  ];
}

/** The quiet line below an attribution: what there is to explain, and what was explained. */
export function sumCaptions(record: AttributionRecord): Caption[] {
  const { join } = record;
  if (join === null) return sumsOf(record);
  return [
    {
      text: `f(x) ${formatNumber(record.value)} | ${formatNumber(join.right.value)}`,
      meaning: `Target of the left and of the right side: ${record.value}, ${join.right.value}`,
    },
    {
      text: `sum ${formatNumber(record.sum)} | ${formatNumber(join.right.sum)}`,
      meaning: `Sum of all attributions of the left and of the right side: ${record.sum}, ${join.right.sum}`,
    },
  ];
}

/** What tells two sides apart: "digits.test[42]" and "digits.test[7]"; left and right when nothing does. */
export function sideNames(left: AttributionSide, right: AttributionSide): readonly [string, string] {
  const parts = (side: AttributionSide, other: AttributionSide) =>
    [
      side.model === other.model ? null : side.model,
      side.example === other.example ? null : side.example,
      side.target === other.target ? null : targetName(side),
      side.method === other.method ? null : side.method,
      side.changes.join(', ') === other.changes.join(', ')
        ? null
        : side.changes.length > 0
          ? `with ${side.changes.join(', ')}`
          : 'unchanged',
    ].filter((part) => part !== null);
  const [a, b] = [parts(left, right), parts(right, left)];
  return a.length === 0 ? ['left', 'right'] : [a.join(' · '), b.join(' · ')];
}

/** What the joined picture shows. */
export const joinName = (kind: 'join' | 'left join'): string =>
  kind === 'join' ? 'shared by both' : 'left more than right';
export const joinMeaning = (kind: 'join' | 'left join'): string =>
  kind === 'join'
    ? 'Evidence of the same sign on both sides, as strong as the weaker of them'
    : 'Left minus right: red where the left side has more evidence, blue where the right side has';
