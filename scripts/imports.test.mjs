import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkImports, specifiersOf } from './imports.mjs';

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
