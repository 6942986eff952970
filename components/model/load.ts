import { z } from 'zod';
import { path, request } from '@/components/state/api.ts';
import {
  datasetSchema,
  downloadSchema,
  listedSchema,
  meSchema,
  modelSchema,
  preprocessingSchema,
  projectSchema,
  readable,
} from '@/core/api/index.ts';

export interface Pairing {
  readonly dataset: string;
  /** Why they do not fit; null where they do. */
  readonly problem: string | null;
}

/** Data sets that are tried at the model; a project of more lists the first. */
const MOST_PAIRS = 20;

/** All that a model's page shows. */
export async function loadModelPage(slug: string, name: string) {
  const route = path`projects/${slug}/models/${name}`;
  const [me, project, model, downloads, listed] = await Promise.all([
    request('GET', 'me', meSchema),
    request('GET', path`projects/${slug}`, projectSchema),
    request('GET', route, modelSchema),
    request('GET', `${route}/downloads`, z.array(downloadSchema)),
    request('GET', path`projects/${slug}/datasets`, z.array(listedSchema(datasetSchema))),
  ]);
  const datasets = readable(listed).shown.slice(0, MOST_PAIRS);
  const pairings = await Promise.all(
    datasets.map(async ({ name: dataset }): Promise<Pairing> => {
      const { problem } = await request(
        'GET',
        `${route}/${path`preprocessing/${dataset}`}`,
        preprocessingSchema,
      );
      return { dataset, problem };
    }),
  );
  return { me, project, model, downloads, pairings };
}
export type ModelPageData = Awaited<ReturnType<typeof loadModelPage>>;
