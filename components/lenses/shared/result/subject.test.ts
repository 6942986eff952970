import { expect, test } from 'vitest';
import { make } from '../../fixtures/make.ts';
import { afterClick, subjectOf } from './subject.ts';

const none = { shiftKey: false, ctrlKey: false, metaKey: false };
const result = (query: string, labels?: string[], data?: string, record?: unknown) =>
  make({
    type: 'vector[unit]',
    title: '',
    query,
    reading: '',
    axes: labels ? [{ name: 'unit', size: labels.length, labels }] : [],
    tensors: {},
    ...(data === undefined ? {} : { data }),
    ...(record === undefined ? {} : { record }),
  });

test('a plain click selects one, again unselects it; with a key it is added or taken away', () => {
  expect(afterClick([], 'a', none)).toEqual(['a']);
  expect(afterClick(['a'], 'a', none)).toEqual([]);
  expect(afterClick(['a', 'b'], 'a', none)).toEqual(['a']);
  expect(afterClick(['a'], 'b', { ...none, shiftKey: true })).toEqual(['a', 'b']);
  expect(afterClick(['a', 'b'], 'a', { ...none, metaKey: true })).toEqual(['b']);
});

test('a result of one unit names that unit, not unit 0', () => {
  const subject = subjectOf(
    result('select activation(conv2d_1#7) from digits-cnn@12(digits.test[42])', ['conv2d_1#7']),
  );
  expect(subject.unitAddress(0)).toBe('digits-cnn@12/conv2d_1#7');
});

test('the layer comes from the record, else from the query, else there is none', () => {
  expect(subjectOf(result('select stats(conv2d_1) from f(data)')).layer).toBe('conv2d_1');
  expect(
    subjectOf(result('select stats(conv2d_1) from f(data)', undefined, undefined, { layer: 'other' })).layer,
  ).toBe('other');
  const unreadable = subjectOf(result('a grammar of another time'));
  expect([unreadable.layer, unreadable.unitAddress(0)]).toEqual([null, null]);
});

test('a picture is of the unit that its query names, else of its layer, else of nothing', () => {
  expect(subjectOf(result('select histogram(conv2d_1#7) from f(data)')).about).toBe(
    'digits-cnn@12/conv2d_1#7',
  );
  expect(subjectOf(result('select histogram(conv2d_1) from f(data)')).about).toBe('digits-cnn@12/conv2d_1');
  expect(
    subjectOf(result('select histogram(conv2d_1#7) from f(data)', undefined, undefined, { layer: 'other' }))
      .about,
  ).toBe('digits-cnn@12/other');
  expect(subjectOf(result('select predict() from f(data)')).about).toBeNull();
});

test('examples of a slice are named in its split, and without a split they have no name', () => {
  const query = 'select images() from f(data)';
  expect(subjectOf(result(query, undefined, 'digits.test[label = 7]')).exampleAddress(3)).toBe(
    'digits.test[3]',
  );
  expect(subjectOf(result(query, undefined, 'digits.*')).exampleAddress(3)).toBeNull();
  expect(subjectOf(result(query)).exampleAddress(3)).toBeNull();
});
