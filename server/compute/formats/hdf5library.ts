/**
 * The HDF5 library compiled to WebAssembly, a fresh one for each file: whatever a damaged file does to its memory ends
 * with it. Its file system is in memory and its own: an HDF5 file may name other files as the place of its data (external
 * links, external storage, virtual data sets), and none of this machine's can be reached from there.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Module } from 'h5wasm';

export type Hdf5Library = typeof Module;

const require = createRequire(import.meta.url);

/** The package exports one shared library only; its factory lies beside it. */
function factoryUrl(): string {
  for (const folder of require.resolve.paths('h5wasm') ?? []) {
    const file = path.join(folder, 'h5wasm', 'dist', 'esm', 'hdf5_util.js');
    if (existsSync(file)) return pathToFileURL(file).href;
  }
  throw new Error('the package h5wasm is not installed');
}

export async function loadHdf5Library(): Promise<Hdf5Library> {
  const { default: create }: { default: (options: object) => Promise<Hdf5Library> } = await import(
    factoryUrl()
  );
  // Its complaints about damaged files go to the caller by status codes, not to the log.
  return create({ noInitialRun: true, print: () => {}, printErr: () => {} });
}
