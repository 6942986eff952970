/** Adding a word is one row and one file: counted, type-checked and asked in a copy of core and server/compute. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REGISTRIES, writeRegistries } from '../../../scripts/setup/registries.mjs';
import { QUESTIONS, RECIPES, type Recipe } from './recipes.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
const HEAVY = /(^|\/)(goldens|zoo|node_modules)$|\.test\.ts$/;
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'interlayer-recipes-'));
  for (const folder of ['core', 'server/compute', 'scripts', 'tsconfig.json', 'package.json'])
    cpSync(path.join(root, folder), path.join(copy, folder), {
      recursive: true,
      filter: (file) => !HEAVY.test(file),
    });
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  writeFileSync(
    path.join(copy, 'recipes.json'),
    JSON.stringify({
      extends: './tsconfig.json',
      include: ['core/**/*.ts', 'server/compute/**/*.ts'],
      compilerOptions: { incremental: false, plugins: [] },
    }),
  );
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const at = (file: string) => path.join(copy, file);
const run = (args: readonly string[], cwd: string) =>
  promisify(execFile)(process.execPath, args, { cwd, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });

/** The errors of types, after the registries were made as set-up makes them. */
async function errors(): Promise<string> {
  writeRegistries(copy, REGISTRIES, []);
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  try {
    await run([tsc, '--noEmit', '-p', 'recipes.json'], copy);
    return '';
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  }
}

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
  const found = await errors();
  undo(rows);
  for (const { word } of RECIPES)
    expect(found).toMatch(new RegExp(`registry\\.generated\\.ts.*\\b${word}\\b`, 's'));
});

test('a file without its row is an error of types that names the word', async () => {
  const files = RECIPES.map(addFile);
  const found = await errors();
  undo(files);
  for (const { word } of RECIPES) expect(found).toMatch(new RegExp(`\\b${word}\\b`));
});

test('with a row and a file each, all words are asked and all files are read', async () => {
  for (const recipe of RECIPES) {
    addRow(recipe);
    addFile(recipe);
  }
  expect(await errors()).toBe('');
  writeFileSync(at('server/compute/testing/questions.ts'), QUESTIONS);
  const { stdout } = await run(['--import', 'tsx', 'questions.ts'], at('server/compute/testing'));
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
    labelled: { count: 600, total: 600, accuracy: null },
    signs: expect.arrayContaining([-1, 1]),
    shifts: [0, 5],
    rounded: false,
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
    const docs = readFileSync(path.join(root, 'docs/recipes.md'), 'utf8');
    const section = docs.split('\n## ').find((text) => text.toLowerCase().startsWith(`add ${adds}`));
    expect(section).toContain('1 row, 1 file');
    expect(section).toContain(row.file);
    expect(section).toContain(path.posix.dirname(file.path));
  },
);
