import { expect, test } from 'vitest';
import type { AttributionRecord } from '@/core/result/types.ts';
import { joinName, sideNames, subjectCaptions, sumCaptions, targetName, verdictText } from './words.ts';

const side = {
  model: 'digits-cnn@12',
  example: 'digits.test[42]',
  layer: null,
  unit: null,
  target: 'class 3',
  targetClass: '3',
  method: 'ig',
  label: 5,
  predicted: 3,
  value: 0.98,
  baselineValue: 0.1,
  sum: 0.8799,
  gap: 0.0001,
  changes: [],
};
const record: AttributionRecord = {
  ...side,
  classes: ['0', '1', '2', '3', '4', '5'],
  region: null,
  join: null,
};
const texts = (of: AttributionRecord) => sumCaptions(of).map(({ text }) => text);

test('a class that has a name of its own bears it beside its index', () => {
  expect(targetName(side)).toBe('class 3');
  expect(targetName({ target: 'logit 1', targetClass: 'dog' })).toBe('logit 1 (dog)');
  expect(targetName({ target: 'loss', targetClass: null })).toBe('loss');
});
test('label and prediction are told where they are known', () => {
  expect(verdictText(side, record.classes)).toBe('true 5, predicted 3');
  expect(verdictText({ label: null, predicted: 2 }, ['a', 'b', 'c'])).toBe('predicted c');
  expect(verdictText({ label: null, predicted: null }, [])).toBeNull();
});
test('above stand target and verdict, below both ends, the sum and the gap', () => {
  expect(subjectCaptions(record).map(({ text }) => text)).toEqual(['class 3', 'true 5, predicted 3']);
  expect(texts(record)).toEqual(['f(x) 0.980', 'f(baseline) 0.100', 'sum 0.880', 'gap 100\u2009µ']);
  expect(texts({ ...record, baselineValue: null, gap: null })).toEqual(['f(x) 0.980', 'sum 0.880']);
});
test('two sides are told both, and how far apart they are', () => {
  const right = { ...side, example: 'digits.test[7]', target: 'class 2', targetClass: '2', value: 0.5 };
  const joined: AttributionRecord = { ...record, join: { kind: 'join', right, distance: 0.25 } };
  expect(subjectCaptions(joined).map(({ text }) => text)).toEqual(['class 3 | class 2', 'distance 0.250']);
  expect(texts(joined)).toEqual(['f(x) 0.980 | 0.500', 'sum 0.880 | 0.880']);
});
test('sides are named by what tells them apart', () => {
  expect(sideNames(side, { ...side, example: 'digits.test[7]' })).toEqual([
    'digits.test[42]',
    'digits.test[7]',
  ]);
  expect(sideNames(side, side)).toEqual(['left', 'right']);
  expect(sideNames({ ...side, changes: ['ablate(conv2d_1#3)'] }, side)).toEqual([
    'with ablate(conv2d_1#3)',
    'unchanged',
  ]);
});
test('a join is named in words', () => {
  expect(joinName('join')).toBe('shared by both');
  expect(joinName('left join')).toBe('left more than right');
});
