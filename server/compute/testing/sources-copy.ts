/** A copy of some sources, in which a test may add what a recipe adds. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { FOLDER_REGISTRIES, REGISTRIES, writeRegistries } from '../../../scripts/setup/registries.mjs';

export const ROOT = path.join(import.meta.dirname, '..', '..', '..');
const HEAVY = /(^|\/)(goldens|zoo|node_modules)$|\.test\.tsx?$/;

export interface SourcesCopy {
  at(file: string): string;
  /** Makes the registries as set-up makes them. */
  registries(): void;
  /** The errors of types, after the registries were made. */
  errors(): Promise<string>;
  /** What a program of the copy prints in its last line, read as JSON. */
  printed(file: string): Promise<unknown>;
  remove(): void;
}

/** `include`: what is checked by types. `lenses`: whether the registries of lenses are made as well. */
export function copySources(
  folders: readonly string[],
  include: readonly string[],
  lenses: 'with lenses' | 'without lenses',
): SourcesCopy {
  const copy = mkdtempSync(path.join(tmpdir(), 'interlayer-recipes-'));
  const at = (file: string) => path.join(copy, file);
  for (const folder of [...folders, 'scripts', 'tsconfig.json', 'package.json'])
    cpSync(path.join(ROOT, folder), at(folder), { recursive: true, filter: (file) => !HEAVY.test(file) });
  symlinkSync(path.join(ROOT, 'node_modules'), at('node_modules'));
  writeFileSync(
    at('recipes.json'),
    JSON.stringify({
      extends: './tsconfig.json',
      include,
      compilerOptions: { incremental: false, plugins: [] },
    }),
  );
  const run = (args: readonly string[], cwd: string) =>
    promisify(execFile)(process.execPath, args, { cwd, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
  const registries = () =>
    writeRegistries(copy, REGISTRIES, lenses === 'with lenses' ? FOLDER_REGISTRIES : []);
  return {
    at,
    registries,
    async errors() {
      registries();
      const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
      try {
        await run([tsc, '--noEmit', '-p', 'recipes.json'], copy);
        return '';
      } catch (error) {
        return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
      }
    },
    async printed(file) {
      const args = ['--import', 'tsx', path.basename(file)];
      const { stdout } = await run(args, path.dirname(at(file)));
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    },
    remove: () => rmSync(copy, { recursive: true, force: true }),
  };
}
