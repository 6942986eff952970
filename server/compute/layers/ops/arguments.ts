/** What an operator of keras.ops is given, by the names of its arguments: tensors, constants, numbers, axes. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../../tf.ts';
import { ShapeFault } from '../reshapes.ts';

/** More numbers than any layer of a model that fits here has. */
const MOST_NUMBERS = 2 ** 27;

const given = z.object({ tensor: z.number().int() });
const constant = z.object({
  class_name: z.enum(['__tensor__', '__numpy__']),
  config: z.object({ value: z.unknown() }),
});
type Nested = number | boolean | Nested[];
const nested: z.ZodType<Nested> = z.lazy(() => z.union([z.number(), z.boolean(), z.array(nested)]));
const wholes = z.union([
  z
    .number()
    .int()
    .transform((one) => [one]),
  z.array(z.number().int()),
]);

export class Arguments {
  constructor(
    readonly tf: Tf,
    /** For messages: the layer and its class. */
    private readonly who: string,
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly inputs: readonly Tensor[],
  ) {}

  fault(what: string): ShapeFault {
    return new ShapeFault(`the operator ${this.who} ${what}`);
  }

  has(key: string): boolean {
    return this.values[key] !== undefined && this.values[key] !== null;
  }

  raw(key: string): unknown {
    return this.values[key];
  }

  tensor(key: string): Tensor {
    return this.held(this.values[key], key);
  }

  /** A list of tensors. */
  tensors(key: string): Tensor[] {
    const value = this.values[key];
    if (!Array.isArray(value) || value.length === 0) throw this.fault(`has no list of tensors ${key}`);
    return value.map((one) => this.held(one, key));
  }

  held(value: unknown, key: string): Tensor {
    const { tf } = this;
    const place = given.safeParse(value);
    if (place.success) {
      const input = this.inputs[place.data.tensor];
      if (!input) throw this.fault(`has no input ${place.data.tensor}`);
      return input.dtype === 'float32' ? input : tf.cast(input, 'float32');
    }
    const written = constant.safeParse(value);
    const numbers = nested.safeParse(written.success ? written.data.config.value : value);
    if (!numbers.success)
      throw this.fault(
        `has ${key}=${JSON.stringify(value)?.slice(0, 60)}; a tensor or numbers were expected`,
      );
    const sizes: number[] = [];
    for (let at: Nested | undefined = numbers.data; Array.isArray(at); at = at[0]) sizes.push(at.length);
    const flat = [numbers.data].flat(sizes.length as 8).map(Number);
    if (flat.length !== sizes.reduce((a, b) => a * b, 1))
      throw this.fault(`has lists of different lengths as ${key}`);
    return tf.tensor(flat, sizes, 'float32');
  }

  number(key: string, otherwise?: number): number {
    const value = this.values[key] ?? otherwise;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.fault(`has ${key}=${JSON.stringify(value)}; a number was expected`);
  }

  flag(key: string): boolean {
    return this.values[key] === true;
  }

  /** Whole numbers, one or a list; null where nothing is said. */
  list(key: string): number[] | null {
    const value = this.values[key];
    if (value === null || value === undefined) return null;
    const parsed = wholes.safeParse(value);
    if (!parsed.success)
      throw this.fault(`has ${key}=${JSON.stringify(value)?.slice(0, 60)}; whole numbers were expected`);
    return parsed.data;
  }

  /** Axes of a tensor of this rank, from the first on; all where nothing is said. */
  axes(key: string, rank: number): number[] {
    const list = this.list(key) ?? Array.from({ length: rank }, (_, i) => i);
    return list.map((axis) => this.within(axis, rank));
  }

  axis(key: string, rank: number, otherwise: number): number {
    const [axis = otherwise, second] = this.list(key) ?? [otherwise];
    if (second !== undefined) throw this.fault(`has several numbers as ${key}; one was expected`);
    return this.within(axis, rank);
  }

  within(axis: number, rank: number): number {
    const at = axis < 0 ? axis + rank : axis;
    if (at < 0 || at >= rank) throw this.fault(`acts along the axis ${axis} of a tensor of ${rank} axes`);
    return at;
  }

  /** Throws where so many numbers are no layer. */
  room(shape: readonly number[]): void {
    const count = shape.reduce((a, b) => a * b, 1);
    if (count > MOST_NUMBERS || shape.some((size) => !Number.isSafeInteger(size) || size < 0))
      throw this.fault(
        `makes a tensor of the shape [${shape.join(', ')}], which is too large to be computed`,
      );
  }
}

/** Nothing of `body` is differentiated: what it puts out does not change by little steps of its inputs. */
export function untaped(tf: Tf, body: () => Tensor): Tensor {
  const { state } = tf.engine();
  state.kernelDepth++;
  try {
    return body();
  } finally {
    state.kernelDepth--;
  }
}

export interface Operator {
  /** Names of what it is called with, in order; the others are its configuration. */
  readonly call: readonly string[];
  apply(given: Arguments): Tensor | Tensor[];
}
export type Operators = Readonly<Record<string, Operator>>;
