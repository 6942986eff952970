/** Plans of questions over a small catalog, as the server makes them of a project. */
import { createHash } from 'node:crypto';
import { type Catalog, canonical, print, printInput, type Query } from '../../../core/algebra/index.ts';
import type { DatasetManifest } from '../../../core/artifacts/index.ts';
import type { PreprocessingChoice } from '../../../core/preprocessing/index.ts';
import { asksFirst, type QueryPlan } from '../contract.ts';
import { planData, type StoredModel } from './fixtures.ts';

export interface Ground {
  /** By name; the checkpoints are steps 1, 2, ... of the first one's architecture. */
  readonly models: Readonly<Record<string, readonly StoredModel[]>>;
  readonly datasets: Readonly<Record<string, DatasetManifest>>;
  /** What was chosen for pairs, by the model's name and the data set's. */
  readonly choices?: Readonly<Record<string, Readonly<Record<string, PreprocessingChoice>>>>;
}

export function catalogOf({ models, datasets, choices = {} }: Ground): Catalog {
  return {
    models: Object.entries(models).flatMap(([name, [first, ...others]]) =>
      first
        ? [
            {
              name,
              graph: first.manifest.graph,
              checkpoints: [first, ...others].map((_, i) => ({ step: i + 1 })),
              bestStep: null,
              inputs: first.manifest.inputs,
              preprocessing: choices[name] ?? {},
            },
          ]
        : [],
    ),
    datasets: Object.entries(datasets).map(([name, { shape, classes, columns, main, arrays, splits }]) => ({
      ...{ name, shape, classes, columns, main, arrays },
      splits: splits.map((split) => ({ name: split.name, size: split.size })),
    })),
  };
}

/** Throws UserError('invalid') for what the checker does not let pass. */
export function planFor(ground: Ground, query: Query): QueryPlan {
  return planned(ground, canonical(query, catalogOf(ground)));
}

function planned(ground: Ground, query: Query): QueryPlan {
  const { model, input, what, join } = query;
  if (model.kind === 'name' || input?.kind === 'name') throw new Error('the query is not bound');
  const stored = ground.models[model.model] ?? [];
  const models = stored.map((each, i): QueryPlan['model'] => ({
    address: `${model.model}@${i + 1}`,
    hash: each.checkpoint.hash,
    ...each,
  }));
  const own = models[Number(model.step) - 1];
  const manifest = input && ground.datasets[input.dataset];
  if (!own || (input && !manifest)) throw new Error('the query names what is not there');
  const data =
    input && manifest
      ? planData(printInput(input), { name: model.model, ...own.manifest }, input.dataset, manifest, {
          choice: ground.choices?.[model.model]?.[input.dataset] ?? {},
          trial: null,
        })
      : null;
  const asked = asksFirst(own, data?.preprocessing.output);
  const metrics = what.kind === 'call' && what.name === 'metrics';
  const spans = what.kind === 'call' && what.name === 'similarity' && what.args.length === 1 && !join;
  const text = print(query);
  return {
    id: createHash('sha256').update(text).digest('hex'),
    text,
    query,
    model: metrics ? { ...asked, series: { series: [], metaParameters: {}, best: null } } : asked,
    ...(data ? { data } : {}),
    ...(join ? { joined: planned(ground, join.query) } : {}),
    ...(spans ? { checkpoints: models } : {}),
  };
}
