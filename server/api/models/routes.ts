import { z } from 'zod';
import {
  downloadFormatSchema,
  downloadSchema,
  exportedModelSchema,
  idSchema,
  importModelResponseSchema,
  importProgressSchema,
  listedSchema,
  modelSchema,
  nameSchema,
  renameSchema,
} from '../../../core/api/index.ts';
import { turnOf } from '../app/turn.ts';
import { type Route, route } from '../http/route.ts';
import { withUpload } from '../http/upload.ts';
import { downloadModel, listDownloads } from './downloads/download.ts';
import { exportModel } from './export.ts';
import { deleteModel, findModel, importModel, listModels, renameModel, shownModel } from './models.ts';

export const modelRoutes: readonly Route[] = [
  route('GET /projects/{project}/models', {
    summary:
      'Models with their architecture, checkpoints and metrics; last, those that cannot be read, with the reason',
    answer: z.array(listedSchema(modelSchema)),
    run: ({ app, project }) => listModels(app, project),
  }),
  route('POST /projects/{project}/models', {
    summary:
      "Import a model: its files, or a zip of them. With a model's name and a step: a further checkpoint of it",
    query: z.object({
      name: nameSchema.optional(),
      step: z.coerce.number().int().nonnegative().optional(),
      /** Chosen by the sender, to look at the progress by. */
      progress: idSchema.optional(),
    }),
    upload: true,
    answer: importModelResponseSchema,
    status: 201,
    limit: 'upload',
    run: ({ app, project, role, caller, request, query, signal }) =>
      withUpload(app, request, (files) =>
        app.imports.during(caller.user.id, query.progress, (onProgress) =>
          importModel(
            ...([app, project, caller, files, query] as const),
            turnOf(project.id, caller.user.id, role),
            signal,
            onProgress,
          ),
        ),
      ),
  }),
  route('GET /projects/{project}/imports/{id}', {
    summary:
      'How far an import of your own is, by the progress id that it was sent with; null where none is told',
    answer: importProgressSchema.nullable(),
    run: async ({ app, caller, params }) => app.imports.of(caller.user.id, params.id),
  }),
  route('GET /projects/{project}/models/{name}', {
    summary: 'A model',
    answer: modelSchema,
    run: async ({ app, project, params }) => shownModel(app, await findModel(app, project, params.name)),
  }),
  route('GET /projects/{project}/models/{name}/export', {
    summary: 'Architecture and weights of a checkpoint, the last where no step is given',
    query: z.object({ step: z.coerce.number().int().nonnegative().optional() }),
    answer: exportedModelSchema,
    run: ({ app, project, params, query }) => exportModel(app, project, params.name, query.step),
  }),
  route('GET /projects/{project}/models/{name}/downloads', {
    summary: 'Files that a model can be downloaded as, and why it cannot be as others',
    answer: z.array(downloadSchema),
    run: ({ app, project, params }) => listDownloads(app, project, params.name),
  }),
  route('GET /projects/{project}/models/{name}/download', {
    summary: 'A checkpoint as a file of another program, the last where no step is given',
    query: z.object({ as: downloadFormatSchema, step: z.coerce.number().int().nonnegative().optional() }),
    media: ['application/octet-stream'],
    run: ({ app, project, params, query }) => downloadModel(app, project, params.name, query),
  }),
  route('PATCH /projects/{project}/models/{name}', {
    summary: 'Rename a model. Addresses in queries and threads that name it do not follow',
    body: renameSchema,
    answer: modelSchema,
    run: ({ app, project, params, body }) => renameModel(app, project, params.name, body.name),
  }),
  route('DELETE /projects/{project}/models/{name}', {
    summary: 'Delete a model with its checkpoints and runs',
    run: ({ app, project, params }) => deleteModel(app, project, params.name),
  }),
];
