import { expect, test } from 'vitest';
import { attribution, attributionColored } from './fixtures/attributions.ts';
import { neuronSpace } from './fixtures/data.ts';
import { convWeights } from './fixtures/weights.ts';
import { lensOf, optionsOf } from './index.ts';
import {
  choiceRow,
  endsOf,
  missingOf,
  numberRow,
  type OptionContext,
  placeRow,
  sortingRow,
  switchRow,
} from './options.ts';

const context = (options: OptionContext['options'], result = attribution): OptionContext => ({
  result,
  options,
});
const none = context({});

test('a switch is what is stored, and its default where that is none', () => {
  const row = switchRow({ key: 'robust', label: 'Robust', start: true });
  expect([false, true, undefined, 'yes', 0].map((option) => row.read(option, none))).toEqual([
    ...[false, true, true, true, true],
  ]);
  expect(endsOf([row], none)).toEqual([{ robust: true }, { robust: false }]);
});

test('a choice is one of those that there are', () => {
  const choices = [
    { value: 'left', label: 'Left' },
    { value: 'right', label: 'Right' },
  ] as const;
  const row = choiceRow({ key: 'side', label: 'Side', choices, start: 'right' });
  expect(['left', 'right', 'middle', 2, undefined].map((option) => row.read(option, none))).toEqual([
    ...['left', 'right', 'right', 'right', 'right'],
  ]);
  expect(endsOf([row], none)).toEqual([{ side: 'left' }, { side: 'right' }]);
  const free = choiceRow({ key: 'side', label: 'Side', choices: () => choices, start: null });
  expect(free.read('middle', none)).toBeNull();
});

test('a number is kept within its range; what is no finite number is the default', () => {
  const row = numberRow({ key: 'top', label: 'Top', range: () => [1, 200], start: 20 });
  const read = (option: number | string | undefined) => row.read(option, none);
  expect([0, 1, 12.4, 200, 1e9, -5].map(read)).toEqual([1, 1, 12, 200, 200, 1]);
  expect([Number.NaN, Number.POSITIVE_INFINITY, 'many', undefined].map(read)).toEqual([20, 20, 20, 20]);
  expect(endsOf([row], none)).toEqual([{ top: 1 }, { top: 200 }]);
  const share = numberRow({ key: 'opacity', label: 'Opacity', range: [0, 1], start: 0.9, step: 0.05 });
  expect(share.read(0.35, none)).toBe(0.35);
  // Fewer than the default: all of them.
  expect(numberRow({ key: 'top', label: 'Top', range: [1, 3], start: 20 }).read(undefined, none)).toBe(3);
});

test('a place is one of those that are named, or none', () => {
  const row = placeRow({
    key: 'channel',
    label: 'Channel',
    none: 'Sum',
    places: () => new Map([[-1, 'without'], ...['red', 'green', 'blue'].entries()]),
  });
  expect([0, 2, -1, 3, 1.5, false, 'red'].map((option) => row.read(option, none))).toEqual([
    ...[0, 2, -1, null, null, null, null],
  ]);
  expect(row.read(row.write(null), none)).toBeNull();
  expect(endsOf([row], none)).toEqual([{ channel: false }, { channel: -1 }, { channel: 2 }]);
});

test('an order is by one of the columns, either way', () => {
  const row = sortingRow({ columns: ['unit', 'mean'], start: { column: 'unit', descending: false } });
  expect(row.read('-mean', none)).toEqual({ column: 'mean', descending: true });
  for (const option of ['sd', 7, undefined])
    expect(row.read(option, none)).toEqual({ column: 'unit', descending: false });
  for (const sorting of [
    { column: 'mean', descending: true },
    { column: 'unit', descending: false },
  ])
    expect(row.read(row.write(sorting), none)).toEqual(sorting);
  expect(endsOf([row], none)).toEqual([{ sort: '-unit' }, { sort: 'mean' }]);
});

test('a row that means nothing here is not tried', () => {
  const row = switchRow({ key: 'dim', label: 'Dim', fits: () => false, start: false });
  expect(endsOf([row], none)).toEqual([]);
});

test.each([
  ['channel', 7, attributionColored, 'There is no channel 7 here: the sum is drawn.'],
  ['colorBy', 'height', neuronSpace, 'There is no column “height” here: coloured by the first.'],
  ['tensor', 'gamma', convWeights, 'This layer has no “gamma”: its first weights are drawn.'],
])('a stored %s that is not in the result is told', (key, option, result, sentence) => {
  const lens = lensOf('auto', result.meta);
  if (!lens) throw new Error('a lens was expected');
  const rows = optionsOf(lens, result.meta);
  expect(missingOf(rows, context({ [key]: option }, result))).toEqual([sentence]);
  for (const own of endsOf(rows, context({}, result)))
    expect(missingOf(rows, context(own, result))).toEqual([]);
  // As it was stored before places had a word for none.
  if (key === 'channel') expect(missingOf(rows, context({ channel: -1 }, result))).toEqual([]);
});
