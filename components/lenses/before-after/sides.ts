/** The two answers of a what-if question apart, and what lies between them. */
import { type NamedTensor, nameInOther, type Result } from '@/core/result/types.ts';
import type { CompareSpec } from '../contract.ts';

/** One of the two answers as a result of its own, which any ordinary lens draws. */
export function sideOf(result: Result, which: 'before' | 'after'): Result {
  const { other, ...meta } = result.meta;
  const take = <T>(all: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => {
        const inOther = nameInOther(name);
        if (which === 'before') return inOther === null ? [] : [[inOther, value]];
        return inOther === null ? [[name, value]] : [];
      }),
    );
  const record = which === 'before' ? other?.record : meta.record;
  const { record: _, ...rest } = meta;
  return {
    meta: {
      ...rest,
      // Lenses keep what they worked out by the result's id.
      id: `${meta.id}:${which}`,
      tensors: take(meta.tensors),
      ...(record === undefined ? {} : { record }),
    },
    tensors: take(result.tensors),
  };
}

/** What is left out of a difference: it is of one side only. */
const ONE_SIDED = ['standard_error', 'sd'];

const alike = (a: NamedTensor, b: NamedTensor) =>
  a.shape.length === b.shape.length && a.shape.every((size, i) => size === b.shape[i]);

/** after − before of signed numbers, for the lens that draws either; null where there are none, or shapes differ. */
export function differenceOf(result: Result, signed: CompareSpec['signed']): Result | null {
  const after = sideOf(result, 'after');
  const before = sideOf(result, 'before');
  if (!signed) return null;
  const isSigned = (name: string): boolean => signed === 'all' || signed.some((own) => own === name);
  const tensors: Record<string, NamedTensor> = {};
  for (const [name, tensor] of Object.entries(after.tensors)) {
    if (ONE_SIDED.includes(name)) continue;
    const old = before.tensors[name];
    if (!isSigned(name)) {
      tensors[name] = tensor;
      continue;
    }
    if (!old || !alike(tensor, old)) return null;
    tensors[name] = {
      dtype: 'F32',
      shape: tensor.shape,
      data: Float32Array.from(tensor.data, (value, i) => value - (old.data[i] ?? Number.NaN)),
    };
  }
  return {
    meta: {
      ...after.meta,
      id: `${result.meta.id}:change`,
      tensors: Object.fromEntries(Object.entries(after.meta.tensors).filter(([name]) => name in tensors)),
      ...(after.meta.record === undefined ? {} : { record: lessened(after.meta.record, before.meta.record) }),
    },
    tensors,
  };
}

/** Sums of an attribution are differences too; other facts are the changed answer's. */
function lessened(after: unknown, before: unknown): unknown {
  if (typeof after !== 'object' || after === null || typeof before !== 'object' || before === null)
    return after;
  const old = new Map(Object.entries(before));
  return Object.fromEntries(
    Object.entries(after).map(([key, value]) => {
      const earlier = old.get(key);
      if (key === 'gap') return [key, null];
      return SUMS.includes(key) && typeof value === 'number' && typeof earlier === 'number'
        ? [key, value - earlier]
        : [key, value];
    }),
  );
}
const SUMS = ['value', 'baselineValue', 'sum'];

/** The smallest range that holds both. */
export const unionOf = (
  a: readonly [number, number],
  b: readonly [number, number],
): readonly [number, number] => [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
