/** What a change did, in one sentence. */
import { formatNumber, formatShare } from '@/components/ui/format.ts';
import type { Result } from '@/core/result/types.ts';
import type { CompareSpec } from '../contract.ts';
import { lostSentence, sizeOfChange } from '../shared/result/changes.ts';
import { differenceOf, sideOf } from './sides.ts';

/** In the lens' words, and the size of the difference where numbers are signed; null where the pictures alone can tell. */
export function sentenceOf(result: Result, { sentence, signed }: CompareSpec): string | null {
  const told = sentence?.(sideOf(result, 'before'), sideOf(result, 'after')) ?? null;
  const tensors = differenceOf(result, signed)?.tensors;
  const change = tensors?.values ?? tensors?.kernel;
  const parts = [...(told === null ? [] : [told]), ...(change ? [sizeSentence(change.data)] : [])];
  return parts.length > 0 ? parts.join('; ') : null;
}

function sizeSentence(change: ArrayLike<number>): string {
  const { largest, changed, lost } = sizeOfChange(change);
  const told =
    changed > 0
      ? `largest change ${largest > 0 ? '+' : ''}${formatNumber(largest)}, ${formatShare(changed)} of the numbers change`
      : lost > 0
        ? 'no finite number changes'
        : 'nothing changes';
  return told + lostSentence(lost);
}
