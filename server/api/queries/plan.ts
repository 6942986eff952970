/** From a question's text to a plan that a worker can run: parsed, bound, checked and made canonical. */
import { createHash } from 'node:crypto';
import { bind, canonical, parse, print, printInput, type Query } from '../../../core/algebra/index.ts';
import type { QueryRequest } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { SeriesRecord } from '../../../core/result/index.ts';
import { methodVersion, type QueryPlan } from '../../compute/client.ts';
import type { App } from '../app.ts';
import { checkpointAddress, modelSeries } from '../models/models.ts';
import type { KnownProject } from './catalog.ts';

/** Throws `invalid` with its place in the text, `unsupported` for what cannot be computed. */
export async function planQuery(
  app: App,
  projectId: string,
  { query: text, bindings = {} }: Pick<QueryRequest, 'query' | 'bindings'>,
): Promise<QueryPlan> {
  const known = await app.catalogs.of(projectId);
  const query = canonical(bind(parse(text), bindings), known.catalog);
  const version = methodVersion(query);
  const model = modelOf(query, known);
  const data = dataOf(query, known);
  const metrics = query.what.kind === 'call' && query.what.name === 'metrics';
  const series: SeriesRecord | undefined = metrics ? await seriesOf(app, model.known) : undefined;
  const canonicalText = print(query);
  // What a run has logged may grow, so the answer is named by it as by any other data.
  const dataHash = series ? sha256(JSON.stringify(series)) : (data?.manifest.hash ?? null);
  return {
    id: sha256(JSON.stringify([canonicalText, model.plan.hash, dataHash, version])),
    text: canonicalText,
    query,
    model: { ...model.plan, ...(series ? { series } : {}) },
    ...(data ? { data } : {}),
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function modelOf(query: Query, { models }: KnownProject) {
  const { model } = query;
  if (model.kind === 'name') throw new Error('the query is not bound');
  const known = models.find(({ row }) => row.name === model.model);
  if (!known) throw new Error(`the query names ${model.model}, which the checker let pass`);
  const step = model.step ?? known.checkpoints.at(-1)?.step;
  const checkpoint = known.checkpoints.find((found) => found.step === step);
  if (!checkpoint)
    throw new UserError(
      'invalid',
      `${known.row.name} has no checkpoint yet. Upload one, or wait for its training to log the first.`,
    );
  const { manifest } = checkpoint;
  const plan = {
    address: checkpointAddress(known.row.name, checkpoint.step),
    hash: manifest.hash,
    manifest: known.row.manifest,
    checkpoint: manifest,
  };
  return { known, plan };
}

function dataOf({ input }: Query, { datasets }: KnownProject): QueryPlan['data'] {
  if (input === undefined || input.kind === 'name') return undefined;
  const row = datasets.find(({ name }) => name === input.dataset);
  if (!row) throw new Error(`the query names ${input.dataset}, which the checker let pass`);
  return { address: printInput(input), manifest: row.manifest };
}

async function seriesOf(app: App, known: Parameters<typeof modelSeries>[1]): Promise<SeriesRecord> {
  const series = await modelSeries(app, known);
  if (series) return series;
  throw new UserError(
    'invalid',
    `${known.row.name} has no run, so nothing was logged for it. Log its training with the tracker, or upload a run.`,
  );
}
