/**
 * The functions of the algebra: what may be asked of a model, of what, and what comes back. The checker, the canonical
 * form, completion and the toolbox all read this table.
 */
import type { ResultType } from '../../result/types.ts';
import type { FunctionName, MethodName } from '../syntax/tree.ts';
import { ATTRIBUTION_METHODS, POINT_METHODS } from './methods.ts';

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
}

/** What the result's type depends on. */
export interface Shapes {
  /** Rank of the layer's output, the batch axis included; null for functions without a layer. */
  readonly rank: number | null;
  readonly input: 'none' | 'example' | 'data';
}

export interface FunctionSpec {
  readonly name: FunctionName;
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
  readonly needs: readonly ('labels' | 'classes' | 'probabilities' | 'numbers' | 'pictures')[];
  /** Null: no result of this version. */
  readonly result: (shapes: Shapes) => ResultType | null;
  /** What changes (`with ...`) would change the answer: none, those of the input, or any. */
  readonly changes: 'none' | 'input' | 'any';
}

const layer: ArgumentSpec = { name: 'layer', kind: 'layer' };
const layerOrUnit: ArgumentSpec = { name: 'layer', kind: 'layer or unit' };
const always = (type: ResultType) => (): ResultType => type;
const NOTHING = { args: [], methods: [], needs: [], changes: 'any' } as const;

export const FUNCTIONS: Readonly<Record<FunctionName, FunctionSpec>> = {
  graph: {
    ...NOTHING,
    name: 'graph',
    changes: 'none',
    summary: 'The layers of a model and how they connect.',
    noun: 'architecture',
    input: 'none',
    result: always('graph'),
  },
  metrics: {
    ...NOTHING,
    name: 'metrics',
    changes: 'none',
    summary: 'What the run logged at each step, and its meta-parameters.',
    noun: 'training curves',
    input: 'none',
    result: always('series[step]'),
  },
  activation: {
    ...NOTHING,
    name: 'activation',
    summary: 'What each unit of a layer puts out for one example.',
    noun: 'activations',
    args: [layerOrUnit],
    input: 'example',
    result: ({ rank }) => (rank === null || rank > 4 ? null : rank > 2 ? 'tensor[unit,y,x]' : 'vector[unit]'),
  },
  stats: {
    ...NOTHING,
    name: 'stats',
    summary: 'Mean, spread, extremes, skew and dead share of each unit of a layer.',
    noun: 'unit statistics',
    args: [layerOrUnit],
    input: 'either',
    result: always('stats[unit]'),
  },
  histogram: {
    ...NOTHING,
    name: 'histogram',
    summary: 'How the values of a layer, or of one unit, are distributed.',
    noun: 'distribution',
    args: [layerOrUnit],
    input: 'either',
    result: always('histogram'),
  },
  predict: {
    ...NOTHING,
    name: 'predict',
    joins: 'left join',
    summary: 'What the model says: of one example each class, of a slice each example.',
    noun: 'prediction',
    input: 'either',
    needs: ['numbers'],
    result: ({ input }) => (input === 'example' ? 'vector[class]' : 'table[example]'),
  },
  confusion: {
    ...NOTHING,
    name: 'confusion',
    joins: 'left join',
    summary: 'True against predicted classes.',
    noun: 'confusion',
    input: 'data',
    needs: ['labels', 'classes'],
    result: always('matrix[class,class]'),
  },
  classmeans: {
    ...NOTHING,
    name: 'classmeans',
    summary: 'Mean activation of each unit for each class.',
    noun: 'units by class',
    args: [layer],
    input: 'data',
    needs: ['labels'],
    result: always('matrix[unit,class]'),
  },
  images: {
    ...NOTHING,
    name: 'images',
    changes: 'input',
    summary: 'The pictures of a slice.',
    noun: 'examples',
    input: 'either',
    limit: 100,
    needs: ['pictures'],
    result: always('images'),
  },
  units: {
    ...NOTHING,
    name: 'units',
    summary: 'Neuron space: units as points that lie close when they act alike.',
    noun: 'neuron space',
    args: [layer],
    input: 'data',
    methods: POINT_METHODS,
    result: always('points[unit]'),
  },
  examples: {
    ...NOTHING,
    name: 'examples',
    summary: 'Examples as points that lie close when the layer answers alike.',
    noun: 'example space',
    args: [layer],
    input: 'data',
    methods: POINT_METHODS,
    result: always('points[example]'),
  },
  top: {
    ...NOTHING,
    name: 'top',
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
    ...NOTHING,
    name: 'weights',
    changes: 'none',
    summary: 'The weights of a layer, or those into one unit.',
    noun: 'weights',
    args: [layerOrUnit],
    input: 'none',
    result: always('weights'),
  },
  similarity: {
    ...NOTHING,
    name: 'similarity',
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
  },
  neighbours: {
    ...NOTHING,
    name: 'neighbours',
    summary: 'The examples that a layer answers most alike to.',
    noun: 'neighbours',
    args: [layer, { name: 'k', kind: 'number', default: 10, max: 1000 }],
    input: 'either',
    result: ({ input }) => (input === 'example' ? 'ranked[example]' : 'agreement[example]'),
  },
  classmetrics: {
    ...NOTHING,
    name: 'classmetrics',
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
    name: 'calibration',
    joins: 'left join',
    summary:
      'Whether confidence can be believed: accuracy by confidence, and the expected calibration error.',
    noun: 'calibration',
    args: [{ name: 'bins', kind: 'number', default: 15, max: 1000 }],
    input: 'data',
    needs: ['labels', 'probabilities'],
    result: always('calibration'),
  },
  count: {
    ...NOTHING,
    name: 'count',
    changes: 'none',
    summary: 'How many examples a slice has.',
    noun: 'count',
    args: [],
    input: 'data',
    result: always('count'),
  },
};

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
