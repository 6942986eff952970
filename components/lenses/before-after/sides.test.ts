import { describe, expect, test } from 'vitest';
import type { Result } from '@/core/result/types.ts';
import { flipsOf, outputsThatChange } from '../example-table/flips.ts';
import { f32, i32, make } from '../fixtures/make.ts';
import { FIXTURES } from '../fixtures.ts';
import { ordinaryOf } from '../ordinary.ts';
import { sizeOfChange } from '../shared/result/changes.ts';
import * as sides from './sides.ts';
import { sideOf, unionOf } from './sides.ts';
import * as words from './words.ts';

const compareOf = (result: Result) => ordinaryOf(result.meta.type)?.compare ?? {};
/** As the lens of the result's type has it. */
const differenceOf = (result: Result) => sides.differenceOf(result, compareOf(result).signed);
const sentenceOf = (result: Result) => words.sentenceOf(result, compareOf(result));

function whatIf(result: Result, before: Parameters<typeof make>[0]['tensors'], record?: unknown): Result {
  const renamed = Object.fromEntries(Object.entries(before).map(([k, v]) => [`other.${k}`, v]));
  return {
    meta: {
      ...result.meta,
      tensors: {
        ...result.meta.tensors,
        ...Object.fromEntries(
          Object.entries(renamed).map(([k, { dtype, shape, axes }]) => [
            k,
            { dtype, shape: [...shape], axes: [...axes] },
          ]),
        ),
      },
      other: {
        kind: 'unchanged',
        changes: ['ablate(conv2d_1#3)'],
        ...(record === undefined ? {} : { record }),
      },
    },
    tensors: { ...result.tensors, ...renamed },
  };
}
const predictions = (type: 'vector[class]' | 'count', values: number[], record: unknown) =>
  make({
    type,
    title: '',
    query: 'select predict() from m@1(d.test[0])',
    reading: '',
    axes: [],
    tensors: { values: f32(values, [values.length], ['class']) },
    record,
  });
const record = { classes: ['cat', 'dog'], accuracy: null, label: 0, predicted: 1 };
const flip = whatIf(
  predictions('vector[class]', [0.3, 0.7], record),
  { values: f32([0.9, 0.1], [2], ['class']) },
  { ...record, predicted: 0 },
);

describe('a side', () => {
  test('is a result of its own, with the ordinary names and its own record', () => {
    const before = sideOf(flip, 'before');
    expect(before.meta.other).toBeUndefined();
    expect(Object.keys(before.tensors)).toEqual(['values']);
    expect(Object.keys(before.meta.tensors)).toEqual(['values']);
    expect(before.tensors.values?.data[0]).toBeCloseTo(0.9);
    expect(before.meta.record).toMatchObject({ predicted: 0 });
    expect(sideOf(flip, 'after').meta.record).toMatchObject({ predicted: 1 });
    expect(Object.keys(sideOf(flip, 'after').tensors)).toEqual(['values']);
  });
  test('has an id of its own', () => {
    expect(sideOf(flip, 'before').meta.id).not.toBe(sideOf(flip, 'after').meta.id);
  });
});

describe('a difference', () => {
  const units = (values: number[], old: number[]) =>
    whatIf(
      make({
        type: 'vector[unit]',
        title: '',
        query: 'select activation(d) from m@1(d.test[0])',
        reading: '',
        axes: [],
        tensors: { values: f32(values, [values.length], ['unit']) },
      }),
      { values: f32(old, [old.length], ['unit']) },
    );
  test('is after less before, for types with signed numbers', () => {
    expect([...(differenceOf(units([1, 0, 3], [1, 2, -1]))?.tensors.values?.data ?? [])]).toEqual([0, -2, 4]);
  });
  test('of an answer with itself is zero', () => {
    expect(sentenceOf(units([1, 2], [1, 2]))).toBe('nothing changes');
  });
  test('says how many numbers cannot be compared, and does not say of those that nothing changes', () => {
    expect(sentenceOf(units([1, Number.NaN], [1, 2]))).toBe(
      'no finite number changes; 1 number cannot be compared: not finite',
    );
    expect(sentenceOf(units([2, Number.POSITIVE_INFINITY, Number.NaN, 0], [1, 2, 2, 0]))).toBe(
      'largest change +1, 25.0\u2009% of the numbers change; 2 numbers cannot be compared: not finite',
    );
  });
  test('of pictures, means, outputs and rankings says so too', () => {
    const lost: Readonly<Record<string, string>> = {
      'Pictures, attacked': 'no finite pixel changes; 3\u2009392 numbers cannot be compared: not finite',
      'Statistics, one unit ablated': 'no finite mean changes; 14 numbers cannot be compared: not finite',
      'Top examples, attacked': '9 of 9 were in the list before; 9 values not finite',
    };
    for (const [name, sentence] of Object.entries(lost)) {
      const { meta, tensors } = FIXTURES.find((fixture) => fixture.name === name)?.result ?? units([], []);
      const gone = Object.entries(tensors).map(([of, tensor]) => [
        of,
        tensor.dtype === 'F32' ? { ...tensor, data: tensor.data.slice().fill(Number.NaN) } : tensor,
      ]);
      expect(sentenceOf({ meta, tensors: Object.fromEntries(gone) })).toBe(sentence);
    }
    const record = { scores: 'output', classes: [], accuracy: null };
    const outputs = (values: number[], old: number[]) =>
      whatIf(
        make({
          type: 'vector[class]',
          title: '',
          query: 'select predict() from m@1(d.test[0])',
          reading: '',
          axes: [],
          tensors: { values: f32(values, [values.length], ['class']) },
          record,
        }),
        { values: f32(old, [old.length], ['class']) },
        record,
      );
    expect(sentenceOf(outputs([Number.NaN, 1], [2, 1]))).toMatch(
      /^no finite output changes; 1 number cannot be compared: not finite/,
    );
  });
  test('is none where shapes differ, or where a type has no signed numbers', () => {
    expect(differenceOf(units([1, 2, 3], [1, 2]))).toBeNull();
    expect(differenceOf(flip)).toBeNull();
  });
  test('has a largest number and a share that changed; what is not finite is passed over', () => {
    expect(sizeOfChange([0, -3, Number.NaN, 2])).toEqual({ largest: -3, at: 1, changed: 0.5, lost: 1 });
    expect(sizeOfChange([])).toEqual({ largest: 0, at: 0, changed: 0, lost: 0 });
  });
});

test('a common scale holds both ranges', () => {
  expect(unionOf([-1, 3], [-2, 1])).toEqual([-2, 3]);
});

describe('in words', () => {
  test('a flip names both classes and says whether it is right', () => {
    expect(sentenceOf(flip)).toBe('the prediction flips: cat (90.0\u2009%) → dog (70.0\u2009%), now wrong');
  });
  test('predictions that change are counted as mended and broken', () => {
    expect(flipsOf([0, 1, 1, 2], [0, 0, 2, 1], [0, 0, 1, 9])).toEqual({
      changed: [1, 2, 3],
      mended: 1,
      broken: 1,
    });
    expect(flipsOf([0], [1], null)).toEqual({ changed: [0], mended: null, broken: null });
  });
  test('an answer that has no prediction says so, whichever side it is', () => {
    const lost = whatIf(
      predictions('vector[class]', [Number.NaN, 0.7], { ...record, predicted: null }),
      { values: f32([0.9, 0.1], [2], ['class']) },
      { ...record, predicted: 0 },
    );
    expect(sentenceOf(lost)).toBe('cat before, no prediction after: the scores are not finite');
  });
  test('scores and outputs are no shares', () => {
    const score = { ...record, scores: 'score' };
    const still = whatIf(
      predictions('vector[class]', [-0.3, 2.5], score),
      { values: f32([-0.2, 1.5], [2], ['class']) },
      score,
    );
    expect(sentenceOf(still)).toBe('still dog: 1.50 → 2.50');
    const output = { classes: ['output 0'], accuracy: null, scores: 'output', predicted: null };
    const moved = whatIf(
      predictions('vector[class]', [0.25], output),
      { values: f32([-0.5], [1], ['class']) },
      output,
    );
    expect(sentenceOf(moved)).toBe('output 0: −0.500 → 0.250 (+0.750)');
  });
  test('of outputs that are of no class, the rows that differ', () => {
    const table = (rows: number[]) =>
      make({
        type: 'table[example]',
        title: '',
        query: 'select predict() from m@1(d.test)',
        reading: '',
        axes: [],
        tensors: {
          predicted: i32([-1, -1], [2], ['example']),
          probabilities: f32(rows, [2, 1], ['example', 'class']),
        },
        record: { classes: ['output 0'], accuracy: null, scores: 'output' },
      });
    const before = table([1, Number.NaN]);
    expect(outputsThatChange(before, table([2, Number.NaN]))).toEqual([0]);
    expect(sentenceOf(whatIf(table([2, Number.NaN]), before.tensors as never))).toBe(
      'outputs of 1 of 2 examples change',
    );
  });
  test('a count tells both numbers', () => {
    const count = whatIf(
      make({
        type: 'count',
        title: '',
        query: 'select count() from m@1(d.test)',
        reading: '',
        axes: [],
        tensors: { unused: i32([0], [1], ['one']) },
        record: { count: 9, total: 20, accuracy: null },
      }),
      {},
      { count: 4, total: 20, accuracy: null },
    );
    expect(sentenceOf(count)).toBe('4 → 9');
  });
});
