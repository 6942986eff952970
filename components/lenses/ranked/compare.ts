import { counted, formatCount } from '@/components/ui/format.ts';
import type { Result } from '@/core/result/types.ts';
import type { CompareSpec } from '../contract.ts';

function sentence(before: Result, after: Result): string | null {
  const [old, now] = [before.tensors.index?.data, after.tensors.index?.data];
  if (!old || !now) return null;
  const was = new Set(old);
  const stay = Array.from(now).filter((index) => was.has(index)).length;
  const lost = Array.from(after.tensors.value?.data ?? []).filter((value) => !Number.isFinite(value)).length;
  const told = `${formatCount(stay)} of ${formatCount(now.length)} were in the list before`;
  return lost === 0 ? told : `${told}; ${counted(lost, 'value')} not finite`;
}

export const compare: CompareSpec = { sentence };
