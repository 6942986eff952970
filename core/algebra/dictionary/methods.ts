/**
 * The methods of the algebra: how an operator's number is computed, with every parameter, its default and its range.
 * The checker, the canonical form, completion and the interface's controls all read this table.
 */

import { exampleOf } from './baseline.ts';
import { GRADIENT_PASSES } from './changes.ts';
import { named, namesOf, type ParameterValue } from './values.ts';

interface ParameterBase {
  readonly name: string;
  /** One sentence for a tooltip. */
  readonly summary: string;
}
export interface NumberParameter extends ParameterBase {
  /** 'integer' takes whole numbers only. */
  readonly type: 'integer' | 'number';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** It must fit into the picture that is looked at. */
  readonly withinPicture?: true;
}
export interface ChoiceParameter extends ParameterBase {
  readonly type: 'choice';
  readonly default: string;
  readonly choices: readonly string[];
}
/**
 * What an absent feature is: a number for all; `zero`, `mean` (of the split), `blurred` (the example itself, blurred),
 * or an example of the same data set, written as its address or as x or x'.
 */
export interface BaselineParameter extends ParameterBase {
  readonly type: 'baseline';
  readonly default: number;
}
export type Parameter = NumberParameter | ChoiceParameter | BaselineParameter;

/** Baselines that are words. */
export const BASELINES = {
  zero: 'An absent feature is 0.',
  mean: 'An absent feature is the mean of the split at its place.',
  blurred: 'An absent feature is the example itself, blurred.',
} as const;

/** What one attribution is of, for its cost. */
export interface Played {
  /** Features that take part. */
  readonly players: number;
  /** The number that a parameter has. */
  value(parameter: string): number;
  /** Windows of so many pixels that fit, so many pixels apart; where features have no neighbours, one for each. */
  windows(size: number, stride: number): number;
}

/** What is compared with each other, for its cost beyond the passes. */
export interface Compared {
  /** Examples of the split, and those that are asked about. */
  readonly size: number;
  readonly chosen: number;
  /** Of the widest layer. */
  readonly units: number;
}

export interface MethodRow {
  readonly summary: string;
  /** What it is for: points of units() and examples(), or attribution. */
  readonly family: 'points' | 'attribution';
  /** In the order of the canonical text. */
  readonly params: readonly Parameter[];
  /** Of attributions: what it asks of a model. A model whose gradient is not known takes 'forward' ones only. */
  readonly needs: 'gradient' | 'forward';
  /** Where it was first described. */
  readonly source: string;
  /** False: understood and checked, but this version cannot compute it. */
  readonly computed: boolean;
  /** Of attributions: forward passes of one example, beyond its own and that of the baseline. A gradient counts as three. */
  readonly passes: (played: Played) => number;
  /** Of points: additions and multiplications that place them. */
  readonly operations?: (compared: Compared) => number;
  /** Whether an answer by it can be had as a Python script (export/python), or why not: `NAME REASON`. */
  readonly python: 'script' | { readonly none: string };
  /** Points that it needs at least. */
  readonly fewestPoints?: number;
  /** Features that it can be had for at most. */
  readonly mostPlayers?: number;
  /** A few words that stand beside every picture by it. */
  readonly caution?: string;
  /** It looks at feature maps: of the layer asked for, or of the last convolutional one. */
  readonly maps?: true;
}
export type MethodSpec = MethodRow & { readonly name: MethodName };

const integer = (
  name: string,
  value: number,
  min: number,
  max: number,
  summary: string,
): NumberParameter => ({
  name,
  type: 'integer',
  default: value,
  min,
  max,
  summary,
});
const number = (name: string, value: number, min: number, max: number, summary: string): Parameter => ({
  name,
  type: 'number',
  default: value,
  min,
  max,
  summary,
});
const seed = integer('seed', 1, 0, 2 ** 31 - 1, 'Same seed, same numbers.');
const dims = integer('dims', 3, 2, 3, 'Axes of the picture: 2 or 3.');
const baseline: Parameter = {
  name: 'baseline',
  type: 'baseline',
  default: 0,
  summary: 'What an absent feature is: a number, zero, mean, blurred, or an example such as digits.test[3].',
};

const NONE = (): number => 0;
const GRADIENT = (): number => GRADIENT_PASSES;

const points = (summary: string, source: string, ...params: readonly Parameter[]) =>
  ({
    summary,
    source,
    family: 'points',
    needs: 'forward',
    params,
    computed: true,
    passes: NONE,
    operations: ({ chosen, units }: Compared): number => chosen * units * Math.min(chosen, units),
    python: 'script',
  }) as const;
const attribution = (
  needs: MethodRow['needs'],
  passes: MethodRow['passes'],
  summary: string,
  source: string,
  ...params: readonly Parameter[]
) =>
  ({
    summary,
    source,
    family: 'attribution',
    needs,
    params,
    computed: true,
    passes,
    python: 'script',
  }) as const;
const LONG = {
  none: 'is a long computation of its own; use pca, or take the numbers from the result',
} as const;
const NOT_COMPUTED = { none: 'is not computed by this version' } as const;
/** Features that exact Shapley values can be had for: it asks every subset. */
export const MOST_EXACT_PLAYERS = 16;
/** UMAP and t-SNE place points by their neighbours. */
const FEWEST_POINTS = 4;

const ROWS = {
  pca: points(
    'Principal components: the directions of largest variance (linear, exact).',
    'Pearson 1901',
    dims,
  ),
  umap: {
    ...points(
      'UMAP: keeps neighbours together; distances between groups mean little.',
      'McInnes, Healy, Melville 2018',
      dims,
      integer('neighbours', 15, 2, 200, 'Neighbours that are kept: small shows detail, large the whole.'),
      seed,
    ),
    operations: ({ chosen }) => 5e6 * chosen,
    fewestPoints: FEWEST_POINTS,
    python: LONG,
  },
  tsne: {
    ...points(
      't-SNE: keeps neighbours together; sizes and distances of groups mean little.',
      'van der Maaten, Hinton 2008',
      dims,
      number('perplexity', 30, 2, 100, 'Effective number of neighbours.'),
      seed,
    ),
    fewestPoints: FEWEST_POINTS,
    python: LONG,
  },
  ig: attribution(
    'gradient',
    ({ value }) => GRADIENT_PASSES * value('steps'),
    'Integrated gradients from a baseline: attributions sum to f(x) - f(baseline).',
    'Sundararajan, Taly, Yan 2017',
    integer('steps', 256, 1, 100_000, 'Points of the integral.'),
    baseline,
  ),
  gradient: attribution(
    'gradient',
    GRADIENT,
    'Gradient of the target by each feature.',
    'Simonyan, Vedaldi, Zisserman 2013',
    baseline,
  ),
  gradient_x_input: attribution(
    'gradient',
    GRADIENT,
    'Gradient times the feature, less its baseline.',
    'Shrikumar, Greenside, Shcherbina, Kundaje 2016',
    baseline,
  ),
  smoothgrad: attribution(
    'gradient',
    ({ value }) => GRADIENT_PASSES * value('samples'),
    'Mean gradient over noisy copies of the input.',
    'Smilkov, Thorat, Kim, Viégas, Wattenberg 2017',
    integer('samples', 50, 1, 10_000, 'Noisy copies.'),
    number('sd', 0.15, 0, 10, 'Standard deviation of the noise, as a share of the range of the features.'),
    baseline,
    seed,
  ),
  guided_backprop: {
    ...attribution(
      'gradient',
      GRADIENT,
      'Gradient that passes positive evidence only.',
      'Springenberg, Dosovitskiy, Brox, Riedmiller 2014',
      baseline,
    ),
    caution: 'fails the randomisation test',
    python: { none: 'replaces the gradient of rectifiers, which plain Keras does not offer' },
  },
  gradcam: {
    ...attribution(
      'gradient',
      GRADIENT,
      'Feature maps weighted by the mean gradient of the target.',
      'Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra 2017',
      baseline,
    ),
    maps: true,
  },
  occlusion: attribution(
    'forward',
    ({ value, windows }) => windows(value('window'), value('stride')),
    'Change of the target when a window is covered.',
    'Zeiler, Fergus 2014',
    { ...integer('window', 3, 1, 1000, 'Side of the window, in pixels.'), withinPicture: true },
    integer('stride', 1, 1, 1000, 'Pixels between windows.'),
    baseline,
  ),
  shapley: attribution(
    'forward',
    // Orders come in pairs; their two ends are asked once.
    ({ players, value }) => 2 * Math.max(2, Math.ceil(value('samples') / 2)) * Math.max(0, players - 1),
    'Shapley values by sampling permutations, with a standard error.',
    'Castro, Gómez, Tejada 2009',
    integer(
      'samples',
      200,
      2,
      1_000_000,
      'Permutations, in pairs of one and its reverse; an even number, at least 4.',
    ),
    baseline,
    seed,
  ),
  exact_shapley: {
    ...attribution(
      'forward',
      ({ players }) => 2 ** Math.min(players, 60),
      'Exact Shapley values; for few features only.',
      'Shapley 1953',
      baseline,
    ),
    mostPlayers: MOST_EXACT_PLAYERS,
  },
  deeplift: {
    ...attribution(
      'gradient',
      GRADIENT,
      'DeepLIFT (rescale rule) against a baseline.',
      'Shrikumar, Greenside, Kundaje 2017',
      baseline,
    ),
    computed: false,
    python: NOT_COMPUTED,
  },
  lrp: {
    ...attribution(
      'gradient',
      GRADIENT,
      'Layer-wise relevance propagation.',
      'Bach, Binder, Montavon, Klauschen, Müller, Samek 2015',
      {
        name: 'rule',
        type: 'choice',
        default: 'epsilon',
        choices: ['epsilon', 'alpha1beta0', 'zplus'],
        summary: 'Rule of the hidden layers.',
      },
      number('epsilon', 1e-6, 0, 1, 'Stabiliser of the epsilon rule.'),
    ),
    computed: false,
    python: NOT_COMPUTED,
  },
} satisfies Readonly<Record<string, MethodRow>>;

export type MethodName = keyof typeof ROWS;
/** The methods of a family that this version computes: each has its file in server/compute. */
export type ComputedMethod<Family extends MethodRow['family']> = {
  [Name in MethodName]: (typeof ROWS)[Name] extends { readonly family: Family; readonly computed: true }
    ? Name
    : never;
}[MethodName];
/** Methods that the Python export writes: each has its code there. */
export type ScriptedMethod = {
  [Name in MethodName]: (typeof ROWS)[Name]['python'] extends 'script' ? Name : never;
}[MethodName];
export const METHODS: Readonly<Record<MethodName, MethodSpec>> = named(ROWS);
export const METHOD_NAMES = namesOf(METHODS);

const methodsFor = (family: MethodRow['family']): readonly MethodName[] =>
  METHOD_NAMES.filter((name) => METHODS[name].family === family);

/** The first of each is the default. */
export const POINT_METHODS = methodsFor('points');
export const ATTRIBUTION_METHODS = methodsFor('attribution');

/** Null when `value` may be given; else what was expected. */
export function expectedValue(parameter: Parameter, value: ParameterValue): string | null {
  if (parameter.type === 'choice')
    return typeof value === 'string' && parameter.choices.includes(value)
      ? null
      : `one of ${parameter.choices.join(', ')}`;
  if (parameter.type === 'baseline')
    return typeof value === 'number' ||
      (typeof value === 'string' && (Object.hasOwn(BASELINES, value) || exampleOf(value) !== null))
      ? null
      : `a number, ${Object.keys(BASELINES).join(', ')} or an example such as digits.test[3]`;
  const whole = parameter.type === 'integer';
  const fits =
    typeof value === 'number' &&
    value >= parameter.min &&
    value <= parameter.max &&
    (!whole || Number.isInteger(value));
  return fits ? null : `a ${whole ? 'whole ' : ''}number from ${parameter.min} to ${parameter.max}`;
}
