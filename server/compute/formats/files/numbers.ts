/** Arrays as the readers give them, whatever file they came from. */
import type { ArrayData, NumberType } from './number-types.ts';

export interface NumberArray {
  readonly shape: readonly number[];
  readonly data: ArrayData;
  /** Number type in the file. */
  readonly type: NumberType;
}

export interface TextArray {
  readonly shape: readonly number[];
  readonly texts: readonly string[];
}

export function isTexts(array: NumberArray | TextArray): array is TextArray {
  return 'texts' in array;
}

/** In the order of code points, which is Python's and NumPy's: JavaScript's own order differs beyond U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** "a, b, c and 4 more": lists in sentences stay short. */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map((name) => (name.length > 60 ? `${name.slice(0, 57)}...` : name));
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** "1 file", "3 files". */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
