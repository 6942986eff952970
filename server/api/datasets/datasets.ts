/** Data sets of a project: immutable once imported. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Dataset, importDatasetResponseSchema, Unreadable } from '../../../core/api/index.ts';
import type { DatasetManifest } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { freeName, nameFrom } from '../../../core/formats/index.ts';
import type { Turn, UploadedFile } from '../../compute/contract.ts';
import type { DatasetRow, ProjectRow } from '../../store/contract.ts';
import { type App, notFound } from '../app/app.ts';
import { projectChanged } from '../app/changed.ts';
import { bytesOf, checkFiles, checkSpace } from '../app/quotas.ts';
import { pairsInShort } from '../preprocessing/preprocessing.ts';

export function shownDataset(row: DatasetRow): Dataset {
  const { shape, classes, columns, main, arrays, splits, hash, warnings } = row.manifest;
  return {
    ...{ name: row.name, shape, classes, columns, citation: row.citation, hash, warnings },
    ...(main === undefined ? {} : { main }),
    ...(arrays ? { arrays } : {}),
    splits: splits.map(({ name, size }) => ({ name, size })),
  };
}

/** Those that cannot be read come last, each with the reason. */
export async function listDatasets(app: App, project: ProjectRow): Promise<(Dataset | Unreadable)[]> {
  const { datasets, later } = await app.catalogs.of(project.id);
  return [
    ...datasets.map(shownDataset),
    ...later.datasets.map(({ name, why }) => ({ name, unreadable: why })),
  ];
}

/** With its hash over shape, classes, declared scale and the splits' names and blobs. */
export function datasetManifest(parts: Omit<DatasetManifest, 'hash'>): DatasetManifest {
  const { shape, classes, declaredScale, splits } = parts;
  const text = JSON.stringify([
    2,
    shape,
    classes,
    declaredScale,
    splits.map(({ name, blob }) => [name, blob]),
  ]);
  return { hash: createHash('sha256').update(text).digest('hex'), ...parts };
}

export async function importDataset(
  app: App,
  project: ProjectRow,
  files: readonly UploadedFile[],
  turn: Turn,
  request: { readonly name?: string | undefined; readonly citation?: string | undefined },
  signal?: AbortSignal,
): Promise<z.infer<typeof importDatasetResponseSchema>> {
  if (request.name !== undefined && (await app.store.datasets.byName(project.id, request.name)))
    throw new UserError(
      'conflict',
      `There is a data set ${request.name} already. Data sets do not change; choose another name.`,
      'name',
    );
  await checkSpace(app, project, bytesOf(files));
  const outcome = await app.pool.run(
    { kind: 'import-dataset', files },
    { turn, ...(signal ? { signal } : {}) },
  );
  if (outcome.kind !== 'import-dataset') throw new Error(`import of a data set gave ${outcome.kind}`);
  await checkFiles(
    app,
    project,
    outcome.splits.map(({ file }) => file),
  );
  const splits: DatasetManifest['splits'] = [];
  for (const { name, size, file } of outcome.splits)
    splits.push({ name, size, blob: await app.store.blobs.adopt(file) });
  const manifest = datasetManifest({
    shape: [...outcome.shape],
    dtype: outcome.dtype,
    range: outcome.range && [...outcome.range],
    declaredScale: outcome.declaredScale,
    classes: [...outcome.classes],
    columns: [...outcome.columns],
    ...(outcome.main === undefined ? {} : { main: outcome.main }),
    ...(outcome.arrays ? { arrays: [...outcome.arrays] } : {}),
    splits,
    warnings: [...outcome.warnings],
  });
  const { rows, later } = await app.store.datasets.ofProject(project.id);
  const taken = [...rows, ...later].map((row) => row.name);
  const name = request.name ?? freeName(nameFrom(files[0]?.name ?? '', 'data'), taken);
  const row = await app.store.datasets.create({
    projectId: project.id,
    name,
    manifest,
    ...(request.citation === undefined ? {} : { citation: request.citation }),
  });
  projectChanged(app, project.id);
  const { hash, shape, classes, warnings } = row.manifest;
  return {
    ...{ name, hash, shape, classes, warnings },
    preprocessing: await pairsInShort(app, project.id, { dataset: name }),
    splits: splits.map(({ name, size }) => ({ name, size })),
  };
}

export async function deleteDataset(app: App, project: ProjectRow, name: string): Promise<void> {
  const row = await app.store.datasets.byName(project.id, name);
  if (!row) throw notFound('data set');
  await app.store.datasets.delete(row.id);
  projectChanged(app, project.id);
}
