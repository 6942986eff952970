/** Adding a word is one row and one file: counted, type-checked and asked in a copy of core and server/compute. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { QUESTIONS, RECIPES, type Recipe } from './recipes.ts';
import { copySources, ROOT, type SourcesCopy } from './sources-copy.ts';

let copy: SourcesCopy;
beforeAll(() => {
  copy = copySources(
    ['core', 'server/compute'],
    ['core/**/*.ts', 'server/compute/**/*.ts'],
    'without lenses',
  );
});
afterAll(() => copy.remove());

const at = (file: string) => copy.at(file);

function addRow({ row }: Recipe): () => void {
  const before = readFileSync(at(row.file), 'utf8');
  expect(before.split(row.after), row.file).toHaveLength(2);
  writeFileSync(at(row.file), before.replace(row.after, `${row.after}${row.text}`));
  return () => writeFileSync(at(row.file), before);
}
function addFile({ file }: Recipe): () => void {
  writeFileSync(at(file.path), file.text, { flag: 'wx' });
  return () => rmSync(at(file.path));
}
const undo = (undoings: readonly (() => void)[]) => {
  for (const each of undoings.toReversed()) each();
};

test('a row without its file is an error of types that names the word', async () => {
  const rows = RECIPES.map(addRow);
  const found = await copy.errors();
  undo(rows);
  for (const { word } of RECIPES)
    expect(found).toMatch(new RegExp(`registry\\.generated\\.ts.*\\b${word}\\b`, 's'));
});

test('a file without its row is an error of types that names the word', async () => {
  const files = RECIPES.map(addFile);
  const found = await copy.errors();
  undo(files);
  for (const { word } of RECIPES) expect(found).toMatch(new RegExp(`\\b${word}\\b`));
});

test('with a row and a file each, all words are asked and all files are read', async () => {
  for (const recipe of RECIPES) {
    addRow(recipe);
    addFile(recipe);
  }
  expect(await copy.errors()).toBe('');
  writeFileSync(at('server/compute/testing/questions.ts'), QUESTIONS);
  expect(await copy.printed('server/compute/testing/questions.ts')).toEqual({
    labelled: { count: 600, total: 600, accuracy: null },
    signs: expect.arrayContaining([-1, 1]),
    shifts: [0, 5],
    clipped: true,
    cut: 2,
    rounded: true,
    written: 'select predict() from digits-cnn(digits.test) with quantize(conv2d_1, 4)',
    told: [
      [],
      ['no layer conv2d_9 in digits-cnn; did you mean conv2d_2?'],
      ['flatten has no weights, which quantize acts on'],
      ['found 40 bits, expected 1 to 16'],
    ],
    model: { format: 'linear', layers: ['x', 'y'] },
    data: { shape: [2], splits: [['all', 3]] },
  });
});

test.each(RECIPES.map((recipe) => [recipe.adds, recipe] as const))(
  'adding %s changes one file and adds one; docs/recipes.md says so',
  (adds, { row, file }) => {
    expect(new Set([row.file, file.path]).size).toBe(2);
    const docs = readFileSync(path.join(ROOT, 'docs/recipes.md'), 'utf8');
    const section = docs.split('\n## ').find((text) => text.toLowerCase().startsWith(`add ${adds}`));
    expect(section).toContain('1 row, 1 file');
    expect(section).toContain(row.file);
    expect(section).toContain(path.posix.dirname(file.path));
  },
);

/** An operator that no vocabulary has, in a file of its own. */
const OPERATOR = `/** Numbers to the power of three. */
import type { Operator } from '../contract.ts';
import { given } from '../operands.ts';

export const operators: readonly Operator[] = [
  { onnx: 'example.Cube', units: 'kept', apply: ([x], { tf, name }) => [tf.pow(given(x, name), 3)] },
];
`;
const CUBED = `
import { loadBackend } from '../backend/backend.ts';
import { evaluateGraph } from '../operators/evaluate.ts';
import { typesOf } from '../operators/types.ts';
const { tf } = await loadBackend('auto');
const port = (name: string) => ({ name, type: 'float32' as const, shape: [null] });
const graph = {
  opsets: { example: 1 }, inputs: [port('x')], outputs: [port('y')], constants: {}, weights: [],
  nodes: [{ name: 'cube', scope: [], domain: 'example', operation: 'Cube', attributes: {}, inputs: ['x'], outputs: ['y'] }],
};
const [y] = evaluateGraph({ tf, opsets: graph.opsets, types: typesOf(graph) }, graph, [tf.tensor1d([1, -2, 3])]);
console.log(JSON.stringify(y && 'dataId' in y ? Array.from(y.dataSync()) : null));
`;

test('an operator is one file, or a row in a file of its family; docs/recipes.md says so', async () => {
  const file = 'server/compute/operators/families/cube.ts';
  writeFileSync(at(file), OPERATOR, { flag: 'wx' });
  expect(await copy.errors()).toBe('');
  writeFileSync(at('server/compute/testing/cubed.ts'), CUBED);
  expect(await copy.printed('server/compute/testing/cubed.ts')).toEqual([1, -8, 27]);
  const docs = readFileSync(path.join(ROOT, 'docs/recipes.md'), 'utf8');
  const section = docs.split('\n## ').find((text) => text.startsWith('Add an operator'));
  expect(section).toContain('1 row, in a file of its family');
  expect(section).toContain('server/compute/operators/families');
});
