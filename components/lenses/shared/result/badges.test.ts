import { describe, expect, test } from 'vitest';
import { badged, badgesFor } from './badges.ts';

describe('T2: a badge is found', () => {
  test('at every step of its model, and under the very step first', () => {
    const of = badgesFor(
      { 'digits-cnn/conv2d_1#5': 1, 'digits-cnn/conv2d_1': 3, 'digits-cnn@12/conv2d_1': 2 },
      'digits-cnn@12',
    );
    expect(of('digits-cnn@12/conv2d_1#5')).toBe(1);
    expect(of('digits-cnn@12/conv2d_1')).toBe(2);
    expect(of('digits-cnn@12/conv2d_1#6')).toBe(0);
    expect(of(null)).toBe(0);
  });

  test('neither at another model nor from another step', () => {
    const of = badgesFor({ 'other/conv2d_1': 4, 'digits-cnn@3/conv2d_1': 5 }, 'digits-cnn@12');
    expect(of('digits-cnn@12/conv2d_1')).toBe(0);
  });

  test('of layers whose names are quoted, and of examples, which have no step', () => {
    const of = badgesFor({ 'm/"tf.nn.relu"#0': 1, 'digits.test[42]': 2, 'no address [': 3 }, 'm@1');
    expect(of('m@1/"tf.nn.relu"#0')).toBe(1);
    expect(of('digits.test[42]')).toBe(2);
    expect(of('digits.test[4]')).toBe(0);
  });

  test('of a result without a checkpoint as it stands', () => {
    expect(badgesFor({ 'digits.test[42]': 2 }, null)('digits.test[42]')).toBe(2);
    expect(badgesFor({ 'm/a': 2 }, 'm')('m/a')).toBe(2);
  });
});

test('T2: a list is asked once for each, and only what has threads is marked, at its place', () => {
  const of = badgesFor({ 'm/a#7': 2, 'm/a#1': 1 }, 'm@1');
  expect(badged([1, 7, 4], (unit) => (unit === 4 ? null : `m@1/a#${unit}`), of)).toEqual([
    { item: 1, place: 0, address: 'm@1/a#1', count: 1 },
    { item: 7, place: 1, address: 'm@1/a#7', count: 2 },
  ]);
});
