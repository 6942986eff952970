/** Models that Keras wrote, imported as a user's would be. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs';
import { type BlobReader, blobPath } from '../../../core/artifacts/index.ts';
import type { Backend } from '../backend/backend.ts';
import { importModel } from '../formats/index.ts';
import { loadLayers } from '../network/layers/load.ts';
import { type LoadedModel, loadModel } from '../network/model.ts';
import { readWeights } from '../network/weights.ts';
import type { Folders, StoredModel } from './fixtures.ts';

const compute = path.join(import.meta.dirname, '..');
/** All of them, but those that are there to be refused. */
export const GOLDEN_MODELS: readonly string[] = ['goldens', path.join('formats', 'goldens')]
  .flatMap((folder) =>
    readdirSync(path.join(compute, folder)).map((file) => path.join(compute, folder, file)),
  )
  .filter(
    (file) => /\.(keras|h5)$/.test(file) && !/(attention|external|lambda|minus|shared-text)\./.test(file),
  );

export function importGolden(file: string, backend: Backend, folders: Folders): Promise<StoredModel> {
  return importFiles([file], backend, folders);
}

/** A model of several files in a folder, `without` some of them. */
export function importGoldenFolder(
  folder: string,
  without: readonly string[],
  backend: Backend,
  folders: Folders,
): Promise<StoredModel> {
  const names = readdirSync(folder).filter((name) => !without.includes(name));
  return importFiles(
    names.map((name) => path.join(folder, name)),
    backend,
    folders,
  );
}

async function importFiles(
  files: readonly string[],
  { tf }: Backend,
  folders: Folders,
): Promise<StoredModel> {
  const { manifest, weights } = await importModel(
    files.map((file) => ({ name: path.basename(file), path: file, bytes: statSync(file).size })),
    { tf, spool: folders.spool },
  );
  const tensors = weights.map((w) => ({
    name: w.name,
    shape: [...w.shape],
    blob: folders.put(readFileSync(w.file)),
  }));
  return { manifest, checkpoint: { hash: '', tensors } };
}

export function loadStored({ tf }: Backend, stored: StoredModel, folders: Folders): Promise<LoadedModel> {
  return loadModel(tf, stored.manifest, stored.checkpoint, blobsIn(folders));
}

/** The model of TensorFlow.js' own layers, to compare with what that computes; free it with disposeModel. */
export async function loadStoredLayers(
  { tf }: Backend,
  { manifest, checkpoint }: StoredModel,
  folders: Folders,
): Promise<LayersModel> {
  const { values } = await readWeights(tf, manifest, checkpoint, blobsIn(folders));
  try {
    return await loadLayers(tf, manifest.topology, values);
  } finally {
    tf.dispose([...values]);
  }
}

const blobsIn = (folders: Folders): BlobReader => ({
  read: (blob) => readFile(path.join(folders.blobs, blobPath(blob))),
});
