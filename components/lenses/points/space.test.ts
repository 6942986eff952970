import { expect, test } from 'vitest';
import { FIXTURES } from '../fixtures.ts';
import { LensError } from '../shared/result/read.ts';
import { pickAxes, spaceOf, withMarks } from './space.ts';

function fixture(name: string) {
  const found = FIXTURES.find((f) => f.name === name);
  if (!found) throw new Error(`no fixture ${name}`);
  return found.result;
}

test('points are examples and units by their canonical addresses, there and back', () => {
  const examples = spaceOf(fixture('Example space'));
  const third = examples.address(3) ?? '';
  // The third row is not the third example of the split.
  expect(third).toMatch(/^digits\.test\[\d+\]$/);
  expect(examples.find([third, 'digits.test[999999]', 'digits-cnn@12/dense_1#3'])).toEqual([3]);
  expect(third.endsWith(examples.name(3))).toBe(true);
  expect(examples.layer).toBeNull();
  const units = spaceOf(fixture('Neuron space'));
  expect(units.address(7)).toBe('digits-cnn@12/dense_1#7');
  expect(units.find(['digits-cnn@12/dense_1#7', 'digits-cnn@11/dense_1#7'])).toEqual([7]);
  expect([units.name(7), units.layer]).toEqual(['#7', 'digits-cnn@12/dense_1']);
});

test('a result without places or facts is told, not drawn wrongly', () => {
  const whole = fixture('Neuron space');
  expect(() => spaceOf({ ...whole, tensors: {} })).toThrow(LensError);
  expect(() => spaceOf({ ...whole, meta: { ...whole.meta, record: {} } })).toThrow(LensError);
});

test('the chosen components come side by side, and all of them as they are', () => {
  const xyz = [1, 2, 3, 4, 5, 6];
  expect(pickAxes(xyz, 3, [0, 1, 2])).toBe(xyz);
  expect(Array.from(pickAxes(xyz, 3, [0, 2]))).toEqual([1, 3, 4, 6]);
  expect(Array.from(pickAxes([1, 2], 1, [0, 1]))).toEqual([1, Number.NaN, 2, Number.NaN]);
});

test('examples can be coloured by whether people marked them, where some are', () => {
  const examples = spaceOf(fixture('Example space'));
  const third = examples.address(3) ?? '';
  const column = withMarks(examples, new Set([third, 'digits.test[999999]'])).at(-1);
  expect(column).toMatchObject({ id: 'marked', kind: 'flag' });
  expect(Array.from(column?.values ?? []).flatMap((value, i) => (value ? [i] : []))).toEqual([3]);
  expect(withMarks(examples, new Set(['digits.test[999999]']))).toBe(examples.columns);
  expect(withMarks(examples, undefined)).toBe(examples.columns);
  const units = spaceOf(fixture('Neuron space'));
  expect(withMarks(units, new Set([third]))).toBe(units.columns);
});
