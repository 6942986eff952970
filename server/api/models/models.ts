/** Models of a project: shown, imported from files, renamed, deleted. */

import type { z } from 'zod';
import { printAddress } from '../../../core/address/index.ts';
import type { importModelResponseSchema, Model, Unreadable } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { freeName, nameFrom } from '../../../core/formats/index.ts';
import type { SeriesRecord } from '../../../core/result/index.ts';
import type { Progress, Turn, UploadedFile } from '../../compute/contract.ts';
import type { CheckpointRow, MetricRow, ModelRow, ProjectRow, RunRow } from '../../store/contract.ts';
import { type App, type Caller, notFound } from '../app/app.ts';
import { chosenFor, type KnownModel, refuseLaterRow } from '../app/catalog.ts';
import { projectChanged } from '../app/changed.ts';
import { bytesOf, checkFiles, checkSpace } from '../app/quotas.ts';
import { pairsInShort } from '../preprocessing/preprocessing.ts';
import { adoptWeights, checkpointOf, checkSameArchitecture } from './checkpoint.ts';

export const checkpointAddress = (model: string, step: number): string =>
  printAddress({ kind: 'model', model, step });

/** Metrics of a run, one series per name; the parts of a training that have no metrics give null. */
export function seriesOf(run: RunRow, metrics: readonly MetricRow[]): SeriesRecord {
  const byName = new Map<string, { name: string; steps: number[]; values: (number | null)[] }>();
  for (const { name, step, value } of metrics) {
    const series = byName.get(name) ?? { name, steps: [], values: [] };
    series.steps.push(step);
    series.values.push(value);
    byName.set(name, series);
  }
  return { series: [...byName.values()], metaParameters: run.metaParameters, best: run.bestStep };
}

export async function modelSeries(app: App, model: KnownModel): Promise<SeriesRecord | null> {
  return model.run ? seriesOf(model.run, await app.store.runs.metrics(model.run.id)) : null;
}

export async function shownModel(app: App, known: KnownModel): Promise<Model> {
  const { row, checkpoints, later, bestStep } = known;
  const { datasets, preprocessings } = await app.catalogs.of(row.projectId);
  const { format, graph, inputs, outputs, warnings, about } = row.manifest;
  return {
    ...{ name: row.name, color: row.color, format, inputs, outputs, bestStep },
    warnings: [...warnings, ...later.map(({ why }) => why)],
    graph: { ...graph, model: row.name },
    checkpoints: checkpoints.map(({ step, manifest }) => ({
      step,
      hash: manifest.hash,
      address: checkpointAddress(row.name, step),
    })),
    metrics: await modelSeries(app, known),
    preprocessing: Object.fromEntries(chosenFor(row, datasets, preprocessings)),
    ...(about ? { about } : {}),
    createdAt: row.createdAt.toISOString(),
  };
}

/** Those that cannot be read come last, each with the reason. */
export async function listModels(app: App, project: ProjectRow): Promise<(Model | Unreadable)[]> {
  const { models, later } = await app.catalogs.of(project.id);
  const shown = await Promise.all(models.map((model) => shownModel(app, model)));
  return [...shown, ...later.models.map(({ name, why }) => ({ name, unreadable: why }))];
}

export async function findModel(app: App, project: ProjectRow, name: string): Promise<KnownModel> {
  const { models, later } = await app.catalogs.of(project.id);
  refuseLaterRow(later.models, name);
  const found = models.find((model) => model.row.name === name);
  if (!found) throw notFound('model');
  return found;
}

type Imported = z.infer<typeof importModelResponseSchema>;

async function imported(app: App, model: ModelRow, checkpoint: CheckpointRow): Promise<Imported> {
  const { format, inputs, outputs, graph, warnings, about } = model.manifest;
  return {
    address: checkpointAddress(model.name, checkpoint.step),
    hash: checkpoint.manifest.hash,
    ...{ format, inputs, outputs, warnings },
    ...(about ? { about } : {}),
    preprocessing: await pairsInShort(app, model.projectId, { model: model.name }),
    layers: graph.layers.map(({ name, type, outputShape, params }) => ({ name, type, outputShape, params })),
  };
}

export interface ImportRequest {
  /** Made from the file's name when left out. */
  readonly name?: string | undefined;
  /** A name that the project has and a step: a further checkpoint of that model. */
  readonly step?: number | undefined;
}

/** Throws `conflict` for a name that is taken, and what the importer says of the files. */
export async function importModel(
  app: App,
  project: ProjectRow,
  caller: Caller | null,
  files: readonly UploadedFile[],
  request: ImportRequest,
  turn?: Turn,
  signal?: AbortSignal,
  onProgress?: (progress: Progress) => void,
): Promise<Imported> {
  const known = request.name === undefined ? null : await app.store.models.byName(project.id, request.name);
  if (known && request.step === undefined)
    throw new UserError(
      'conflict',
      `There is a model ${known.name} already. Choose another name, or give a step to add a checkpoint to it.`,
      'name',
    );
  await checkSpace(app, project, bytesOf(files));
  const outcome = await app.pool.run(
    { kind: 'import-model', files },
    { ...(turn ? { turn } : {}), ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) },
  );
  if (outcome.kind !== 'import-model') throw new Error(`import of a model gave ${outcome.kind}`);
  if (known) checkSameArchitecture(known.manifest, outcome.manifest, known.name);
  await checkFiles(
    app,
    project,
    outcome.weights.map(({ file }) => file),
  );
  const tensors = await adoptWeights(app.store.blobs, outcome.weights);
  // Whoever cancelled meanwhile finds no model; weights that nothing names are swept away.
  if (signal?.aborted) throw new UserError('cancelled', 'the import was cancelled');
  const model = known ?? (await create(app, project, caller, files, request, outcome.manifest));
  const { manifest, bytes } = checkpointOf(model.manifest, tensors);
  const step = request.step ?? 0;
  const checkpoint = await app.store.models.addCheckpoint({ modelId: model.id, step, manifest, bytes });
  projectChanged(app, project.id);
  return imported(app, model, checkpoint);
}

async function create(
  app: App,
  project: ProjectRow,
  caller: Caller | null,
  files: readonly UploadedFile[],
  request: ImportRequest,
  manifest: ModelRow['manifest'],
): Promise<ModelRow> {
  const { rows, later } = await app.store.models.ofProject(project.id);
  const taken = [...rows, ...later].map((row) => row.name);
  const name = request.name ?? freeName(nameFrom(files[0]?.name ?? '', 'model'), taken);
  return app.store.models.create({
    projectId: project.id,
    name,
    manifest: { ...manifest, graph: { ...manifest.graph, model: name } },
    createdById: caller?.user.id ?? null,
  });
}

export async function renameModel(app: App, project: ProjectRow, name: string, next: string): Promise<Model> {
  const { row } = await findModel(app, project, name);
  await app.store.models.rename(row.id, next);
  projectChanged(app, project.id);
  return shownModel(app, await findModel(app, project, next));
}

export async function deleteModel(app: App, project: ProjectRow, name: string): Promise<void> {
  const { row } = await findModel(app, project, name);
  await app.store.models.delete(row.id);
  projectChanged(app, project.id);
}
