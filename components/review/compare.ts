/** What differs between the numbers of a snapshot and today's (rule H2). */
import type { Result } from '@/core/result/index.ts';

export interface TensorDifference {
  readonly tensor: string;
  /** Shapes differ: no number can be given. */
  readonly shape: boolean;
  /** Largest absolute difference; values that are not numbers on one side only count as infinite. */
  readonly largest: number;
  /** Share of values that are not equal. */
  readonly share: number;
}

/** Empty when every number is the same. A tensor that one side lacks counts as one whose shape differs. */
export function differences(then: Result, now: Result): TensorDifference[] {
  const names = [...new Set([...Object.keys(then.tensors), ...Object.keys(now.tensors)])];
  return names.flatMap((tensor): TensorDifference[] => {
    const a = then.tensors[tensor];
    const b = now.tensors[tensor];
    if (!a || !b || a.shape.join() !== b.shape.join())
      return [{ tensor, shape: true, largest: Number.POSITIVE_INFINITY, share: 1 }];
    let largest = 0;
    let unequal = 0;
    for (let i = 0; i < a.data.length; i++) {
      const x = a.data[i] ?? Number.NaN;
      const y = b.data[i] ?? Number.NaN;
      if (Object.is(x, y) || x === y) continue;
      unequal++;
      const by = Math.abs(x - y);
      largest = Math.max(largest, Number.isNaN(by) ? Number.POSITIVE_INFINITY : by);
    }
    return unequal === 0 ? [] : [{ tensor, shape: false, largest, share: unequal / a.data.length }];
  });
}
