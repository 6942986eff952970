import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkImports, folderCycles, heaps, specifiersOf } from './imports.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'imports-'));
});
afterEach(() => rmSync(root, { recursive: true }));
const write = (file, text) => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
};

test('every form of import is seen, types included', () => {
  const text = `
    import a from './a';
    import type { B } from './b';
    import './c';
    export * from './d';
    export { e } from './e';
    export type { F } from './f';
    const g = await import('./g');
    type H = import('./h').H;
    const element = <div>{a}</div>;`;
  expect(specifiersOf(text, true).sort()).toEqual(['./a', './b', './c', './d', './e', './f', './g', './h']);
});

test('a type import across a wall is reported with the reason', () => {
  write('core/a.ts', `import type { B } from '../server/store/b.ts'; export type A = B;`);
  write('server/store/b.ts', 'export type B = 1;');
  expect(checkImports(root)).toEqual([
    expect.stringMatching(/^core\/a\.ts imports server\/store\/b\.ts: core is/),
  ]);
});

test('a package with one importer is guarded', () => {
  write('server/api/a.ts', `import * as tf from '@tensorflow/tfjs'; export default tf;`);
  expect(checkImports(root)[0]).toMatch('TensorFlow.js is imported by server/compute only');
});

test('a cycle through a type import is a cycle', () => {
  write('core/a.ts', `import type { B } from './b.ts'; export type A = B;`);
  write('core/b.ts', `export * from './c.ts'; export type B = 1;`);
  write('core/c.ts', `import { A } from './a.ts'; export const c: A = 1;`);
  expect(checkImports(root)).toEqual(['cycle: core/a.ts -> core/b.ts -> core/c.ts -> core/a.ts']);
});

test('tests may put parts together', () => {
  write('core/a.test.ts', `import '../server/store/b.ts';`);
  write('server/store/b.ts', 'export const b = 1;');
  expect(checkImports(root)).toEqual([]);
});

test('folders that import each other are reported where their paths part, though no file does', () => {
  write('components/state/edits/a.ts', `import type { B } from '../session/b.ts'; export type A = B;`);
  write('components/state/session/b.ts', 'export type B = 1;');
  write('components/state/session/deep/c.ts', `export * from '../../edits/d.ts';`);
  write('components/state/edits/d.ts', 'export const d = 1;');
  expect(
    checkImports(root).filter((line) => !line.includes(': an edit') && !line.includes('the session')),
  ).toEqual([
    'folders of components/state/ import each other: edits, session (components/state/edits/a.ts imports components/state/session/b.ts; components/state/session/deep/c.ts imports components/state/edits/d.ts)',
  ]);
});

test('a file beside folders is an entry of its own: what they share may lie there, what joins them too', () => {
  const join = ['components/lenses/index.ts', ['components/lenses/points/index.tsx']];
  const points = ['components/lenses/points/index.tsx', ['components/lenses/contract.ts']];
  const contract = ['components/lenses/contract.ts', []];
  expect(folderCycles(new Map([join, points, contract]))).toEqual([]);
  const back = ['components/lenses/contract.ts', ['components/lenses/points/size.ts']];
  expect(folderCycles(new Map([join, points, back]))).toEqual([
    expect.stringMatching(
      /^folders of components\/lenses\/ import each other: (points, contract\.ts|contract\.ts, points) /,
    ),
  ]);
});

test('a test reaches up without a folder cycle, and other roots are not ordered yet', () => {
  const up = ['components/state/a.ts', ['components/ui/b.ts']];
  expect(folderCycles(new Map([up, ['components/ui/b.test.ts', ['components/state/a.ts']]]))).toEqual([]);
  const down = ['components/ui/c.ts', ['components/state/a.ts']];
  expect(folderCycles(new Map([up, down]))).toHaveLength(1);
  expect(folderCycles(new Map([up, down]), ['core'])).toEqual([]);
});

test('a heap is reported unless a reason says how its modules are found', () => {
  const files = ['a', 'b', 'c'].map((name) => `components/heap/${name}.ts`);
  const rest = [['components'], [], 2];
  expect(heaps([...files, 'components/heap/c.test.ts'], ...rest)).toEqual([
    expect.stringMatching('components/heap holds 3 modules side by side, more than 2: split it'),
  ]);
  const lists = [{ folder: 'components/heap', why: 'one word a file' }];
  expect(heaps(files, ['components'], lists, 2)).toEqual([]);
  expect(heaps(files, ['components'], lists, 3)).toEqual([
    expect.stringMatching('components/heap is small enough: take it out of LISTS'),
  ]);
  expect(heaps(files, ['core'], [], 2)).toEqual([]);
});

test('a new folder of components has to say what it may import', () => {
  write('components/novel/a.ts', `import '@/core/b.ts';`);
  write('core/b.ts', 'export const b = 1;');
  expect(checkImports(root)).toEqual([expect.stringMatching('a new folder of components says')]);
});
