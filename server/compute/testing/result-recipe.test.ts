/**
 * Adding a result type is one row and one folder: in a copy of the sources a function puts it out, the worker's border checks
 * it, its lens draws it at the ends of its options, before and after a change, and it is exported.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FILES, FOLDER, FUNCTION, PROGRAM, ROW, TYPE } from './result-recipe.ts';
import { copySources, ROOT, type SourcesCopy } from './sources-copy.ts';

let copy: SourcesCopy;
beforeAll(() => {
  copy = copySources(
    ['core', 'server/compute', 'components'],
    ['server/compute/**/*.ts', 'components/lenses/**/*.ts', 'components/lenses/**/*.tsx', 'page.d.ts'],
    'with lenses',
  );
  // As next-env.d.ts, which only a build writes.
  writeFileSync(copy.at('page.d.ts'), '/// <reference types="next" />\n');
  addRow(FUNCTION.row);
  writeFileSync(copy.at(FUNCTION.path), FUNCTION.text('F32'));
  writeFileSync(copy.at('program.ts'), PROGRAM);
});
afterAll(() => copy.remove());

function addRow({ file, after, text }: typeof ROW): void {
  const before = readFileSync(copy.at(file), 'utf8');
  expect(before.split(after), file).toHaveLength(2);
  writeFileSync(copy.at(file), before.replace(after, `${after}${text}`));
}
function addFolder(): void {
  mkdirSync(copy.at(FOLDER));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(copy.at(path.join(FOLDER, name)), text);
}

test('a lens and a method of a type without a row are errors of types', async () => {
  addFolder();
  const found = await copy.errors();
  rmSync(copy.at(FOLDER), { recursive: true });
  for (const file of [path.join(FOLDER, 'index.tsx'), FUNCTION.path, FUNCTION.row.file])
    expect(found).toContain(file);
});

test('a row without a lens has neither a picture nor a fixture, which the tests of lenses tell', async () => {
  addRow(ROW);
  copy.registries();
  expect(await copy.printed('program.ts')).toMatchObject({ type: TYPE, lenses: [], fixtures: [] });
  const told = readFileSync(path.join(ROOT, 'components/lenses/index.test.ts'), 'utf8');
  expect(told).toContain('describe.each(RESULT_TYPE_NAMES)');
});

test('with the row and the folder the type is put out, drawn, compared, shown in the gallery and exported', async () => {
  addFolder();
  expect(await copy.errors()).toBe('');
  expect(await copy.printed('program.ts')).toMatchObject({
    ...{ type: TYPE, lenses: ['ranges'], ordered: true },
    ...{ lines: 3, ends: [1, 3] },
    ...{ compared: 'before-after', other: { kind: 'unchanged', changes: ['scale(conv#1, 3)'] } },
    sentence: expect.stringMatching(/^the largest was [\d.]+, is [\d.]+$/),
    csv: ['', 'unit,low,high', ...[0, 1, 2].map((u) => expect.stringMatching(`^conv#${u},`)), ''],
    csvOther: 'unit,low,high,other.low,other.high',
    fixtures: [{ name: 'Ranges', departures: [], lens: 'ranges', lines: 3 }],
  });
});

test('a method that puts out something else is stopped at the border', async () => {
  writeFileSync(copy.at(FUNCTION.path), FUNCTION.text('F64'));
  expect(await copy.printed('program.ts')).toEqual({
    refused: `range put out what it should not: the tensor high of ${TYPE} is F64, expected F32`,
  });
});

test('adding a result type changes one file and adds one folder of two files; docs/recipes.md says so', () => {
  expect([ROW.file, ...Object.keys(FILES).map((name) => path.posix.join(FOLDER, name))]).toEqual([
    'core/result/kinds.ts',
    ...['components/lenses/ranges/index.tsx', 'components/lenses/ranges/fixture.ts'],
  ]);
  const docs = readFileSync(path.join(ROOT, 'docs/recipes.md'), 'utf8');
  const section = docs.split('\n## ').find((text) => text.startsWith('Add a result type')) ?? '';
  for (const words of ['1 row, 1 folder', ROW.file, 'fixture.ts', 'components/lenses'])
    expect(section).toContain(words);
});
