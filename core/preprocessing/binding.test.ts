/** Which array, column or constant each input of a model is given. */
import { describe, expect, test } from 'vitest';
import { type GraphRecord, WITHOUT_GRAPH } from '../artifacts/graph.ts';
import { type BindingData, bindInputs } from './binding.ts';
import { pairOf } from './pair.ts';
import type { PreprocessingChoice } from './spec.ts';

type Shapes = Readonly<Record<string, readonly (number | null)[]>>;

function model(inputs: Shapes) {
  const names = Object.keys(inputs);
  const graph: GraphRecord = {
    ...{ model: 'm', layers: [], edges: [], inputs: names, outputs: [], params: 0 },
  };
  return {
    ...{ name: 'm', graph },
    inputs: names.map((name) => ({ name, shape: [null, ...(inputs[name] ?? [])] })),
  };
}
function data(main: string, arrays: Readonly<Record<string, readonly number[]>>, columns: string[] = []) {
  const [first = [], ...others] = Object.entries(arrays).map(([name, shape]) => ({
    ...{ name, shape: [...shape], dtype: 'F32' as const },
    range: null,
  }));
  if (Array.isArray(first)) throw new Error('no array');
  return {
    ...{ name: 'd', main, shape: first.shape, dtype: first.dtype, range: null, declaredScale: null },
    ...{ classes: [], columns, ...(others.length > 0 ? { arrays: others } : {}) },
  };
}
function bound(inputs: Shapes, of: BindingData, choices?: PreprocessingChoice['inputs']) {
  const binding = bindInputs(model(inputs), of, choices);
  return binding.fits
    ? Object.fromEntries(binding.inputs.map(({ name, source }) => [name, source]))
    : binding.problem;
}
const array = (name: string) => ({ kind: 'array', name });

describe('inputs are given', () => {
  test('the arrays of their names, whatever frameworks put around them and in whatever order', () => {
    const of = data('row', { row: [4], picture: [4] });
    expect(bound({ 'serving_default_picture:0': [4], row_input: [4] }, of)).toEqual({
      'serving_default_picture:0': array('picture'),
      row_input: array('row'),
    });
  });

  test('else the only array of their shape; an exact shape before one that has to be flattened', () => {
    const of = data('a', { a: [4, 4], b: [16] });
    expect(bound({ input_1: [16], input_2: [4, 4] }, of)).toEqual({
      input_2: array('a'),
      input_1: array('b'),
    });
  });

  test('columns of their names, side by side in the order of their numbers', () => {
    const columns = ['age', 'f_10', 'f_2', 'f_1'];
    expect(bound({ x: [4], age: [1], f: [3] }, data('x', { x: [4] }, columns))).toEqual({
      x: array('x'),
      age: { kind: 'columns', names: ['age'] },
      f: { kind: 'columns', names: ['f_1', 'f_2', 'f_10'] },
    });
  });

  test('evident constants where the data have nothing of that name', () => {
    const inputs = {
      input_ids: [null],
      attention_mask: [null],
      token_type_ids: [null],
      position_ids: [null],
    };
    expect(bound(inputs, data('input_ids', { input_ids: [8] }))).toEqual({
      input_ids: array('input_ids'),
      attention_mask: { kind: 'constant', value: 1 },
      token_type_ids: { kind: 'constant', value: 0 },
      position_ids: { kind: 'positions' },
    });
    expect(bound(inputs, data('input_ids', { input_ids: [8], mask: [8] }))).toMatchObject({
      attention_mask: array('mask'),
    });
  });

  test('and all of that is told', () => {
    const inputs = { input_ids: [8], token_type_ids: [8], position_ids: [8], left: [3] };
    const binding = bindInputs(model(inputs), data('input_ids', { input_ids: [8], b: [3] }), undefined);
    expect(binding.fits && binding.told).toEqual([
      'input_ids is given the array input_ids (by its name).',
      'token_type_ids is given 0 everywhere (zeros: all is one segment, as the data have none).',
      'position_ids is given its places, counted from 0 (the places counted from 0, as the data have none).',
      'left is given the array b (by its shape).',
    ]);
  });

  test('what a person chose, before anything else', () => {
    const of = data('a', { a: [4], b: [4] });
    const choices = { a: { source: { kind: 'array', name: 'b' } as const } };
    expect(bound({ a: [4], b: [4] }, of, choices)).toEqual({ a: array('b'), b: array('b') });
  });

  test('the first array, where there is but one input and nothing fits it better', () => {
    expect(bound({ input_1: [6, 6, 1] }, data('picture', { picture: [6, 6, 1], row: [4] }))).toEqual({
      input_1: array('picture'),
    });
    expect(bound({ input_1: [4] }, data('picture', { picture: [6, 6, 1], row: [4] }))).toEqual({
      input_1: array('row'),
    });
  });
});

describe('refused in a sentence:', () => {
  const two = { left: [4], right: [4] };
  test.each<[string, Shapes, BindingData, PreprocessingChoice['inputs']]>([
    [
      'm has the input left (4), and it cannot be told which array of d it is given: a (4) and b (4) fit. Name the arrays like the inputs, or choose for each under Preprocessing of this model and this data set',
      two,
      data('a', { a: [4], b: [4] }),
      undefined,
    ],
    [
      'm has the input left (4), and it cannot be told which array of d it is given: a (4) also fits the input right. Name the arrays like the inputs, or choose for each under Preprocessing of this model and this data set',
      two,
      data('a', { a: [4], b: [5] }),
      undefined,
    ],
    [
      'm has the input other (7), and nothing in d fits it: it has left (4), and the columns age. Save an array of that name and shape with the data, or choose what it is given under Preprocessing of this model and this data set',
      { left: [4], other: [7] },
      data('left', { left: [4] }, ['age']),
      undefined,
    ],
    [
      'm has no input middle; its inputs are left, right',
      two,
      data('a', { a: [4] }),
      { middle: { source: { kind: 'constant', value: 0 } } },
    ],
    [
      'm, input left: there is no array c; d has left (4), right (4)',
      two,
      data('left', { left: [4], right: [4] }),
      { left: { source: { kind: 'array', name: 'c' } } },
    ],
    [
      'm, input left: there is no column c; d has left (4), right (4)',
      two,
      data('left', { left: [4], right: [4] }),
      { left: { source: { kind: 'columns', names: ['c'] } } },
    ],
  ])('%s', (sentence, inputs, of, choices) => {
    expect(bound(inputs, of, choices)).toBe(sentence);
  });

  test('an input whose array is of another shape, by the names of both', () => {
    const pair = pairOf(model({ left: [4], right: [4] }), data('left', { left: [4], right: [5] }));
    expect(pair).toMatchObject({
      fits: false,
      problem: 'd (the array right) has examples of 5, m (input right) takes 4',
    });
  });

  test('a model without inputs', () => {
    expect(pairOf(model({}), data('x', { x: [4] }))).toMatchObject({
      fits: false,
      problem: `m: ${WITHOUT_GRAPH}`,
    });
  });
});

test('of each input its own scale and layout; lists of numbers are checked against its own channels', () => {
  const m = model({ picture: [6, 6, 3], row: [2] });
  const of = data('picture', { picture: [6, 6, 3], row: [2] });
  const choice = {
    scale: { subtract: 0, divide: 255 },
    inputs: { row: { scale: { subtract: [1, 2], divide: 4 } } },
  };
  const pair = pairOf(m, of, { choice, trial: null });
  expect(pair.fits && pair.record).toMatchObject({
    spec: { scale: { divide: 255 } },
    beside: [{ name: 'row', scale: { subtract: [1, 2], divide: 4 } }],
    origin: 'chosen',
  });
  const wrong = { inputs: { row: { scale: { subtract: [1, 2, 3], divide: 4 } } } };
  expect(pairOf(m, of, { choice: wrong, trial: null })).toMatchObject({
    problem:
      'm (input row) and d (the array row): subtract lists 3 numbers for 2 features of 2; give one for each, or one for all',
  });
});
