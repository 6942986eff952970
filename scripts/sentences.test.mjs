import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sentencesOf, unassertedSentences } from './sentences.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'sentences-'));
});
afterEach(() => rmSync(root, { recursive: true }));
const write = (file, text) => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
};
const told = (text, all) => sentencesOf(text, all).map(({ pieces }) => pieces.join('…'));

test('every way of speaking is seen', () => {
  const text = `
    throw new UserError('invalid', 'one is thrown by name');
    throw cut('two is thrown by a helper of any name');
    const broken = (what: string) => new UserError('invalid', \`three is \${what} made for later\`);
    warnings.push(\`four \${n} counts a value\`);
    notes.push(many ? 'five is one branch' : 'six is the other branch');
    const answer = { warnings: ['seven is in a list'], caveats: [a.b('eight is within a call')] };
    const told = \`nine is kept under \${name ?? 'ten is within a template'}\`;
    const warning: string = 'eleven is typed as a text';
    fail('twelve is ' + 'put together of ' + 'three');`;
  expect(told(text)).toEqual([
    'one is thrown by name',
    'two is thrown by a helper of any name',
    'three is … made for later',
    'four … counts a value',
    'five is one branch',
    'six is the other branch',
    'seven is in a list',
    'eight is within a call',
    'nine is kept under …',
    'ten is within a template',
    'eleven is typed as a text',
    'twelve is …put together of …three',
  ]);
});

test('what developers are told, and what is no sentence, is left out', () => {
  const text = `
    import a from './some file name.ts';
    throw new Error('an invariant does not hold');
    throw new UserError('invalid', 'word');
    log.warn('somebody should look here');
    const why = 'a sentence on its own';`;
  expect(told(text)).toEqual([]);
  expect(told(text, true)).toEqual(['somebody should look here', 'a sentence on its own']);
});

test('a sentence that no test holds a piece of is reported with its line', () => {
  write('server/compute/a.ts', `// é\n\n\nthrow invalid(file, x + ' has no finite values at all');\n`);
  const reported = ['server/compute/a.ts:4:  has no finite values at all'];
  expect(unassertedSentences(root)).toEqual(reported);
  write('server/compute/a.test.ts', 'expect(message).toMatch(/has no values/);');
  expect(unassertedSentences(root)).toEqual(reported);
  write('server/compute/a.test.ts', 'expect(message).toMatch(/no "finite" values\\.at/);');
  expect(unassertedSentences(root)).toEqual([]);
});

test('what importers and preprocessing return is told, their tests tell nothing', () => {
  write('core/preprocessing/a.ts', "export const why = () => 'values are given as stored';");
  write('core/algebra/a.ts', "export const why = () => 'values are given as stored';");
  write('server/compute/formats/testing.ts', "throw new UserError('invalid', 'a helper of tests says');");
  expect(unassertedSentences(root)).toEqual(['core/preprocessing/a.ts:1: values are given as stored']);
});
