/** What is to be said of the values of examples before a model is given them. */
import type { NumberArray } from './numbers.ts';

interface Values {
  readonly name: string;
  readonly file: string;
  readonly x: NumberArray;
}

/** Examples are kept in float32 where they are fractions or beyond 32 bits: what that changes is counted. */
export function valueNotes({ name, x, file }: Values): string[] {
  const { data, type, shape } = x;
  if (data instanceof Uint8Array || data instanceof Int32Array) return [];
  const row = data.length / (shape[0] || 1);
  const none = new Count(row);
  const large = new Count(row);
  const small = new Count(row);
  const rounded = new Count(row);
  const whole = type.includes('int');
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!Number.isFinite(value)) none.add(i);
    else if (!Number.isFinite(Math.fround(value))) large.add(i);
    else if (value !== 0 && Math.fround(value) === 0) small.add(i);
    else if (whole && Math.fround(value) !== value) rounded.add(i);
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
