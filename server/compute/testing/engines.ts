/** The backends that tests run on, each in an engine of its own. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type BlobReader, blobPath } from '../../../core/artifacts/index.ts';
import { decodeSafetensors, type NamedTensor, type ResultMeta } from '../../../core/result/index.ts';
import { type BackendName, loadBackend } from '../backend/backend.ts';
import type { QueryPlan } from '../contract.ts';
import { Engine } from '../engine/engine.ts';
import type { Folders } from './fixtures.ts';

export const BACKENDS: readonly BackendName[] = addonInstalled() ? ['native', 'wasm'] : ['wasm'];

/** Set-up falls back to WebAssembly where the addon can neither be downloaded nor built; the tests say so and follow. */
function addonInstalled(): boolean {
  const lib = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json')),
    'lib',
  );
  const found =
    existsSync(lib) &&
    readdirSync(lib, { recursive: true }).some((f) => String(f).endsWith('tfjs_binding.node'));
  if (!found) console.warn('TensorFlow’s native addon is not installed: tests run on WebAssembly alone.');
  return found;
}

/** What is stored in the folders. */
export function blobsOf(folders: Folders): BlobReader {
  return { read: (blob) => readFile(path.join(folders.blobs, blobPath(blob))) };
}

export async function engineOn(
  backend: BackendName,
  folders: Folders,
  cacheBytes = 2 ** 26,
): Promise<Engine> {
  return new Engine(await loadBackend(backend), blobsOf(folders), cacheBytes);
}

export interface Answered {
  readonly meta: ResultMeta;
  readonly tensors: Readonly<Record<string, NamedTensor>>;
}

export async function ask(
  engine: Engine,
  plan: QueryPlan,
  signal = new AbortController().signal,
): Promise<Answered> {
  const { meta, bytes } = await engine.answer(plan, { signal, progress: () => undefined });
  return { meta, tensors: decodeSafetensors(bytes).tensors };
}
