import { preprocessingSchema } from '../../../core/api/index.ts';
import { preprocessingChoiceSchema } from '../../../core/preprocessing/index.ts';
import { type Route, route } from '../http/route.ts';
import { choosePreprocessing, forgetPreprocessing, showPreprocessing } from './preprocessing.ts';

export const preprocessingRoutes: readonly Route[] = [
  route('GET /projects/{project}/models/{name}/preprocessing/{dataset}', {
    summary: "How a data set's values are given to a model, and why",
    answer: preprocessingSchema,
    limit: 'query',
    run: ({ app, project, params }) => showPreprocessing(app, project, params.name, params.dataset),
  }),
  route('PUT /projects/{project}/models/{name}/preprocessing/{dataset}', {
    summary:
      "Choose how a data set's values are given to a model: scale, layout of axes, order of classes; what is left out is as proposed",
    body: preprocessingChoiceSchema,
    answer: preprocessingSchema,
    run: ({ app, project, params, body }) =>
      choosePreprocessing(app, project, params.name, params.dataset, body),
  }),
  route('DELETE /projects/{project}/models/{name}/preprocessing/{dataset}', {
    summary: 'Take the choice back: values are given as is proposed',
    answer: preprocessingSchema,
    run: ({ app, project, params }) => forgetPreprocessing(app, project, params.name, params.dataset),
  }),
];
