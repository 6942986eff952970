/** docs/words.md: every function, method and change, written from the tables. */
import { expect, it } from 'vitest';
import { RESULT_TYPE_NAMES } from '../../result/kinds.ts';
import { markdownTable } from '../../testing/markdown.ts';
import { CHANGE_NAMES, changeRow } from './changes.ts';
import { FUNCTIONS, type FunctionSpec, signature } from './functions.ts';
import { METHODS, type Parameter } from './methods.ts';

const INPUTS = {
  none: 'the model alone',
  example: 'an example',
  data: 'a split or slice',
  either: 'an example, split or slice',
} as const;

function results({ result }: FunctionSpec): string {
  const types = ([2, 4, null] as const).flatMap((rank) =>
    (['none', 'example', 'data'] as const).flatMap((input) => result({ rank, input }) ?? []),
  );
  return RESULT_TYPE_NAMES.filter((name) => types.includes(name)).join(' or ');
}

function range(parameter: Parameter): string {
  if (parameter.type === 'choice') return `\`${parameter.name}\`: ${parameter.choices.join(', ')}`;
  if (parameter.type === 'baseline') return '`baseline`';
  return `\`${parameter.name}=${parameter.default}\` (${parameter.min} to ${parameter.max})`;
}

const inPython = (python: 'script' | { readonly none: string }): string =>
  python === 'script' ? 'yes' : `no: ${python.none}`;

function document(): string {
  const functions = Object.values(FUNCTIONS).map((spec) => [
    `\`${signature(spec)}\``,
    spec.summary,
    INPUTS[spec.input],
    results(spec),
    inPython(spec.python),
  ]);
  const methods = Object.values(METHODS)
    .filter(({ computed }) => computed)
    .map(({ name, summary, params, needs, source, python }) => [
      `\`${name}\``,
      summary,
      params.map(range).join(', '),
      needs === 'gradient' ? 'a gradient' : 'forward passes',
      source,
      inPython(python),
    ]);
  const changes = CHANGE_NAMES.map((name) => {
    const { signature: written, summary, acts, python } = changeRow(name);
    return [`\`${written}\``, summary, acts, inPython(python)];
  });
  return `# Words of the query language

Written by core/algebra/dictionary/document.test.ts from the tables beside it; run it with \`-u\` after a change. How
questions are put together is told in [the query language](algebra.md), what answers hold in [results](results.md).

## Functions

${markdownTable([['written', 'answers', 'of', 'result', 'Python'], ...functions])}

## Methods

${markdownTable([['name', 'what it does', 'parameters', 'asks for', 'source', 'Python'], ...methods])}

## Changes

${markdownTable([['written', 'what it does', 'changes', 'Python'], ...changes])}
`;
}

it('docs/words.md says what the tables say', async () => {
  await expect(document()).toMatchFileSnapshot('../../../docs/words.md');
});
