import { z } from 'zod';
import {
  checkpointSchema,
  loggedSchema,
  newRunSchema,
  runLogSchema,
  runSchema,
} from '../../../core/api/index.ts';
import { turnOf } from '../app/turn.ts';
import { type Route, route } from '../http/route.ts';
import { withUpload } from '../http/upload.ts';
import { addCheckpoint, logRun, startRun } from './runs.ts';

export const runRoutes: readonly Route[] = [
  route('POST /projects/{project}/runs', {
    summary: 'Begin to track a training of a model',
    body: newRunSchema,
    answer: runSchema,
    status: 201,
    limit: 'write',
    run: ({ app, project, body }) => startRun(app, project, body),
  }),
  route('POST /runs/{id}/log', {
    summary: 'Log metrics at a step. NaN and infinities are taken as values that are no number',
    body: runLogSchema,
    answer: loggedSchema,
    run: ({ app, run, body }) => logRun(app, run, body),
  }),
  route('POST /runs/{id}/checkpoints', {
    summary: "Upload weights at a step: a .safetensors of the model's weights by name, or a model's files",
    query: z.object({ step: z.coerce.number().int().nonnegative() }),
    upload: true,
    answer: checkpointSchema,
    status: 201,
    limit: 'upload',
    run: ({ app, run, project, role, caller, request, query, signal }) =>
      withUpload(app, request, (files) =>
        addCheckpoint(app, run, query.step, files, turnOf(project.id, caller.user.id, role), signal),
      ),
  }),
];
