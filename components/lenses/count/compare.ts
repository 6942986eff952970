import { formatCount } from '@/components/ui/format.ts';
import { countRecordSchema, type Result } from '@/core/result/types.ts';
import type { CompareSpec } from '../contract.ts';
import { accuracies, arrow } from '../shared/result/changes.ts';

function sentence(before: Result, after: Result): string | null {
  const [a, b] = [before, after].map((side) => countRecordSchema.safeParse(side.meta.record).data);
  if (!a || !b) return null;
  const counts =
    a.count === b.count
      ? `${formatCount(b.count)} as before`
      : arrow(formatCount(a.count), formatCount(b.count));
  return [counts, accuracies(a.accuracy, b.accuracy)].filter((text) => text !== '').join(', ');
}

export const compare: CompareSpec = { sentence };
