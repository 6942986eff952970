/** The backends that tests run on, each in an engine of its own. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { blobPath } from '../../../core/artifacts/index.ts';
import { decodeSafetensors, type NamedTensor, type ResultMeta } from '../../../core/result/index.ts';
import { type BackendName, loadBackend } from '../backend.ts';
import { Engine } from '../compute.ts';
import type { QueryPlan } from '../contract.ts';
import type { Folders } from './fixtures.ts';

export const BACKENDS: readonly BackendName[] = ['native', 'wasm'];

export async function engineOn(
  backend: BackendName,
  folders: Folders,
  cacheBytes = 2 ** 26,
): Promise<Engine> {
  return new Engine(
    await loadBackend(backend),
    { read: (blob) => readFile(path.join(folders.blobs, blobPath(blob))) },
    cacheBytes,
  );
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
