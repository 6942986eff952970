/**
 * The functions of the algebra: what may be asked of a model, of what, and what comes back. The checker, the canonical
 * form, completion and the toolbox all read this table.
 */
import type { ResultType } from '../../result/types.ts';
import { ATTRIBUTION_METHODS, type Compared, type MethodName, POINT_METHODS } from './methods.ts';
import { named, namesOf } from './values.ts';

export interface ArgumentSpec {
  readonly name: string;
  /** 'layer or unit': `conv2d_1` or `conv2d_1#7`. */
  readonly kind: 'layer' | 'unit' | 'layer or unit' | 'number';
  /** Of a number that may be left out. */
  readonly default?: number;
  /** Largest number that may be given. */
  readonly max?: number;
  /** May be left out, which asks another question. */
  readonly optional?: true;
  /** Ends of a number's slider; 1 to 100 where they are not given. */
  readonly slider?: readonly [number, number];
}

/** What the result's type depends on. */
export interface Shapes {
  /** Rank of the layer's output, the batch axis included; null for functions without a layer. */
  readonly rank: number | null;
  readonly input: 'none' | 'example' | 'data';
}

/** What one question is of, for its cost. */
export interface Counted {
  /** Examples that are asked about. */
  readonly examples: number;
  readonly checkpoints: number;
  /** Arguments that are written. */
  readonly args: number;
  readonly joined: boolean;
}

/** How the toolbox asks it, beyond what the row says: its place by the first argument, its data by the input. */
export interface ToolRow {
  /** In place of the noun. */
  readonly label?: string;
  /** In place of the summary. */
  readonly hint?: string;
  /** It asks about the layer as a whole where a unit was chosen: the picture shows all of them. */
  readonly wholeLayer?: true;
  /** Where the input may be either. */
  readonly asks?: 'example' | 'data';
  readonly compares?: true;
  /** With the parameters that differ from the method's own. */
  readonly using?: { readonly method: MethodName; readonly params: Readonly<Record<string, number>> };
  readonly limit?: number;
}

export interface FunctionRow {
  /** What it answers, in one sentence. */
  readonly summary: string;
  /** A few words, for heads of views: "activations". */
  readonly noun: string;
  readonly args: readonly ArgumentSpec[];
  /** 'data': a split or a slice. 'either': those or one example. */
  readonly input: 'none' | 'example' | 'data' | 'either';
  /** The first is the default; empty: there is nothing to choose. */
  readonly methods: readonly MethodName[];
  /** Written into the canonical form where none is given. */
  readonly limit?: number;
  /**
   * How it may be joined with the same function of another model: `join` makes one answer of both, `left join` sets the
   * left one against the right.
   */
  readonly joins?: 'join' | 'left join';
  /** What the data and the model must be for it. */
  readonly needs: readonly ('labels' | 'classes' | 'probabilities' | 'numbers' | 'pictures' | 'run')[];
  /** Null: no result of this version. */
  readonly result: (shapes: Shapes) => ResultType | null;
  /** What changes (`with ...`) would change the answer: none, those of the input, or any. */
  readonly changes: 'none' | 'input' | 'any';
  /** Of the layer that is asked about. */
  readonly layerNeeds?: 'weights';
  /** Forward passes of one example; 0 throughout for what is made of the data or the files alone. */
  readonly passes: (counted: Counted) => number;
  /** Additions and multiplications beside the passes, of what compares examples or units with each other; 0 where it is left out. */
  readonly operations?: (compared: Compared) => number;
  /** Whether the question can be had as a Python script (export/python/functions.ts), or why not: `NAME() REASON`. */
  readonly python: 'script' | { readonly none: string };
  /** Null: no tool asks it. */
  readonly tool: ToolRow | null;
  /** What the answer keeps beside the numbers of a layer: the examples themselves. */
  readonly keeps?: 'examples';
}
export type FunctionSpec = FunctionRow & { readonly name: FunctionName };

const layer: ArgumentSpec = { name: 'layer', kind: 'layer' };
const layerOrUnit: ArgumentSpec = { name: 'layer', kind: 'layer or unit' };
const always = (type: ResultType) => (): ResultType => type;
/** Every example goes through the model once. */
const once = ({ examples }: Counted): number => examples;
const NOTHING = {
  args: [],
  methods: [],
  needs: [],
  changes: 'any',
  passes: once,
  python: 'script',
  tool: {},
} as const;
/** Made of the files or of the data alone. */
const ASKS_NO_MODEL = { ...NOTHING, changes: 'none', passes: () => 0 } as const;

const STORED = { none: 'shows what is stored; there is nothing to compute' } as const;

const ROWS = {
  graph: {
    ...ASKS_NO_MODEL,
    python: STORED,
    summary: 'The layers of a model and how they connect.',
    noun: 'architecture',
    input: 'none',
    result: always('graph'),
  },
  activation: {
    ...NOTHING,
    summary: 'What each unit of a layer puts out for one example.',
    noun: 'activations',
    args: [layerOrUnit],
    input: 'example',
    result: ({ rank }) => (rank === null || rank > 4 ? null : rank > 2 ? 'tensor[unit,y,x]' : 'vector[unit]'),
    tool: { hint: 'What each unit answers to the selected example.', wholeLayer: true },
  },
  stats: {
    ...NOTHING,
    summary: 'Mean, spread, extremes, skew and dead share of each unit of a layer.',
    noun: 'unit statistics',
    args: [layerOrUnit],
    input: 'either',
    result: always('stats[unit]'),
    tool: { asks: 'data', hint: 'Mean, spread and dead share of each unit.', wholeLayer: true },
  },
  histogram: {
    ...NOTHING,
    summary: 'How the values of a layer, or of one unit, are distributed.',
    noun: 'distribution',
    args: [layerOrUnit],
    input: 'either',
    result: always('histogram'),
    tool: { asks: 'data', hint: 'How the activations are distributed.' },
  },
  predict: {
    ...NOTHING,
    joins: 'left join',
    summary: 'What the model says: of one example each class, of a slice each example.',
    noun: 'prediction',
    input: 'either',
    needs: ['numbers'],
    result: ({ input }) => (input === 'example' ? 'vector[class]' : 'table[example]'),
    tool: { asks: 'example', hint: 'The prediction for the selected example.' },
  },
  confusion: {
    ...NOTHING,
    joins: 'left join',
    summary: 'True against predicted classes.',
    noun: 'confusion',
    input: 'data',
    needs: ['labels', 'classes'],
    result: always('matrix[class,class]'),
  },
  classmeans: {
    ...NOTHING,
    summary: 'Mean activation of each unit for each class.',
    noun: 'units by class',
    args: [layer],
    input: 'data',
    needs: ['labels'],
    result: always('matrix[unit,class]'),
  },
  images: {
    ...ASKS_NO_MODEL,
    python: STORED,
    changes: 'input',
    keeps: 'examples',
    summary: 'The pictures of a slice.',
    noun: 'examples',
    input: 'either',
    limit: 100,
    needs: ['pictures'],
    result: always('images'),
    tool: { asks: 'data', hint: 'The examples of the current slice.', limit: 100 },
  },
  metrics: {
    ...ASKS_NO_MODEL,
    python: STORED,
    summary: 'What the run logged at each step, and its meta-parameters.',
    noun: 'training curves',
    input: 'none',
    result: always('series[step]'),
    tool: { hint: 'What the run logged at each step.' },
    needs: ['run'],
  },
  units: {
    ...NOTHING,
    summary: 'Neuron space: units as points that lie close when they act alike.',
    noun: 'neuron space',
    args: [layer],
    input: 'data',
    methods: POINT_METHODS,
    result: always('points[unit]'),
    tool: { using: { method: 'pca', params: { dims: 3 } } },
  },
  examples: {
    ...NOTHING,
    summary: 'Examples as points that lie close when the layer answers alike.',
    noun: 'example space',
    args: [layer],
    input: 'data',
    methods: POINT_METHODS,
    result: always('points[example]'),
    tool: {
      hint: 'Examples as points, as the layer sees them.',
      using: { method: 'umap', params: { dims: 3 } },
    },
  },
  top: {
    ...NOTHING,
    summary: 'The examples that a unit answers most to.',
    noun: 'top examples',
    args: [
      { name: 'unit', kind: 'unit' },
      { name: 'k', kind: 'number', default: 9, max: 1000 },
    ],
    input: 'data',
    result: always('ranked[example]'),
  },
  weights: {
    ...ASKS_NO_MODEL,
    python: STORED,
    layerNeeds: 'weights',
    summary: 'The weights of a layer, or those into one unit.',
    noun: 'weights',
    args: [layerOrUnit],
    input: 'none',
    result: always('weights'),
  },
  similarity: {
    ...NOTHING,
    operations: ({ chosen, units }) => chosen * units * units,
    // One layer through training: every checkpoint runs.
    passes: ({ examples, args, checkpoints, joined }) => examples * (args === 1 && !joined ? checkpoints : 1),
    summary:
      'How alike representations are (linear CKA): of all layers, of two, or with one layer of all checkpoints.',
    noun: 'similarity',
    args: [
      { ...layer, optional: true },
      { name: 'layer2', kind: 'layer', optional: true },
    ],
    input: 'data',
    joins: 'join',
    result: always('similarity'),
    tool: { label: 'Layers (CKA)', hint: 'How alike the layers see the slice.', compares: true },
  },
  neighbours: {
    ...NOTHING,
    operations: ({ size, units }) => size * units * 10,
    summary: 'The examples that a layer answers most alike to.',
    noun: 'neighbours',
    args: [layer, { name: 'k', kind: 'number', default: 10, max: 1000 }],
    input: 'either',
    result: ({ input }) => (input === 'example' ? 'ranked[example]' : 'agreement[example]'),
    tool: { asks: 'example', hint: 'The examples that the layer takes for most like the selected one.' },
  },
  classmetrics: {
    ...NOTHING,
    joins: 'left join',
    summary: 'Precision, recall, F1 and support of each class.',
    noun: 'class metrics',
    input: 'data',
    needs: ['labels', 'classes'],
    args: [],
    result: always('table[class]'),
  },
  calibration: {
    ...NOTHING,
    joins: 'left join',
    summary:
      'Whether confidence can be believed: accuracy by confidence, and the expected calibration error.',
    noun: 'calibration',
    args: [{ name: 'bins', kind: 'number', default: 15, max: 1000, slider: [2, 100] }],
    input: 'data',
    needs: ['labels', 'probabilities'],
    result: always('calibration'),
    tool: { hint: 'Accuracy by confidence: whether confidence can be believed.' },
  },
  count: {
    ...ASKS_NO_MODEL,
    summary: 'How many examples a slice has.',
    noun: 'count',
    args: [],
    input: 'data',
    result: always('count'),
    tool: null,
  },
} satisfies Readonly<Record<string, FunctionRow>>;

export type FunctionName = keyof typeof ROWS;
/** Functions that the Python export writes: each has its code there. */
export type ScriptedFunction = {
  [Name in FunctionName]: (typeof ROWS)[Name]['python'] extends 'script' ? Name : never;
}[FunctionName];
export const FUNCTIONS: Readonly<Record<FunctionName, FunctionSpec>> = named(ROWS);
export const FUNCTION_NAMES = namesOf(FUNCTIONS);

/** What `using` may name after a function, or after `*` or a layer. The first is the default. */
export function methodsOf(name: FunctionName | null): readonly MethodName[] {
  return name === null ? ATTRIBUTION_METHODS : FUNCTIONS[name].methods;
}

/** `top(unit, k)`, as errors and completion show it. */
export function signature(spec: FunctionSpec): string {
  return `${spec.name}(${spec.args.map(argumentText).join(', ')})`;
}

/** `layer`, `layer#unit`, `k`; `layer2?` where leaving it out asks another question. */
const argumentText = (arg: ArgumentSpec): string =>
  (arg.kind === 'unit' ? 'layer#unit' : arg.name) + (arg.optional ? '?' : '');
