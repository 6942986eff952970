/** What five hundred faulty questions are told: so that a change of the reader makes no sentence worse unseen. */
import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors/index.ts';
import type { Problem } from '../project/catalog.ts';
import { parse } from '../syntax/parse.ts';
import { catalog } from '../testing/catalog.fixture.ts';
import goldens from './goldens/faulty-queries.json' with { type: 'json' };
import { type EditorContext, faults } from './index.ts';

const known: EditorContext = {
  catalog,
  bindings: {
    f: 'digits-cnn@12',
    x: 'digits.test[42]',
    "x'": 'digits.test[7]',
    data: 'digits.test',
    slices: { hard: 'digits.test[confidence < 0.5]' },
  },
};

/** "1:28 found ..."; lists of what there is are left out, since they grow. */
const told = ({ message, at }: Problem): string =>
  `${at?.line}:${at?.column} ${message.replace(/(; there are|; it has|; its layers are|, expected a change:) .*$/, '$1 ...')}`;

describe('questions with one word wrong, left out, doubled or misplaced', () => {
  it.each(goldens.map(({ text, told: sentences }) => [text, sentences] as const))('%s', (text, sentences) => {
    expect(faults(text, known).map(told)).toEqual(sentences);
  });

  it('are refused with the first fault of their text, where they cannot be read', () => {
    for (const { text } of goldens) {
      const [first] = faults(text, known);
      try {
        parse(text);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        expect([text, error.message]).toEqual([text, first?.message]);
      }
    }
  });
});
