/** What a change did, in one sentence. */
import { formatNumber, formatShare } from '@/components/ui/format.ts';
import type { OtherAnswer, Result } from '@/core/result/types.ts';
import type { CompareSpec } from '../contract.ts';
import { lostSentence, sizeOfChange } from '../shared/result/changes.ts';
import type { PaneChoice } from './panes.ts';
import { differenceOf, sideOf } from './sides.ts';

interface Words {
  /** What each pane is called. */
  readonly names: { readonly before: string; readonly after: string; readonly change: string };
  /** What is shown, to be chosen. */
  readonly titles: Readonly<Record<PaneChoice, string>>;
  readonly changes: string;
}
/** What both answers of a result are called. */
export function wordsOf(other: OtherAnswer | undefined): Words {
  if (other?.kind === 'right') {
    const { left, right } = other.sides;
    return {
      names: { before: right, after: left, change: `${left} − ${right}` },
      titles: { sides: 'Both', change: 'Difference', all: 'All' },
      changes: `${left} against ${right}`,
    };
  }
  return {
    names: { before: 'before', after: 'after', change: 'after − before' },
    titles: { sides: 'Before | after', change: 'Change', all: 'All' },
    changes: `with ${other?.changes.join(', ') ?? ''}`,
  };
}

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
