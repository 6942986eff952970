/**
 * The demo project "Digits": real models with their checkpoints and metrics, real data, and boards that walk through
 * what is wrong with them. Made once, in an installation that has no such project; a start that was cut off goes on.
 */
import { access, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  anchorSchema,
  bindingsSchema,
  marksSchema,
  noteSchema,
  slicesSchema,
  viewSchema,
} from '../../../core/board/index.ts';
import { decodeSafetensors } from '../../../core/result/index.ts';
import type { ProjectRow } from '../../store/contract.ts';
import type { App } from '../app/app.ts';
import { projectChanged } from '../app/changed.ts';
import { createBoard } from '../boards/boards.ts';
import { checkpointOf, storeTensors } from '../models/checkpoint.ts';
import { importModel } from '../models/models.ts';
import { seedDatasets } from './datasets.ts';

export const DEMO = { slug: 'digits', name: 'Digits' } as const;
/** Who wrote the demo's comments. Has no password, so nobody can sign in as it. */
const GUIDE = { email: 'demo@interlayer.invalid', name: 'Interlayer demo', passwordHash: null };

const runSchema = z.object({
  metaParameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  best: z.number().nullable(),
  epochs: z.array(z.object({ epoch: z.number(), metrics: z.record(z.string(), z.number().nullable()) })),
});
/** A file of `boards/`. */
export const demoBoardSchema = z.object({
  title: z.string(),
  content: z.object({
    items: z.array(z.discriminatedUnion('kind', [viewSchema, noteSchema])),
    bindings: bindingsSchema,
    slices: slicesSchema.default({}),
    marks: marksSchema.default({}),
  }),
  threads: z.array(z.object({ anchor: anchorSchema, body: z.string() })).default([]),
});

/** `folder`: examples/digits. Does nothing where the project is there already, or was and has been deleted. */
export async function seedDemo(app: App, folder: string): Promise<void> {
  const mark = path.join(app.config.dataFolder, 'demo-under-way');
  const cutOff = await exists(mark);
  const found = await app.store.projects.bySlug(DEMO.slug);
  // It is made before anybody can be the owner: once there is one, it is missing because it was deleted.
  if (!cutOff && (found || (await app.store.setup.hasOwner()))) return;
  await writeFile(mark, '');
  const project = found ?? (await app.store.projects.create({ ...DEMO, ownerId: null }));
  await seedDatasets(app, project, folder);
  await seedModels(app, project, path.join(folder, 'models'));
  await seedBoards(app, project, path.join(folder, 'boards'));
  await rm(mark, { force: true });
  projectChanged(app, project.id);
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
/** In order of their names; none where the folder is missing. */
const listed = async (folder: string): Promise<string[]> =>
  (await exists(folder)) ? (await readdir(folder)).sort() : [];
const readJson = async <T>(schema: z.ZodType<T>, file: string): Promise<T> =>
  schema.parse(JSON.parse(await readFile(file, 'utf8')));

async function seedModels(app: App, project: ProjectRow, folder: string): Promise<void> {
  for (const name of await listed(folder)) {
    if (!(await exists(path.join(folder, name, 'run.json')))) continue;
    await seedModel(app, project, name, path.join(folder, name));
    projectChanged(app, project.id);
  }
}

async function seedModel(app: App, project: ProjectRow, name: string, folder: string): Promise<void> {
  const run = await readJson(runSchema, path.join(folder, 'run.json'));
  const steps = (await listed(path.join(folder, 'checkpoints')))
    .map((file) => Number(path.parse(file).name))
    .filter(Number.isInteger)
    .sort((a, b) => a - b);
  const [first] = steps;
  if (first === undefined) return;
  const weightsOf = (step: number) => path.join(folder, 'checkpoints', `${step}.safetensors`);
  if (!(await app.store.models.byName(project.id, name))) {
    const files = [path.join(folder, 'model.json'), weightsOf(first)];
    const uploads = await Promise.all(
      files.map(async (file) => ({ name: path.basename(file), path: file, bytes: (await stat(file)).size })),
    );
    await importModel(app, project, null, uploads, { name, step: first });
  }
  const model = await app.store.models.byName(project.id, name);
  if (!model) throw new Error(`the model ${name} was not made`);
  for (const step of steps) {
    const { tensors } = decodeSafetensors(await readFile(weightsOf(step)));
    const stored = await storeTensors(app.store.blobs, model.manifest, tensors, `${step}.safetensors`);
    const { manifest, bytes } = checkpointOf(model.manifest, stored);
    await app.store.models.addCheckpoint({ modelId: model.id, step, manifest, bytes });
  }
  if ((await app.store.runs.ofModel(model.id)).length > 0) return;
  const { metaParameters } = run;
  const row = await app.store.runs.create({
    ...{ projectId: project.id, modelId: model.id, name: 'training', metaParameters },
  });
  await app.store.runs.log(
    row.id,
    run.epochs.flatMap(({ epoch, metrics }) =>
      Object.entries(metrics).map(([metric, value]) => ({ step: epoch, name: metric, value })),
    ),
  );
  await app.store.runs.update(row.id, {
    endedAt: new Date(),
    ...(run.best === null ? {} : { bestStep: run.best }),
  });
}

async function seedBoards(app: App, project: ProjectRow, folder: string): Promise<void> {
  if ((await app.store.boards.ofProject(project.id)).length > 0) return;
  const guide = (await app.store.users.byEmail(GUIDE.email)) ?? (await app.store.users.create(GUIDE));
  // The last one made is listed first.
  for (const file of (await listed(folder)).filter((name) => name.endsWith('.json')).reverse()) {
    const { title, content, threads } = await readJson(demoBoardSchema, path.join(folder, file));
    await createBoard(app, project, null, title, content);
    for (const { anchor, body } of threads) {
      const address = anchor.kind === 'address' ? anchor.address : null;
      const place = { address, boardId: null, viewId: null };
      const thread = { projectId: project.id, anchor, ...place, createdById: guide.id, body, mentions: [] };
      if (anchor.kind === 'address') await app.store.threads.create(thread);
    }
  }
}
