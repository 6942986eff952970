/** What is to be said of the values of examples before a model is given them. */
import { listed, type NumberArray } from '../files/numbers.ts';

interface Values {
  readonly name: string;
  readonly file: string;
  /** (n, ...shape) */
  readonly x: NumberArray;
}

/**
 * Fractions and numbers beyond 32 bits are kept in float32, and a model is given float32 whatever is kept: what that
 * changes is counted.
 */
export function valueNotes(values: Values): string[] {
  const { name, file, x } = values;
  const { data, shape } = x;
  if (data instanceof Uint8Array) return [];
  const row = data.length / (shape[0] || 1);
  const none = new Count(row);
  const large = new Count(row);
  const small = new Count(row);
  const rounded = new Count(row);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    const kept = Math.fround(value);
    if (!Number.isFinite(value)) none.add(i);
    else if (kept === value) continue;
    else if (!Number.isFinite(kept)) large.add(i);
    else if (kept === 0) small.add(i);
    else if (Number.isSafeInteger(value)) rounded.add(i);
  }
  const say = (count: Count, what: string) =>
    count.n === 0
      ? []
      : [`${file}: ${name} holds ${count.n} values that ${what}, the first in ${name}[${count.first}].`];
  return [
    ...say(none, 'are NaN or infinite'),
    ...say(large, 'are beyond the range of float32 (3.4e38) and become infinite'),
    ...say(small, 'are nearer to 0 than float32 holds (1e-45) and become 0'),
    ...say(rounded, 'are whole numbers that float32 does not hold exactly and are rounded'),
    ...collapseNotes(values, row),
  ];
}

class Count {
  n = 0;
  /** The example of the first. */
  first = -1;
  readonly #row: number;

  constructor(row: number) {
    this.#row = row;
  }

  add(at: number): void {
    if (this.n === 0) this.first = Math.floor(at / this.#row);
    this.n++;
  }
}

/** Where a feature's values span no more steps of float32 than these, it is looked at closely. */
const FEW_STEPS = 1024;

/** Features whose values lie so close together beside their size that float32 tells less than half of them apart. */
function collapseNotes({ name, file, x: { data } }: Values, row: number): string[] {
  if (!(data instanceof Float64Array)) return [];
  const least = new Float64Array(row).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(row).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0; at < data.length; )
    for (let j = 0; j < row; j++, at++) {
      const value = data[at]!;
      if (value < least[j]!) least[j] = value;
      if (value > most[j]!) most[j] = value;
    }
  const close: number[] = [];
  let worst: { readonly feature: number; readonly apart: number; readonly kept: number } | null = null;
  for (let j = 0; j < row; j++) {
    const span = most[j]! - least[j]!;
    const size = Math.max(Math.abs(least[j]!), Math.abs(most[j]!));
    if (!(span > 0) || !Number.isFinite(size) || span > FEW_STEPS * size * 2 ** -23) continue;
    const apart = new Set<number>();
    const kept = new Set<number>();
    for (let at = j; at < data.length; at += row) {
      const value = data[at]!;
      if (!Number.isFinite(value)) continue;
      apart.add(value);
      kept.add(Math.fround(value));
    }
    if (2 * kept.size > apart.size) continue;
    close.push(j);
    if (worst === null || kept.size * worst.apart < worst.kept * apart.size)
      worst = { feature: j, apart: apart.size, kept: kept.size };
  }
  if (worst === null) return [];
  return [
    `${file}: in ${name}, the values of ${close.length === 1 ? 'feature' : 'the features'} ${listed(close.map(String))} lie so close together beside their size that float32 merges them (${worst.apart} different values of feature ${worst.feature} become ${worst.kept}); subtract a constant from them before saving.`,
  ];
}
