import { describe, expect, it } from 'vitest';
import { markdownTable } from '../testing/markdown.ts';
import { type Answered, departures } from './conform.ts';
import { type KindRow, kindOf, RESULT_TYPE_NAMES } from './kinds.ts';

/** docs/results.md: a table for each type. */
function document(): string {
  const parts = RESULT_TYPE_NAMES.map((name) => {
    const kind: KindRow = kindOf(name);
    const rows = Object.entries(kind.tensors).map(([tensor, { dtype, axes, means, optional }]) => [
      `\`${tensor}\`${optional ? ' (optional)' : ''}`,
      axes.join(', '),
      [dtype].flat().join(' or '),
      means,
    ]);
    if (kind.named)
      rows.push([`\`${kind.named.prefix}NAME\``, kind.named.axis ?? 'its own', 'any', kind.named.means]);
    const table =
      rows.length === 0 ? [] : ['', markdownTable([['tensor', 'axes', 'numbers', 'what it is'], ...rows])];
    return [`## ${name}`, '', `${kind.summary[0]?.toUpperCase()}${kind.summary.slice(1)}.`, ...table].join(
      '\n',
    );
  });
  return `# Results

What each answer holds: tensors by name, with their axes in order. A question with changes (\`with ...\`), or a function's
left join, holds every tensor twice: as named here, and as \`other.NAME\`. Its \`other\` says of what: \`unchanged\`, the same
question without its \`changes\`; or \`right\`, the right side, with what both \`sides\` are called. Written by
core/result/kinds.test.ts from core/result/kinds.ts; run it with \`-u\` after a change.

${parts.join('\n\n')}
`;
}

describe('the table of results', () => {
  it('is what docs/results.md says', async () => {
    await expect(document()).toMatchFileSnapshot('../../docs/results.md');
  });
});

describe('an answer that is not what its type says', () => {
  const answer: Answered = {
    type: 'similarity',
    axes: [
      { name: 'row', size: 2 },
      { name: 'column', size: 3 },
    ],
    tensors: { values: { dtype: 'F32', shape: [2, 3], axes: ['row', 'column'] } },
    record: { rows: ['a', 'b'], columns: ['a', 'b', 'c'], over: 'layers' },
  };
  const values = { dtype: 'F32', shape: [2, 3], axes: ['row', 'column'] } as const;
  it('conforms where nothing departs', () => {
    expect(departures(answer)).toEqual([]);
  });
  it.each<[string, Partial<Answered>, string]>([
    ['lacks a tensor', { tensors: {} }, 'similarity lacks the tensor values'],
    ['has another', { tensors: { values, more: values } }, 'similarity has no tensor more'],
    [
      'has other numbers',
      { tensors: { values: { ...values, dtype: 'U8' } } },
      'the tensor values of similarity is U8, expected F32',
    ],
    [
      'has other axes',
      { tensors: { values: { ...values, axes: ['row', 'class'] } } },
      'the tensor values of similarity has axes [row, class], expected [row, column]',
    ],
    [
      'has more dimensions than axes',
      { tensors: { values: { ...values, shape: [2, 3, 1] } } },
      'the tensor values of similarity has 3 dimensions and 2 names of axes',
    ],
    [
      'has another size',
      { tensors: { values: { ...values, shape: [2, 4] } } },
      'the tensor values of similarity has 4 along column, the axis has 3',
    ],
    ['has another record', { record: { rows: [] } }, 'the record of similarity: columns'],
    ['has a record where there is none', { type: 'images', tensors: {}, record: {} }, 'images has no record'],
    [
      'has a named tensor of another axis',
      { type: 'table[example]', tensors: { 'column.ink': { ...values, shape: [2], axes: ['row'] } } },
      'the tensor column.ink of table[example] has axes [row], expected [example]',
    ],
  ])('%s', (_, departure, sentence) => {
    expect(departures({ ...answer, ...departure }).join('. ')).toContain(sentence);
  });
});
