/**
 * What-if changes (`with ...`), a row each. Syntax tree, reader, printer, checker, completion, controls and the schema of
 * the process border are made from the arguments that a row names; what a change does is in a file of server/compute/changes/kinds.
 */
import { z } from 'zod';
import { namesOf, type Region, regionSchema } from './values.ts';

interface NumberArgument<Field extends string> {
  /** 'whole': 0, 1, 2, ... */
  readonly kind: 'number' | 'whole';
  /** The name of the number in the syntax tree. */
  readonly field: Field;
  /** "the standard deviation", as errors and completion call it. */
  readonly called: string;
  /** "an epsilon", where it may be said to be too small. */
  readonly one?: string;
  readonly min?: number;
  readonly max?: number;
  /** Numbers that completion offers. */
  readonly offers: readonly number[];
  /** Of the slider; none where null. */
  readonly slider: { readonly label: string; readonly min: number; readonly max: number } | null;
}
type ArgumentKind =
  /** `conv2d_1#7` */
  | { readonly kind: 'unit' }
  /** `conv2d_1` */
  | { readonly kind: 'layer' }
  /** `dense_1.kernel[3, 7]` */
  | { readonly kind: 'weight' }
  /** `[x1, y1, x2, y2]` */
  | { readonly kind: 'region' }
  | NumberArgument<string>;
export type ChangeArgument = ArgumentKind;

/** Forward and backward, against forward alone. */
export const GRADIENT_PASSES = 3;

interface ChangeRow {
  /** How it is written. */
  readonly signature: string;
  readonly summary: string;
  readonly args: readonly ArgumentKind[];
  /** What it changes: a unit's output, a weight, or the input. */
  readonly acts: 'unit' | 'weight' | 'input';
  /** It climbs the loss of the true class: the model needs a gradient, and probabilities. */
  readonly climbs?: true;
  /** Whether it can be had as a Python script (export/python/changes.ts), or why not: `NAME REASON`. */
  readonly python: 'script' | { readonly none: string };
  /** Forward passes of one example, each a number or the name of the argument that multiplies them. */
  readonly passes?: { readonly each: number; readonly times?: string };
}

const unit = { kind: 'unit' } as const;
const weight = { kind: 'weight' } as const;
const region = { kind: 'region' } as const;
const numberArgument = <const Field extends string>(
  field: Field,
  called: string,
  rest: Omit<NumberArgument<Field>, 'kind' | 'field' | 'called'>,
): NumberArgument<Field> => ({ kind: 'number', field, called, ...rest });
const wholeArgument = <const Field extends string>(
  field: Field,
  called: string,
  rest: Omit<NumberArgument<Field>, 'kind' | 'field' | 'called'>,
): NumberArgument<Field> => ({ kind: 'whole', field, called, ...rest });

const epsilon = (name: string) =>
  numberArgument('epsilon', 'the largest change of a pixel', {
    one: 'an epsilon',
    min: 0,
    offers: [0.05, 0.1],
    slider: { label: `${name} eps`, min: 0, max: 0.5 },
  });

export const CHANGES = {
  ablate: {
    signature: 'ablate(layer#unit)',
    summary: 'Holds a unit’s output at zero.',
    args: [unit],
    acts: 'unit',
    python: 'script',
  },
  clamp: {
    signature: 'clamp(layer#unit, value)',
    summary: 'Holds a unit’s output at a value.',
    args: [
      unit,
      numberArgument('value', 'the value that it is held at', {
        offers: [0, 1],
        slider: { label: 'clamp', min: -10, max: 10 },
      }),
    ],
    acts: 'unit',
    python: 'script',
  },
  scale: {
    signature: 'scale(layer#unit, factor)',
    summary: 'Multiplies a unit’s output.',
    args: [
      unit,
      numberArgument('value', 'the factor', {
        offers: [0.5, 2],
        slider: { label: 'scale', min: -2, max: 4 },
      }),
    ],
    acts: 'unit',
    python: 'script',
  },
  set: {
    signature: 'set(layer.kernel[i, j], value)',
    summary: 'Puts another number in place of one weight.',
    args: [
      weight,
      numberArgument('value', 'the new weight', { offers: [0], slider: { label: '', min: -3, max: 3 } }),
    ],
    acts: 'weight',
    python: 'script',
  },
  noise: {
    signature: 'noise(sd, seed)',
    summary: 'Adds normal noise to the input.',
    args: [
      numberArgument('sd', 'the standard deviation', {
        one: 'a standard deviation',
        min: 0,
        offers: [0.1],
        slider: { label: 'noise sd', min: 0, max: 1 },
      }),
      wholeArgument('seed', 'the seed (same seed, same noise)', { offers: [1], slider: null }),
    ],
    acts: 'input',
    python: 'script',
  },
  fgsm: {
    signature: 'fgsm(epsilon)',
    summary:
      'Moves every pixel by epsilon so that the loss of the true label grows (Goodfellow et al. 2014).',
    args: [epsilon('fgsm')],
    acts: 'input',
    python: 'script',
    climbs: true,
    passes: { each: GRADIENT_PASSES },
  },
  pgd: {
    signature: 'pgd(epsilon, steps)',
    summary: 'Climbs the loss in steps, no pixel further than epsilon away (Madry et al. 2017).',
    args: [
      epsilon('pgd'),
      // More steps than these change nothing that can be seen.
      wholeArgument('steps', 'the steps', {
        min: 1,
        max: 1000,
        offers: [10, 40],
        slider: { label: 'pgd steps', min: 1, max: 100 },
      }),
    ],
    acts: 'input',
    python: 'script',
    climbs: true,
    passes: { each: GRADIENT_PASSES, times: 'steps' },
  },
  patch: {
    signature: 'patch([x1, y1, x2, y2], value)',
    summary: 'Paints a window of the input in one value.',
    args: [
      region,
      numberArgument('value', 'the value of the patch', {
        offers: [0, 1],
        slider: { label: 'patch value', min: 0, max: 1 },
      }),
    ],
    acts: 'input',
    python: 'script',
  },
} as const satisfies Readonly<Record<string, ChangeRow>>;

type Rows = typeof CHANGES;
export type ChangeName = keyof Rows;
/** What a change acts on: a unit's output, a weight, or the input. */
export type ActsOf<Name extends ChangeName> = Rows[Name]['acts'];
export const CHANGE_NAMES = namesOf(CHANGES);

/** The row of a change, as anything that treats all of them alike sees it. */
export const changeRow = (name: ChangeName): ChangeRow => CHANGES[name];

type FieldsOf<Argument> = Argument extends { readonly kind: 'unit' }
  ? { readonly layer: string; readonly unit: number }
  : Argument extends { readonly kind: 'layer' }
    ? { readonly layer: string }
    : Argument extends { readonly kind: 'weight' }
      ? { readonly layer: string; readonly tensor: string; readonly index: readonly number[] }
      : Argument extends { readonly kind: 'region' }
        ? { readonly region: Region }
        : Argument extends { readonly field: infer Field extends string }
          ? { readonly [Name in Field]: number }
          : never;
type AllFields<Arguments> = Arguments extends readonly [infer First, ...infer Rest]
  ? FieldsOf<First> & AllFields<Rest>
  : unknown;

/** A change of one name in the syntax tree, with the fields of its arguments. */
export type ChangeOf<Name extends ChangeName> = { readonly kind: Name } & AllFields<Rows[Name]['args']>;
export type Change = { [Name in ChangeName]: ChangeOf<Name> }[ChangeName];
/** Changes that the Python export writes: each has its code there. */
export type ScriptedChange = {
  [Name in ChangeName]: Rows[Name]['python'] extends 'script' ? Name : never;
}[ChangeName];

const whole = z.number().int().nonnegative();
function fieldsOf(argument: ChangeArgument): z.ZodRawShape {
  switch (argument.kind) {
    case 'unit':
      return { layer: z.string(), unit: whole };
    case 'layer':
      return { layer: z.string() };
    case 'weight':
      return { layer: z.string(), tensor: z.string(), index: z.array(whole) };
    case 'region':
      return { region: regionSchema };
    case 'number':
      return { [argument.field]: z.number() };
    case 'whole':
      return { [argument.field]: whole };
  }
}
/** Of the fields that each row names; the type `Change` is made of the same rows. */
const anyChange = z.union(
  CHANGE_NAMES.map((name) =>
    z.strictObject({ kind: z.literal(name), ...Object.assign({}, ...changeRow(name).args.map(fieldsOf)) }),
  ),
);
export const changeSchema = z.custom<Change>(
  (value) => anyChange.safeParse(value).success,
  'expected a change',
);

/** The number that an argument was given. */
export function numberOf(change: Change, field: string): number {
  const value = Object.entries(change).find(([name]) => name === field)?.[1];
  return typeof value === 'number' ? value : 0;
}

/** Forward passes that a change costs for one example. */
export function changePasses(change: Change): number {
  const { passes } = changeRow(change.kind);
  if (passes === undefined) return 0;
  return passes.each * (passes.times === undefined ? 1 : numberOf(change, passes.times));
}
