import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyIndex, anyName } from '@/core/address/arbitrary.ts';
import { parsePredicate, printName } from '@/core/address/index.ts';
import { rowText } from './conditions.ts';
import { choiceOf, rowFor, type Subject, subjectOf, subjectText } from './subjects.ts';

const layer = anyName.map(printName);
const subject: fc.Arbitrary<Subject> = fc.oneof(
  layer.map((name): Subject => ({ kind: 'column', name })),
  fc.tuple(layer, anyIndex).map(([l, u]): Subject => ({ kind: 'activation', layer: l, unit: String(u) })),
  fc.tuple(layer, anyIndex).map(([l, k]): Subject => ({ kind: 'agreement', layer: l, k: String(k) })),
  layer.map((l): Subject => ({ kind: 'distance', layer: l, to: 'digits.test[3]' })),
);

it('a subject is the same after a way through text', () => {
  fc.assert(
    fc.property(subject, (one) => {
      expect(subjectOf(subjectText(one))).toEqual(one);
    }),
  );
});

it('what is half typed stays what it is', () => {
  expect(subjectOf('conv2d_1#')).toEqual({ kind: 'activation', layer: 'conv2d_1', unit: '' });
  expect(subjectOf('agreement(dense_1, )')).toEqual({ kind: 'agreement', layer: 'dense_1', k: '' });
});

it('every choice begins as a whole condition', () => {
  for (const choice of [
    'label',
    'predicted',
    'confidence',
    'loss',
    'index',
    'width',
    '#',
    'distance(',
    'agreement(',
  ]) {
    const row = rowFor(choice, 'dense_1', 'digits.test[0]');
    expect(() => parsePredicate(rowText(row)), choice).not.toThrow();
    expect(row.kind === 'parts' && choiceOf(subjectOf(row.subject))).toBe(choice);
  }
});
