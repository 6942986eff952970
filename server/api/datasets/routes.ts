import { z } from 'zod';
import {
  datasetSchema,
  importDatasetResponseSchema,
  listedSchema,
  nameSchema,
} from '../../../core/api/index.ts';
import { DATA_IN_WORDS } from '../../../core/formats/index.ts';
import { turnOf } from '../app/turn.ts';
import { type Route, route } from '../http/route.ts';
import { withUpload } from '../http/upload.ts';
import { SAFETENSORS } from '../results/routes.ts';
import { deleteDataset, importDataset, listDatasets } from './datasets.ts';
import { exportSplit } from './export.ts';

export const datasetRoutes: readonly Route[] = [
  route('GET /projects/{project}/datasets', {
    summary: 'Data sets; last, those that cannot be read, with the reason',
    answer: z.array(listedSchema(datasetSchema)),
    run: ({ app, project }) => listDatasets(app, project),
  }),
  route('POST /projects/{project}/datasets', {
    summary: `Import a data set: ${DATA_IN_WORDS}`,
    query: z.object({ name: nameSchema.optional(), citation: z.string().max(2000).optional() }),
    upload: true,
    answer: importDatasetResponseSchema,
    status: 201,
    limit: 'upload',
    run: ({ app, project, role, caller, request, query, signal }) =>
      withUpload(app, request, (files) =>
        importDataset(app, project, files, turnOf(project.id, caller.user.id, role), query, signal),
      ),
  }),
  route('GET /projects/{project}/datasets/{name}/splits/{split}/export', {
    summary: 'The examples of a split: safetensors, values as the data file has them',
    media: [SAFETENSORS],
    run: ({ app, project, params }) => exportSplit(app, project, params.name, params.split),
  }),
  route('DELETE /projects/{project}/datasets/{name}', {
    summary: 'Delete a data set. Results that were computed stay',
    run: ({ app, project, params }) => deleteDataset(app, project, params.name),
  }),
];
