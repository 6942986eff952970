/** Tracked trainings: a script makes a run, logs as it goes, and uploads checkpoints. */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import type { checkpointSchema, Logged, newRunSchema, Run, RunLog } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { decodeSafetensors, SafetensorsError } from '../../../core/result/index.ts';
import type { Turn, UploadedFile } from '../../compute/contract.ts';
import type { ProjectRow, RunRow } from '../../store/contract.ts';
import { type App, notFound } from '../app/app.ts';
import { projectChanged } from '../app/changed.ts';
import { bytesOf, checkSpace } from '../app/quotas.ts';
import { adoptWeights, checkpointOf, checkSameArchitecture, storeTensors } from '../models/checkpoint.ts';
import { checkpointAddress, findModel } from '../models/models.ts';

function shown(run: RunRow, model: string): Run {
  return {
    id: run.id,
    model,
    name: run.name,
    metaParameters: run.metaParameters,
    best: run.bestStep,
    startedAt: run.startedAt.toISOString(),
    endedAt: run.endedAt?.toISOString() ?? null,
  };
}

export async function startRun(
  app: App,
  project: ProjectRow,
  request: z.infer<typeof newRunSchema>,
): Promise<Run> {
  const { row } = await findModel(app, project, request.model);
  const { name, metaParameters } = request;
  const run = await app.store.runs.create({ projectId: project.id, modelId: row.id, name, metaParameters });
  projectChanged(app, project.id);
  return shown(run, row.name);
}

/** A metric logged again at a step is replaced. */
export async function logRun(app: App, run: RunRow, log: RunLog): Promise<Logged> {
  const metrics = Object.entries(log.metrics).map(([name, value]) => ({ step: log.step, name, value }));
  await app.store.runs.log(run.id, metrics);
  const change = {
    ...(log.best ? { bestStep: log.step } : {}),
    ...(log.ended ? { endedAt: new Date() } : {}),
  };
  const changed = log.best || log.ended ? await app.store.runs.update(run.id, change) : run;
  projectChanged(app, run.projectId);
  const notNumbers = metrics.filter(({ value }) => value === null).map(({ name }) => name);
  return { ...shown(changed, await modelName(app, run)), notNumbers };
}

async function modelName(app: App, run: RunRow): Promise<string> {
  return (await modelOf(app, run)).row.name;
}
async function modelOf(app: App, run: RunRow) {
  const { models } = await app.catalogs.of(run.projectId);
  const model = models.find(({ row }) => row.id === run.modelId);
  if (!model) throw notFound('model');
  return model;
}

/**
 * Either one .safetensors file with the architecture's weights by name, or the files of a model of the same
 * architecture. The same weights at the same step again do no harm.
 */
export async function addCheckpoint(
  app: App,
  run: RunRow,
  step: number,
  files: readonly UploadedFile[],
  turn: Turn,
  signal?: AbortSignal,
): Promise<z.infer<typeof checkpointSchema>> {
  const { row } = await modelOf(app, run);
  await checkSpace(app, { id: run.projectId }, bytesOf(files));
  const [only] = files;
  const tensors =
    only && files.length === 1 && /\.safetensors$/i.test(only.name)
      ? await readTensors(app, only, row)
      : await readModelFiles(app, files, row, turn, signal);
  const { manifest, bytes } = checkpointOf(row.manifest, tensors);
  await app.store.models.addCheckpoint({ modelId: row.id, step, manifest, bytes });
  projectChanged(app, run.projectId);
  return { step, hash: manifest.hash, address: checkpointAddress(row.name, step) };
}

type Architecture = Awaited<ReturnType<typeof modelOf>>['row'];

async function readTensors(app: App, file: UploadedFile, { manifest }: Architecture) {
  try {
    const { tensors } = decodeSafetensors(await readFile(file.path));
    return await storeTensors(app.store.blobs, manifest, tensors, file.name);
  } catch (error) {
    if (error instanceof SafetensorsError)
      throw new UserError('invalid', `${file.name}: ${error.message}`, file.name);
    throw error;
  }
}

async function readModelFiles(
  app: App,
  files: readonly UploadedFile[],
  { manifest, name }: Architecture,
  turn: Turn,
  signal?: AbortSignal,
) {
  const outcome = await app.pool.run(
    { kind: 'import-model', files },
    { turn, ...(signal ? { signal } : {}) },
  );
  if (outcome.kind !== 'import-model') throw new Error(`import of a model gave ${outcome.kind}`);
  checkSameArchitecture(manifest, outcome.manifest, name);
  return adoptWeights(app.store.blobs, outcome.weights);
}
