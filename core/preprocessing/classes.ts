/** Which class of the data set each output of the model stands for. */
import type { ClassOrder } from './spec.ts';

export type Ordered =
  | {
      readonly fits: true;
      /** By the model's outputs. */
      readonly classes: readonly string[];
    }
  | { readonly fits: false; readonly why: string };

/** By code points, as Python and NumPy sort: JavaScript's own order differs beyond U+FFFF. */
function plain(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Names in an order of their own hold each class of the data set once; they may name classes that it has no example of. */
export function orderedClasses(stored: readonly string[], order: ClassOrder): Ordered {
  if (order === 'stored') return { fits: true, classes: stored };
  if (order === 'plain') return { fits: true, classes: [...stored].sort(plain) };
  if (order === 'natural') {
    const { compare } = new Intl.Collator('en', { numeric: true });
    return { fits: true, classes: [...stored].sort((a, b) => compare(a, b) || plain(a, b)) };
  }
  const twice = order.find((name, i) => order.indexOf(name) !== i);
  if (twice !== undefined)
    return { fits: false, why: `the class order names '${twice}' twice; name each class once` };
  const named = new Set(order);
  const missing = stored.find((name) => !named.has(name));
  if (missing !== undefined)
    return {
      fits: false,
      why: `the class order does not name '${missing}'; name every class of the data set, in the order of the model's outputs`,
    };
  return { fits: true, classes: order };
}
