/** Gives a model labelled examples scaled in several ways, on a worker, once: which of them fits the labels is evidence. */
import { printAddress } from '../../../core/address/index.ts';
import { parse, printInput } from '../../../core/algebra/index.ts';
import {
  AS_STORED,
  type PreprocessingChoice,
  pairOf,
  type Trial,
  waysFor,
} from '../../../core/preprocessing/index.ts';
import { asksFirst, type QueryPlan } from '../../compute/client.ts';
import type { DatasetRow } from '../../store/contract.ts';
import type { App } from '../app/app.ts';
import type { KnownModel } from '../app/catalog.ts';

/** Trials under way, by the checkpoint and the data: whoever asks meanwhile waits for the same. */
const running = new Map<string, Promise<Trial>>();

export const newestOf = ({ checkpoints }: KnownModel) => checkpoints.at(-1) ?? null;

/** The model has a checkpoint, and takes the data under the choice. A trial that breaks off is told and not kept. */
export function tryScales(
  app: App,
  model: KnownModel,
  data: DatasetRow,
  choice: PreprocessingChoice,
): Promise<Trial> {
  const key = JSON.stringify([model.row.id, newestOf(model)?.manifest.hash, data.id, choice]);
  const known = running.get(key);
  if (known) return known;
  const trial = perform(app, model, data, choice).finally(() => running.delete(key));
  running.set(key, trial);
  return trial;
}

async function perform(
  app: App,
  model: KnownModel,
  data: DatasetRow,
  choice: PreprocessingChoice,
): Promise<Trial> {
  const plan = planOf(model, data, choice);
  try {
    const turn = { project: model.row.projectId, person: '', mostWaiting: Number.POSITIVE_INFINITY };
    const ways = waysFor(
      { ...model.row.manifest, name: model.row.name },
      { ...data.manifest, name: data.name },
      choice,
    );
    const outcome = await app.pool.run({ kind: 'trial', plan, ways }, { turn });
    if (outcome.kind !== 'trial') throw new Error(`a trial gave ${outcome.kind}`);
    const kept = { checkpoint: plan.model.hash, outcome: outcome.trial };
    await app.store.preprocessings.keepTrial(model.row.id, data.id, kept);
    app.catalogs.forget(model.row.projectId);
    return outcome.trial;
  } catch (error) {
    app.log.warn({ err: error, model: model.row.name, data: data.name }, 'scales could not be tried');
    return { untried: 'the computation failed' };
  }
}

/** On held-out examples where there are such. */
function planOf(model: KnownModel, data: DatasetRow, choice: PreprocessingChoice): QueryPlan {
  const newest = newestOf(model);
  if (!newest) throw new Error(`${model.row.name} has no checkpoint`);
  const { splits } = data.manifest;
  const held = ['test', 'validation'].find((name) => splits.some((split) => split.name === name));
  const address = printAddress({ kind: 'model', model: model.row.name, step: newest.step });
  const input = {
    kind: 'dataset' as const,
    dataset: data.name,
    split: held ?? splits[0]?.name ?? '',
  };
  const text = `select predict() from ${address}(${printInput(input)})`;
  const pair = pairOf(
    { ...model.row.manifest, name: model.row.name },
    { ...data.manifest, name: data.name },
    { choice: { ...choice, scale: AS_STORED.scale }, trial: null },
  );
  if (!pair.fits) throw new Error(pair.problem);
  const { record, classes } = pair;
  return {
    ...{ id: '', text, query: parse(text) },
    model: asksFirst(
      {
        ...{ address, hash: newest.manifest.hash },
        ...{ manifest: model.row.manifest, checkpoint: newest.manifest },
      },
      record.output,
    ),
    data: {
      ...{ address: printInput(input), manifest: data.manifest },
      ...{ preprocessing: record, classes, warnings: [] },
    },
  };
}
