/** From a question's text to a plan that a worker can run: parsed, bound, checked and made canonical. */
import { createHash } from 'node:crypto';
import { type FunctionName, print, printInput, type Query, questionOf } from '../../../core/algebra/index.ts';
import type { QueryRequest } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { PreprocessingRecord } from '../../../core/preprocessing/index.ts';
import type { SeriesRecord } from '../../../core/result/index.ts';
import { asksFirst, methodVersion, type QueryPlan } from '../../compute/client.ts';
import type { App } from '../app/app.ts';
import { type KnownModel, type KnownProject, refuseLaterRow, stepsOf } from '../app/catalog.ts';
import { checkpointAddress, modelSeries } from '../models/models.ts';
import { pairFor } from '../preprocessing/pair.ts';

/** Throws `invalid` with its place in the text, `unsupported` for what cannot be computed. */
export async function planQuery(
  app: App,
  projectId: string,
  { query: text, bindings = {} }: Pick<QueryRequest, 'query' | 'bindings'>,
): Promise<QueryPlan> {
  const known = await app.catalogs.of(projectId);
  const { canonical, query, failure, problems } = questionOf(text, bindings, known.catalog);
  if (canonical !== null) return planOf(app, canonical, known);
  if (query) refuseLater(query, known);
  const [problem] = problems;
  throw failure ?? new UserError('invalid', problem?.message ?? 'the question cannot be asked', problem?.at);
}

/** Throws `conflict` for a model or data set that is there, and written by a later version. */
function refuseLater({ model, input, join }: Query, known: KnownProject): void {
  if (model.kind !== 'name') refuseLaterRow(known.later.models, model.model);
  if (input && input.kind !== 'name') refuseLaterRow(known.later.datasets, input.dataset);
  if (join) refuseLater(join.query, known);
}

/** The right side of a join is planned like a question of its own. */
async function planOf(app: App, query: Query, known: KnownProject): Promise<QueryPlan> {
  const version = methodVersion(query);
  const model = modelOf(query, known);
  const data = await dataOf(app, query, known, model.known);
  const { losses } = model.known.row.manifest.graph;
  const series = isCall(query, 'metrics') ? await seriesOf(app, model.known) : undefined;
  const joined = query.join ? await planOf(app, query.join.query, known) : undefined;
  if (spansCheckpoints(query))
    for (const { name } of model.known.later) refuseLaterRow(model.known.later, name);
  const checkpoints = spansCheckpoints(query)
    ? model.known.checkpoints.map(checkpointOf(model.known))
    : undefined;
  const canonicalText = print(query);
  const output = data?.preprocessing.output;
  const withOutput = (plan: QueryPlan['model']): QueryPlan['model'] => asksFirst(plan, output);
  // What a run has logged may grow, so the answer is named by it as by any other data; its checkpoints too.
  const dataHash = series ? sha256(JSON.stringify(series)) : (data?.manifest.hash ?? null);
  const others = [
    ...(joined ? [joined.id] : []),
    ...(data
      ? [
          JSON.stringify([data.preprocessing.spec, data.preprocessing.shapes, data.classes, data.warnings]),
          ...boundTo(data.preprocessing),
        ]
      : []),
    ...(checkpoints ?? []).map(({ address, hash }) => `${address} ${hash}`),
    // What a file says of its training decides what its outputs are, and is no part of the weights' hash.
    ...(losses ? [JSON.stringify(losses)] : []),
  ];
  return {
    id: sha256(JSON.stringify([canonicalText, model.plan.hash, dataHash, version, ...others])),
    text: canonicalText,
    query,
    model: { ...withOutput(model.plan), ...(series ? { series } : {}) },
    ...(data ? { data } : {}),
    ...(joined ? { joined } : {}),
    ...(checkpoints ? { checkpoints: checkpoints.map(withOutput) } : {}),
  };
}

/** What inputs are given, and which output the labels belong to: a pair of one of each is named by the rest. */
function boundTo({ input, beside, output }: PreprocessingRecord): string[] {
  return input || beside || output !== undefined ? [JSON.stringify([input, beside, output])] : [];
}

function isCall({ what }: Query, name: FunctionName): boolean {
  return what.kind === 'call' && what.name === name;
}

/** similarity() of one layer compares it with itself as training went on; joined, with another model's. */
function spansCheckpoints(query: Query): boolean {
  const { what, join } = query;
  return isCall(query, 'similarity') && !join && what.kind === 'call' && what.args.length === 1;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function modelOf(query: Query, { models }: KnownProject) {
  const { model } = query;
  if (model.kind === 'name') throw new Error('the query is not bound');
  const known = models.find(({ row }) => row.name === model.model);
  if (!known) throw new Error(`the query names ${model.model}, which the checker let pass`);
  const step = model.step ?? stepsOf(known).at(-1);
  refuseLaterRow(known.later, String(step));
  const checkpoint = known.checkpoints.find((found) => found.step === step);
  if (!checkpoint)
    throw new UserError(
      'invalid',
      `${known.row.name} has no checkpoint yet. Upload one, or wait for its training to log the first.`,
    );
  return { known, plan: checkpointOf(known)(checkpoint) };
}

const checkpointOf =
  ({ row }: KnownModel) =>
  ({ step, manifest }: KnownModel['checkpoints'][number]): QueryPlan['model'] => ({
    address: checkpointAddress(row.name, step),
    hash: manifest.hash,
    manifest: row.manifest,
    checkpoint: manifest,
  });

/** Throws `invalid` where the model cannot be given the data. */
async function dataOf(
  app: App,
  { input }: Query,
  known: KnownProject,
  model: KnownModel,
): Promise<QueryPlan['data']> {
  if (input === undefined || input.kind === 'name') return undefined;
  const row = known.datasets.find(({ name }) => name === input.dataset);
  if (!row) throw new Error(`the query names ${input.dataset}, which the checker let pass`);
  const pair = await pairFor(app, known, model, row);
  if (!pair.fits) throw new UserError('invalid', pair.problem);
  const { record, classes, warnings } = pair;
  return {
    ...{ address: printInput(input), manifest: row.manifest },
    ...{ preprocessing: record, classes, warnings },
  };
}

async function seriesOf(app: App, known: Parameters<typeof modelSeries>[1]): Promise<SeriesRecord> {
  const series = await modelSeries(app, known);
  if (series) return series;
  throw new UserError(
    'invalid',
    `${known.row.name} has no run, so nothing was logged for it. Log its training with the tracker, or upload a run.`,
  );
}
