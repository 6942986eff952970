import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSlice } from '@/core/board/index.ts';
import type { NamedTensor, Result } from '@/core/result/index.ts';
import { marksCsv, marksJson } from './files.ts';
import { countsBySplit, markedRows, predictionOf, readPredictions, sliceOf } from './rows.ts';
import { score, truthOf, truthsOf, WRONG } from './score.ts';

const ints = (values: readonly number[]): NamedTensor => ({
  dtype: 'I32',
  shape: [values.length],
  data: Int32Array.from(values),
});
const floats = (values: readonly number[]): NamedTensor => ({
  dtype: 'F32',
  shape: [values.length],
  data: Float32Array.from(values),
});
const table = (tensors: Result['tensors']): Result => ({
  meta: {
    id: 'r',
    type: 'table[example]',
    title: '',
    axes: [],
    tensors: {},
    record: { classes: ['cat', 'dog'], accuracy: null },
    reading: '',
    warnings: [],
    provenance: {
      query: '',
      checkpoints: [],
      data: [],
      method: '',
      methodVersion: '1',
      parameters: {},
      engine: '',
      engineVersion: '',
      backend: '',
      durationMs: 0,
      computedAt: '',
    },
  },
  tensors,
});
const predictions = readPredictions(
  table({
    index: ints([10, 11, 12, 13]),
    label: ints([0, 1, 0, -1]),
    predicted: ints([0, 0, 0, 1]),
    confidence: floats([0.5, 0.25, 1, 0.75]),
    'column.flipped': ints([0, 1, 0, 1]),
    'column.blur': floats([Number.NaN, 0, 0.5, 0]),
  }),
);
if (!predictions) throw new Error('no predictions');

describe('scoring the marked against a column', () => {
  it('precision, recall and F1 of a case counted by hand', () => {
    const truth = truthOf(predictions, ['flipped']);
    const counted = score(predictions.index, truth, new Set([11, 12, 99]));
    expect(counted).toEqual({
      found: [11],
      missed: [13],
      false: [12],
      rest: 1,
      precision: 0.5,
      recall: 0.5,
      f1: 0.5,
    });
  });

  it('several columns: any that is neither zero nor missing', () => {
    const truth = truthOf(predictions, ['flipped', 'blur']);
    expect([0, 1, 2, 3].map(truth)).toEqual([false, true, true, true]);
    expect(score(predictions.index, truth, new Set([11, 12, 13])).f1).toBe(1);
    expect(truthsOf(predictions)).toEqual(['flipped', 'blur', WRONG]);
    // Example 13 has no label: whether the model is wrong is not known.
    expect([0, 1, 2, 3].map(truthOf(predictions, [WRONG]))).toEqual([false, true, false, false]);
    expect([0, 1].map(truthOf(predictions, ['gone']))).toEqual([false, false]);
  });

  it('shares of nothing are not told', () => {
    const none = score([1, 2], () => false, new Set());
    expect([none.precision, none.recall, none.f1]).toEqual([null, null, null]);
    const missed = score([1, 2], () => true, new Set());
    expect([missed.precision, missed.recall, missed.f1]).toEqual([null, 0, 0]);
  });

  it('F1 is the harmonic mean, and every example is counted once', () => {
    const cases = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(cases, (all) => {
        const index = all.map((_, i) => i * 3);
        const marked = new Set(index.filter((_, i) => all[i]?.[1]));
        const counted = score(index, (place) => all[place]?.[0] ?? false, marked);
        const { precision: p, recall: r } = counted;
        if (p !== null && r !== null && p + r > 0) expect(counted.f1).toBeCloseTo((2 * p * r) / (p + r), 12);
        expect(counted.found.length + counted.missed.length + counted.false.length + counted.rest).toBe(
          all.length,
        );
      }),
    );
  });
});

const rows = markedRows(
  new Map([
    ['pets.test[13]', { by: 'ada' }],
    ['pets.train[2]', { by: 'grace', note: '=1+1, "odd"' }],
    ['pets.test[11]', { by: 'grace' }],
  ]),
);

describe('the list of marked examples', () => {
  it('is in the order of splits and indices, with a count for each split', () => {
    expect(rows.map((row) => row.address)).toEqual(['pets.test[11]', 'pets.test[13]', 'pets.train[2]']);
    expect([...countsBySplit(rows)]).toEqual([
      ['pets.test', 2],
      ['pets.train', 1],
    ]);
  });

  it('says what the model says, where that is known', () => {
    expect(predictionOf(predictions, 11)).toEqual({
      label: 'dog',
      predicted: 'cat',
      confidence: 0.25,
      right: false,
    });
    expect(predictionOf(predictions, 13)).toMatchObject({ label: null, predicted: 'dog', right: null });
    expect(predictionOf(predictions, 99).predicted).toBeNull();
    expect(predictionOf(undefined, 11).predicted).toBeNull();
  });

  it('becomes a CSV file that a spreadsheet reads as text, and a JSON file', () => {
    const listed = rows.map((row) => ({
      ...row,
      prediction: predictionOf(row.split === 'pets.test' ? predictions : undefined, row.index),
      by: row.mark.by === 'ada' ? 'Ada, L.' : 'Grace',
      color: 0,
    }));
    expect(marksCsv(listed)).toBe(
      'index,split,label,predicted,confidence,marked by,note\r\n' +
        '11,pets.test,dog,cat,0.25,Grace,\r\n' +
        '13,pets.test,,dog,0.75,"Ada, L.",\r\n' +
        `2,pets.train,,,,Grace,"'=1+1, ""odd"""\r\n`,
    );
    expect(JSON.parse(marksJson(listed))[2]).toEqual({
      address: 'pets.train[2]',
      index: 2,
      split: 'pets.train',
      label: null,
      predicted: null,
      confidence: null,
      markedBy: 'Grace',
      note: '=1+1, "odd"',
    });
  });

  it('becomes a slice of each split', () => {
    expect(sliceOf('pets.test', [13, 11])).toBe('pets.test[index in [11, 13]]');
    expect(sliceOf('pets.test', [])).toBeNull();
    const most = sliceOf(
      'pets.test',
      Array.from({ length: 2000 }, (_, i) => i),
    );
    expect(readSlice(most)).not.toBeNull();
  });
});
