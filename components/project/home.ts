import { z } from 'zod';
import { path, request } from '@/components/state/api.ts';
import {
  boardSchema,
  datasetSchema,
  memberSchema,
  meSchema,
  modelSchema,
  projectSchema,
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
    get('models', z.array(modelSchema)),
    get('datasets', z.array(datasetSchema)),
    get('snapshots', z.array(snapshotSchema)),
    get('members', z.array(memberSchema)),
  ]);
  return { me, project, boards, models, datasets, snapshots, members };
}
export type Home = Awaited<ReturnType<typeof loadHome>>;
