/** Data sets read from files, stored as the server stores them. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DatasetManifest } from '../../../core/artifacts/index.ts';
import type { Backend } from '../backend/backend.ts';
import { importDataset } from '../formats/index.ts';
import type { Folders } from './fixtures.ts';

export async function importGoldenData(
  file: string,
  { tf }: Backend,
  folders: Folders,
): Promise<DatasetManifest> {
  const upload = { name: path.basename(file), path: file, bytes: statSync(file).size };
  const { kind: _, splits, ...found } = await importDataset([upload], { tf, spool: folders.spool });
  const stored = splits.map(({ name, size, file: split }) => ({
    ...{ name, size },
    blob: folders.put(readFileSync(split)),
  }));
  return {
    hash: stored[0]?.blob ?? '',
    ...found,
    shape: [...found.shape],
    classes: [...found.classes],
    columns: [...found.columns],
    warnings: [...found.warnings],
    range: found.range && [...found.range],
    splits: stored,
  };
}
