import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPredicate } from '@/core/address/arbitrary.ts';
import { parsePredicate, printPredicate } from '@/core/address/index.ts';
import { conditionText, NO_ROWS, type Rows, readCondition, rowsOf, rowText } from './conditions.ts';

const rows = (text: string): Rows => rowsOf(parsePredicate(text));

describe('a condition as rows and as text', () => {
  it('every condition is the same after a way through rows', () => {
    fc.assert(
      fc.property(anyPredicate, (predicate) => {
        const text = conditionText(rowsOf(predicate));
        expect(parsePredicate(text)).toEqual(predicate);
        expect(text).toBe(printPredicate(predicate));
      }),
    );
  });

  it('rows are the same after a way through text', () => {
    fc.assert(
      fc.property(anyPredicate, (predicate) => {
        const first = rowsOf(predicate);
        expect(rowsOf(parsePredicate(conditionText(first)))).toEqual(first);
      }),
    );
  });

  it('each term of a chain is a row', () => {
    expect(rows("label = 7 and predicted != label and conv2d_1#7 > 2.5 and split != 'a'")).toEqual({
      joined: 'and',
      rows: [
        { kind: 'parts', subject: 'label', operator: '=', value: '7' },
        { kind: 'parts', subject: 'predicted', operator: '!=', value: 'label' },
        { kind: 'parts', subject: 'conv2d_1#7', operator: '>', value: '2.5' },
        { kind: 'parts', subject: 'split', operator: '!=', value: "'a'" },
      ],
    });
    expect(rows('label = 1 or label = 2').joined).toBe('or');
  });

  it('functions of a layer and lists are rows', () => {
    expect(
      rows('distance(dense_1, digits.test[3]) < 4 and agreement(dense_1, 10) < 0.5 and not index in [3, 17]')
        .rows,
    ).toEqual([
      { kind: 'parts', subject: 'distance(dense_1, digits.test[3])', operator: '<', value: '4' },
      { kind: 'parts', subject: 'agreement(dense_1, 10)', operator: '<', value: '0.5' },
      { kind: 'parts', subject: 'index', operator: 'not in', value: '3, 17' },
    ]);
  });

  it('what stands in brackets is one row of text, and keeps its brackets', () => {
    const nested = rows('label = 7 and (confidence < 0.5 or loss > 2)');
    expect(nested.rows[1]).toEqual({ kind: 'text', text: 'confidence < 0.5 or loss > 2' });
    expect(conditionText(nested)).toBe('label = 7 and (confidence < 0.5 or loss > 2)');
    expect(conditionText({ joined: 'or', rows: nested.rows })).toBe(
      'label = 7 or (confidence < 0.5 or loss > 2)',
    );
  });

  it('what is half typed is said to be so, with its place', () => {
    const half: Rows = {
      joined: 'and',
      rows: [
        { kind: 'parts', subject: 'label', operator: '=', value: '' },
        { kind: 'text', text: 'loss >' },
      ],
    };
    expect(half.rows.map(rowText)).toEqual(['label = ', 'loss >']);
    expect(conditionText(half)).toBe('label =  and (loss >)');
    expect(readCondition(conditionText(half))).toMatchObject({ ok: false, column: 10 });
    expect(readCondition('  ')).toEqual({ ok: true, predicate: null });
    expect(conditionText(NO_ROWS)).toBe('');
  });
});
