import { z } from 'zod';
import { path, request } from '@/components/state/api.ts';
import {
  boardSchema,
  datasetSchema,
  listedSchema,
  memberSchema,
  meSchema,
  modelSchema,
  projectSchema,
  readable,
  snapshotSchema,
} from '@/core/api/index.ts';

/** All that a project's page shows. */
export async function loadHome(slug: string) {
  const get = <T>(what: string, schema: z.ZodType<T>) =>
    request('GET', `${path`projects/${slug}`}/${what}`, schema);
  const [me, project, boards, models, datasets, snapshots, members] = await Promise.all([
    request('GET', 'me', meSchema),
    request('GET', path`projects/${slug}`, projectSchema),
    get('boards', z.array(boardSchema)),
    get('models', z.array(listedSchema(modelSchema))),
    get('datasets', z.array(listedSchema(datasetSchema))),
    get('snapshots', z.array(snapshotSchema)),
    get('members', z.array(memberSchema)),
  ]);
  const [ofModels, ofDatasets] = [readable(models), readable(datasets)];
  return {
    ...{ me, project, boards, snapshots, members },
    ...{ models: ofModels.shown, datasets: ofDatasets.shown },
    unreadable: { models: ofModels.unreadable, datasets: ofDatasets.unreadable },
  };
}
export type Home = Awaited<ReturnType<typeof loadHome>>;
