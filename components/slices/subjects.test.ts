import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyIndex, anyName } from '@/core/address/arbitrary.ts';
import { parsePredicate, printName } from '@/core/address/index.ts';
import { rowText } from './conditions.ts';
import { type ConditionSubject, choiceOf, conditionSubjectOf, rowFor, subjectText } from './subjects.ts';

const layer = anyName.map(printName);
const subject: fc.Arbitrary<ConditionSubject> = fc.oneof(
  layer.map((name): ConditionSubject => ({ kind: 'column', name })),
  fc
    .tuple(layer, anyIndex)
    .map(([l, u]): ConditionSubject => ({ kind: 'activation', layer: l, unit: String(u) })),
  fc
    .tuple(layer, anyIndex)
    .map(([l, k]): ConditionSubject => ({ kind: 'agreement', layer: l, k: String(k) })),
  layer.map((l): ConditionSubject => ({ kind: 'distance', layer: l, to: 'digits.test[3]' })),
);

it('a subject is the same after a way through text', () => {
  fc.assert(
    fc.property(subject, (one) => {
      expect(conditionSubjectOf(subjectText(one))).toEqual(one);
    }),
  );
});

it('what is half typed stays what it is', () => {
  expect(conditionSubjectOf('conv2d_1#')).toEqual({ kind: 'activation', layer: 'conv2d_1', unit: '' });
  expect(conditionSubjectOf('agreement(dense_1, )')).toEqual({ kind: 'agreement', layer: 'dense_1', k: '' });
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
    expect(row.kind === 'parts' && choiceOf(conditionSubjectOf(row.subject))).toBe(choice);
  }
});
