import { expect, test } from 'vitest';
import { wordsOf } from './words.ts';

test.each([
  ['Four classes are **never** predicted', 'Four classes are never predicted'],
  ['*most* of `conv2d_1#3` and ~~all~~', 'most of conv2d_1#3 and all'],
  ['**both *within* one**', 'both within one'],
  ['# Finding\n- one\n2. two\n> said', 'Finding\none\ntwo\nsaid'],
  ['see [the board](/p/digits) and ![map](/a.png)', 'see the board and map'],
  ['conv2d_1 and conv2d_2, 2 * 3 * 4', 'conv2d_1 and conv2d_2, 2 * 3 * 4'],
  ['', ''],
])('%j in words', (markdown, words) => {
  expect(wordsOf(markdown)).toBe(words);
});

test('is quick on texts that are made to be slow', () => {
  for (const run of ['[', '[a](', '*', '`a', '**a', '# ', '![']) {
    const began = performance.now();
    wordsOf(run.repeat(50_000));
    expect(performance.now() - began, run).toBeLessThan(1_000);
  }
});
