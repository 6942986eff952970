import { formatCount } from '@/components/ui/format.ts';
import type { Result } from '@/core/result/types.ts';
import type { CompareSpec } from '../contract.ts';

function sentence(before: Result, after: Result): string | null {
  const [old, now] = [before.tensors.index?.data, after.tensors.index?.data];
  if (!old || !now) return null;
  const was = new Set(old);
  const stay = Array.from(now).filter((index) => was.has(index)).length;
  return `${formatCount(stay)} of ${formatCount(now.length)} were in the list before`;
}

export const compare: CompareSpec = { sentence };
