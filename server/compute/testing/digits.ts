/** The demo's data and models, stored as an import would. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DatasetManifest } from '../../../core/artifacts/index.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../core/result/index.ts';
import type { Backend } from '../backend/backend.ts';
import type { UploadedFile } from '../contract.ts';
import { importModel } from '../formats/index.ts';
import type { Folders, StoredModel } from './fixtures.ts';

export const DIGITS = path.join(import.meta.dirname, '..', '..', '..', 'examples', 'digits');

/** The test split alone. */
export function digitsData(folders: Folders): DatasetManifest {
  const { tensors } = decodeSafetensors(readFileSync(path.join(DIGITS, 'digits.safetensors')));
  const { 'test.x': x, 'test.y': y } = tensors;
  if (!x || !y) throw new Error('the demo has no test split');
  const blob = folders.put(encodeSafetensors({ x, y }));
  return {
    hash: blob,
    shape: [8, 8, 1],
    classes: Array.from({ length: 10 }, (_, c) => String(c)),
    columns: [],
    ...{ dtype: 'U8', range: [0, 16], declaredScale: 16 },
    splits: [{ name: 'test', size: y.shape[0] ?? 0, blob }],
    warnings: [],
  };
}

export async function digitsModel(
  folders: Folders,
  { tf }: Backend,
  name: string,
  epoch: number,
): Promise<StoredModel> {
  const folder = path.join(DIGITS, 'models', name);
  const uploaded = (file: string): UploadedFile => {
    const where = path.join(folder, file);
    return { name: path.basename(file), path: where, bytes: statSync(where).size };
  };
  const { manifest, weights } = await importModel(
    [uploaded('model.json'), uploaded(`checkpoints/${epoch}.safetensors`)],
    { tf, spool: folders.spool },
  );
  const tensors = weights.map((w) => ({
    name: w.name,
    shape: [...w.shape],
    blob: folders.put(readFileSync(w.file)),
  }));
  return {
    manifest,
    checkpoint: { hash: folders.put(new TextEncoder().encode(JSON.stringify(tensors))), tensors },
  };
}
