/** The two answers of a what-if question apart, and what lies between them. */
import type { NamedTensor, Result, ResultType } from '@/core/result/types.ts';

const PREFIX = 'before.';

/** One of the two answers as a result of its own, which any ordinary lens draws. */
export function sideOf(result: Result, which: 'before' | 'after'): Result {
  const { before, ...meta } = result.meta;
  const isBefore = (name: string) => name.startsWith(PREFIX);
  const take = <T>(all: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) =>
        which === 'after'
          ? isBefore(name)
            ? []
            : [[name, value]]
          : isBefore(name)
            ? [[name.slice(PREFIX.length), value]]
            : [],
      ),
    );
  const record = which === 'before' ? before?.record : meta.record;
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

/** Signed numbers of each type whose lens draws a difference as well as a value. */
const SIGNED: Partial<Record<ResultType, readonly string[]>> = {
  'tensor[unit,y,x]': ['values'],
  'vector[unit]': ['values'],
  'matrix[unit,class]': ['values'],
  'attribution[y,x]': ['values', 'left', 'right'],
  'attribution[feature]': ['values', 'left', 'right'],
  'attribution[unit,y,x]': ['values', 'left', 'right'],
  'attribution[unit]': ['values', 'left', 'right'],
  'attribution[example,y,x]': ['values', 'left', 'right'],
};
/** What is left out of a difference: it is of one side only. */
const ONE_SIDED = ['standard_error', 'sd'];

const alike = (a: NamedTensor, b: NamedTensor) =>
  a.shape.length === b.shape.length && a.shape.every((size, i) => size === b.shape[i]);

/** after − before, for the lens that draws either; null for types that have no signed numbers, or that differ in shape. */
export function differenceOf(result: Result): Result | null {
  const { type } = result.meta;
  const after = sideOf(result, 'after');
  const before = sideOf(result, 'before');
  const names = type === 'weights' ? Object.keys(after.tensors) : SIGNED[type];
  if (!names) return null;
  const tensors: Record<string, NamedTensor> = {};
  for (const [name, tensor] of Object.entries(after.tensors)) {
    if (ONE_SIDED.includes(name)) continue;
    const old = before.tensors[name];
    if (!names.includes(name)) {
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

/** The largest change and the share of numbers that changed at all. */
export function sizeOfChange(change: ArrayLike<number>): {
  readonly largest: number;
  readonly at: number;
  readonly changed: number;
} {
  let [largest, at, changed] = [0, 0, 0];
  for (let i = 0; i < change.length; i++) {
    const value = change[i] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    if (value !== 0) changed += 1;
    if (Math.abs(value) > Math.abs(largest)) [largest, at] = [value, i];
  }
  return { largest, at, changed: change.length > 0 ? changed / change.length : 0 };
}
