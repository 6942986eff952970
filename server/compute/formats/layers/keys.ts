/**
 * How each key of a layer's configuration is read. A key is read, or acts in training only, or is computed for one value
 * only; what a class has no rule for is refused: an importer that does not know a key cannot know what the layer computes.
 */
import { z } from 'zod';
import { unsupported } from '../files/context.ts';
import { activationOf } from './activations.ts';
import type { CallForm } from './call-forms.ts';

/** The layer that a key belongs to, for messages. */
export interface KeyOwner {
  readonly file: string;
  readonly keras3: boolean;
  readonly layer: string;
  readonly className: string;
  /** How it is called, where that matters argument by argument. */
  readonly form: CallForm | null;
}

/** What the key is handed on as; undefined where it is left out. Throws UserError. */
export type KeyRule = (value: unknown, key: string, owner: KeyOwner) => unknown;
export type Keys = Readonly<Record<string, KeyRule>>;

export function faulty(owner: KeyOwner, what: string) {
  return unsupported(owner.file, `the layer ${owner.layer} (${owner.className}) ${what}`);
}

export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Handed on as it is. */
export function read(schema: z.ZodType, expected: string): KeyRule {
  return (value, key, owner) => {
    const parsed = schema.safeParse(unwrapped(value));
    if (!parsed.success) throw faulty(owner, `has ${key}=${shown(value)}; ${expected} was expected`);
    return parsed.data;
  };
}

/** Some Keras versions wrote numbers as {class_name: "__numpy__", value} or {type: "ndarray", value}, lists as tuples. */
function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  const array = z
    .object({ class_name: z.literal('__numpy__'), config: z.object({ value: z.unknown() }) })
    .safeParse(value);
  if (array.success) return unwrapped(array.data.config.value);
  const wrapped = z.object({ value: z.union([z.number(), z.array(z.unknown())]) }).safeParse(value);
  if (wrapped.success) return unwrapped(wrapped.data.value);
  const tuple = z
    .object({ class_name: z.literal('__tuple__'), items: z.array(z.unknown()) })
    .safeParse(value);
  return tuple.success ? unwrapped(tuple.data.items) : value;
}

export const count = read(z.number().int().positive(), 'a positive whole number');
export const whole = read(z.number().int(), 'a whole number');
export const number = read(z.number(), 'a number');
export const flag = read(z.boolean(), 'true or false');
export const text = read(z.string(), 'a name');
const wholes = z.union([z.number().int(), z.array(z.number().int())]);
export const sizes = read(wholes, 'whole numbers');
/** One axis may be written as a list of one. */
export const axes: KeyRule = (value, key, owner) => {
  const given = read(wholes, 'an axis or a list of axes')(value, key, owner);
  return Array.isArray(given) && given.length === 1 ? given[0] : given;
};
export const axis: KeyRule = (value, key, owner) => {
  const given = axes(value, key, owner);
  if (Array.isArray(given)) throw faulty(owner, `has ${key}=${shown(value)}; one axis is computed`);
  return given;
};
/** Nested numbers: means, scales, widths. */
const nested: z.ZodType<unknown> = z.lazy(() => z.union([z.number(), z.array(nested)]));
export const numbers = read(nested, 'numbers');
export const dataFormat = read(
  z
    .enum(['channels_last', 'channels_first'])
    .nullable()
    .transform((value) => value ?? 'channels_last'),
  'channels_last or channels_first',
);

/** Acts in training, or is bookkeeping: whatever it says, the answer is the same. */
export const inert: KeyRule = () => undefined;

/** Initial values are never used: the file's weights replace them, and some take long to draw. */
export const initial: KeyRule = () => ({ class_name: 'Zeros', config: {} });

/** Computed for these values only. What none says (null) is the default, which stands first. */
export function fixed(values: readonly unknown[], remedy: string): KeyRule {
  return (value, key, owner) => {
    if (value === null || values.some((one) => JSON.stringify(one) === JSON.stringify(value)))
      return undefined;
    throw faulty(owner, `has ${key}=${shown(value)}, which is not computed here: ${remedy}`);
  };
}

/** The rule for any other value than null; null is left out. */
export function optional(rule: KeyRule): KeyRule {
  return (value, key, owner) => (value === null ? undefined : rule(value, key, owner));
}

export const activation: KeyRule = (value, _key, owner) => activationOf(value, owner);

/** `kernel` has an initialiser, a regulariser and a constraint. */
export function trained(...weights: readonly string[]): Keys {
  return Object.fromEntries(
    weights.flatMap((weight) => [
      [`${weight}_initializer`, initial],
      [`${weight}_regularizer`, inert],
      [`${weight}_constraint`, inert],
    ]),
  );
}

/** Throws UserError for a key without a rule. */
export function readKeys(
  config: Readonly<Record<string, unknown>>,
  keys: Keys,
  owner: KeyOwner,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    const rule = keys[key];
    if (!Object.hasOwn(keys, key) || !rule)
      throw faulty(
        owner,
        `has ${key}=${shown(value)}, a key that is not known for ${owner.className}, so that what it changes would be left out; save the model with a layer that has not this key`,
      );
    const taken = rule(value, key, owner);
    if (taken !== undefined) out[key] = taken;
  }
  return out;
}
