/** What a pair of a model and a data set is told: why its values are given as they are, and why it does not fit. */
import { describe, expect, it } from 'vitest';
import type { GraphRecord } from '../artifacts/graph.ts';
import {
  displayRange,
  type Layout,
  type PairData,
  type PairModel,
  type PreprocessingChoice,
  pairOf,
  preprocessingChoiceSchema,
  specText,
  type Trial,
  wantsTrial,
} from './index.ts';

type Layer = [type: string, config?: Record<string, unknown>];

/** A model of one input and these layers in a row, the last of which has weights. */
function model(shape: readonly (number | null)[], layers: readonly Layer[] = [], inputs = 1): PairModel {
  const all: Layer[] = [['InputLayer'], ...layers, ['Dense']];
  const names = all.map(([type], i) => `${type.toLowerCase()}_${i}`);
  const graph: GraphRecord = {
    ...{ model: 'm', inputs: [names[0]!], outputs: [names.at(-1)!], params: 1 },
    layers: all.map(([type, config = {}], i) => ({
      ...{ name: names[i]!, type, outputShape: [null, 1], params: 1, trainableParams: 1, units: 1, config },
      weights: type === 'Dense' ? [{ name: 'kernel', shape: [1, 1] }] : [],
    })),
    edges: names.slice(1).map((to, i) => ({ from: names[i]!, to })),
  };
  return {
    name: 'm',
    graph,
    inputs: Array.from({ length: inputs }, (_, i) => ({ name: names[i] ?? '', shape: [null, ...shape] })),
  };
}

const data = (facts: Partial<PairData> = {}): PairData => ({
  ...{ name: 'd', shape: [8, 8, 1], dtype: 'U8', range: [0, 255] },
  ...{ declaredScale: null, classes: ['a', 'b'], columns: [] },
  ...facts,
});

function evidence(m: PairModel, d: PairData, choice: PreprocessingChoice = {}, trial: Trial | null = null) {
  const pair = pairOf(m, d, { choice, trial });
  if (!pair.fits) throw new Error(pair.problem);
  return pair.record.evidence;
}

function problem(m: PairModel, d: PairData, choice: PreprocessingChoice = {}): string {
  const pair = pairOf(m, d, { choice, trial: null });
  if (pair.fits) throw new Error('the pair fits');
  return pair.problem;
}

const square = model([8, 8, 1]);
/** Answers of a model to 400 examples, half of either class. */
const tried = (...ways: Extract<Trial, { n: number }>['ways']): Trial => ({
  ...{ split: 'test', n: 400, majority: 0.5, constantLoss: Math.LN2, ways },
});
const AS_IS = { subtract: 0, divide: 1 };
const BY_255 = { subtract: 0, divide: 255 };

describe('values are given as stored, and the evidence says why', () => {
  it.each<[string, PairModel, PairData]>([
    [
      'the model takes them as tokens (embedding_1, Embedding)',
      model([20], [['Embedding']]),
      data({ shape: [20] }),
    ],
    ['the model scales them itself (rescaling_1, Rescaling)', model([8, 8, 1], [['Rescaling']]), data()],
    [
      'the model scales them itself (rescaling_1, Rescaling), so they are not divided by 16 as the data set says',
      model([8, 8, 1], [['Rescaling']]),
      data({ declaredScale: 16 }),
    ],
    ['they are floating-point numbers', square, data({ dtype: 'F32' })],
    ['they are 0 and 1', square, data({ range: [0, 1] })],
    ['they are a table of whole numbers', model([5]), data({ shape: [5] })],
    ['they are whole numbers beyond bytes', square, data({ dtype: 'I32', range: [-4, 9000] })],
    ['the data set has no classes that scales could be tried on', square, data({ classes: [] })],
    [
      'whether another scale fits the labels better is tried when the pair is first asked about',
      square,
      data(),
    ],
  ])('%s', (why, m, d) => {
    expect(evidence(m, d)).toEqual([`Values are given as stored: ${why}.`]);
  });

  it('no trial could be made', () => {
    expect(evidence(square, data(), {}, { untried: 'the computation failed' })).toEqual([
      'Values are given as stored: no other scale could be tried, as the computation failed.',
    ]);
  });
});

describe('values are scaled, and the evidence says why', () => {
  it('by what the file says, but not where the model is known to scale', () => {
    const pair = pairOf(square, data({ declaredScale: 16 }));
    expect(pair).toMatchObject({ fits: true, record: { spec: { scale: { subtract: 0, divide: 16 } } } });
    expect(evidence(square, data({ declaredScale: 16 }))).toEqual([
      'The data file says that its values are to be divided by 16.',
    ]);
    expect(evidence(square, data({ declaredScale: 16, importer: 1 }))[0]).toMatch(
      /imported by an earlier version, which divided by 16; kept/,
    );
  });

  it('by a trial, where another scale is clearly better', () => {
    const trial = tried(
      { scale: AS_IS, accuracy: 0.52, loss: null },
      { scale: BY_255, accuracy: 0.95, loss: 0.12345 },
    );
    const pair = pairOf(square, data(), { choice: {}, trial });
    expect(pair).toMatchObject({ fits: true, warnings: [], record: { spec: { scale: BY_255 } } });
    expect(evidence(square, data(), {}, trial)).toEqual([
      "Values are divided by 255: the model's answers fit the labels clearly better so.",
      'Tried on 400 labelled examples of test: as stored 52.0 % right with a mean loss of no finite size; divided by 255 95.0 % right with a mean loss of 0.123; always naming the commonest class would be 50.0 % right.',
    ]);
  });

  it('not by a trial whose best is chance, nor by one in which as stored is as good', () => {
    for (const [accuracy, loss] of [
      [0.56, 0.1],
      [0.95, 0.4],
    ] as const) {
      const trial = tried({ scale: AS_IS, accuracy: 0.5, loss: 0.7 }, { scale: BY_255, accuracy, loss });
      expect(evidence(square, data(), {}, trial)[0]).toBe(
        'Values are given as stored: no usual scale fits the labels clearly better.',
      );
    }
  });

  it('what a member chose stands in place of the evidence', () => {
    expect(
      evidence(square, data(), {
        scale: BY_255,
        layout: { kind: 'transpose', axes: [1, 0, 2] },
        classOrder: 'natural',
      }),
    ).toEqual(['Chosen by a member of the project: scale, layout of axes, order of classes.']);
  });

  it('bytes as stored are told, until a choice or a trial has decided', () => {
    const said = pairOf(square, data());
    expect(said).toMatchObject({
      warnings: [
        'm is given the bytes of d (0 to 255) as stored; if it was trained on values from 0 to 1, set "divided by 255" under Preprocessing of this model and this data set.',
      ],
    });
    expect(wantsTrial(square, data(), {})).toBe(true);
    const chosen = pairOf(square, data(), { choice: { scale: AS_IS }, trial: null });
    expect(chosen).toMatchObject({ warnings: [] });
    expect(wantsTrial(square, data(), { scale: AS_IS })).toBe(false);
  });
});

describe('shapes', () => {
  it.each<[string, PairModel, readonly number[]]>([
    ['8×8×1 became 8×8: only axes of size 1 differ.', model([8, 8]), [8, 8, 1]],
    ['8×8 became 8×8×1: only axes of size 1 differ.', model([null, 8, 1]), [8, 8]],
    [
      '8×8×1 was flattened to the 64 numbers that the model takes, in the order in which they are stored.',
      model([64]),
      [8, 8, 1],
    ],
  ])('%s', (said, m, shape) => {
    const pair = pairOf(m, data({ shape: [...shape] }));
    expect(pair.fits && pair.record.evidence.at(-1)).toBe(said);
  });

  it('whole numbers cut fractions off', () => {
    const tokens = model([8, 8, 1]);
    tokens.graph.layers[0]!.config.dtype = 'int32';
    expect(evidence(tokens, data({ dtype: 'F32' })).at(-1)).toBe(
      'The model takes whole numbers: fractions are cut off.',
    );
    expect(evidence(tokens, data()).join()).not.toMatch(/fractions/);
  });

  it.each<[string, PairModel, Partial<PairData>, PreprocessingChoice]>([
    [
      'm has the input inputlayer_0 (8), and nothing in d fits it: it has x (8×8×1). Save an array of that name and shape with the data, or choose what it is given under Preprocessing of this model and this data set',
      model([8], [], 2),
      {},
      {},
    ],
    [
      'd has examples of 3×6×7, m takes 6×7×3. With the axes in the order 1, 2, 0 an example is 6×7×3 and fits: if that is what they mean, set layout "transpose" 1, 2, 0 under Preprocessing of this model and this data set',
      model([6, 7, 3]),
      { shape: [3, 6, 7] },
      {},
    ],
    [
      'd has examples of 64, m takes 8×8×1. The numbers of a row fill 8×8×1: if they are stored in that order, set layout "reshape" 8, 8, 1 under Preprocessing of this model and this data set',
      square,
      { shape: [64] },
      {},
    ],
    ['d has examples of 5×5, m takes 8×8×1', square, { shape: [5, 5] }, {}],
    [
      'd has examples of 8×8×1 (1×8×8 after the transpose), m takes 8×8×3',
      model([8, 8, 3]),
      {},
      { layout: { kind: 'transpose', axes: [2, 0, 1] } },
    ],
    [
      'the transposition 0, 0, 1 does not name each of the axes 0 to 2 of 8×8×1 once; m takes 8×8×1',
      square,
      {},
      { layout: { kind: 'transpose', axes: [0, 0, 1] } },
    ],
    [
      'the reshape to 4×4 needs 16 numbers, an example of 8×8×1 has 64; m takes 8×8×1',
      square,
      {},
      { layout: { kind: 'reshape', shape: [4, 4] } },
    ],
    [
      'm and d: divide lists 2 numbers for 1 channels of 8×8×1; give one for each, or one for all',
      square,
      {},
      { scale: { subtract: 0, divide: [2, 3] } },
    ],
    [
      'm and d: subtract lists 2 numbers for 5 features of 5; give one for each, or one for all',
      model([5]),
      { shape: [5] },
      { scale: { subtract: [2, 3], divide: 1 } },
    ],
    [
      "m and d: the class order names 'a' twice; name each class once",
      square,
      {},
      { classOrder: ['a', 'b', 'a'] },
    ],
    [
      "m and d: the class order does not name 'b'; name every class of the data set, in the order of the model's outputs",
      square,
      {},
      { classOrder: ['a'] },
    ],
  ])('%s', (said, m, facts, choice) => {
    // What is offered behind the sentence is asserted where it is made.
    expect(problem(m, data(facts), choice).slice(0, said.length)).toBe(said);
  });

  it('what is offered fits', () => {
    for (const [wanted, shape] of [
      [
        [6, 7, 3],
        [3, 6, 7],
      ],
      [
        [3, 6, 7],
        [6, 7, 3],
      ],
      [
        [4, 2, 3, 5],
        [5, 4, 2, 3],
      ],
      [[8, 8, 1], [64]],
      [[4, null], [12]],
    ] as const) {
      const pair = pairOf(model(wanted), data({ shape: [...shape] }));
      const [layout]: readonly Layout[] = pair.fits ? [] : pair.offers;
      expect(layout).toBeDefined();
      const offered = pairOf(model(wanted), data({ shape: [...shape] }), {
        choice: { layout: layout! },
        trial: null,
      });
      expect(offered.fits).toBe(true);
    }
  });
});

it('numbers that divide by nothing are no choice', () => {
  const parsed = preprocessingChoiceSchema.safeParse({ scale: { subtract: 0, divide: [0] } });
  expect(parsed.error?.message).toMatch(/a number other than zero/);
  const infinite = preprocessingChoiceSchema.safeParse({
    scale: { subtract: 0, divide: Number.POSITIVE_INFINITY },
  });
  expect(infinite.success).toBe(false);
});

it.each<[string, PreprocessingChoice]>([
  ['values as stored', {}],
  ['values less 127.5, divided by 127.5', { scale: { subtract: 127.5, divide: 127.5 } }],
  [
    'values divided by [1, 2, 3, 4, …], axes in the order 1, 2, 0, classes in natural order',
    {
      scale: { subtract: 0, divide: [1, 2, 3, 4, 5] },
      layout: { kind: 'transpose', axes: [1, 2, 0] },
      classOrder: 'natural',
    },
  ],
  [
    'values as stored, reshaped to 8×8, classes in an order of their own',
    { layout: { kind: 'reshape', shape: [8, 8] }, classOrder: ['b', 'a'] },
  ],
])('a spec in words: %s', (words, choice) => {
  const stored = { scale: AS_IS, layout: { kind: 'stored' as const }, classOrder: 'stored' as const };
  expect(specText({ ...stored, ...choice })).toBe(words);
});

it('pictures of unusual values say what is drawn black and white', () => {
  expect(displayRange({ dtype: 'F32', range: [-2.34567, 7], declaredScale: null })).toEqual({
    range: [-2.34567, 7],
    warnings: ['Pictures are drawn from -2.346 (black) to 7 (white).'],
  });
  for (const [dtype, range, declaredScale, drawn] of [
    ['U8', [0, 200], null, [0, 255]],
    ['U8', [0, 16], null, [0, 16]],
    ['F32', [-1, 1], null, [-1, 1]],
    ['F32', [0, 0.5], null, [0, 1]],
    ['F32', [0, 9], 10, [0, 10]],
    ['F32', null, null, [0, 1]],
  ] as const)
    expect(displayRange({ dtype, range: range && [...range], declaredScale })).toEqual({
      range: drawn,
      warnings: [],
    });
});
