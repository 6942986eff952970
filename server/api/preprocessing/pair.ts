/** A model and a data set of a project together: what is proposed or chosen for them, tried where only a trial can tell. */
import {
  isDecided,
  type Pair,
  type PairData,
  type PairModel,
  type PreprocessingChoice,
  pairOf,
  type StoredPair,
  type Trial,
  wantsTrial,
} from '../../../core/preprocessing/index.ts';
import type { DatasetRow } from '../../store/contract.ts';
import type { App } from '../app/app.ts';
import type { KnownModel, KnownProject } from '../app/catalog.ts';
import { newestOf, tryScales } from './trial.ts';

const modelOf = ({ row }: KnownModel): PairModel => ({ ...row.manifest, name: row.name });
const dataOf = ({ name, manifest }: DatasetRow): PairData => ({ ...manifest, name });

/** As far as it is known without asking the model. */
export function knownPair(project: KnownProject, model: KnownModel, data: DatasetRow): Pair {
  const later = laterOf(project, model, data);
  if (later) return later;
  return pairOf(modelOf(model), dataOf(data), keptOf(project, model, data));
}

/** With a trial first where nobody chose and only the model's answers can tell; its outcome is kept. */
export async function pairFor(
  app: App,
  project: KnownProject,
  model: KnownModel,
  data: DatasetRow,
): Promise<Pair> {
  const later = laterOf(project, model, data);
  if (later) return later;
  const kept = keptOf(project, model, data);
  const trial = await trialFor(app, project, model, data, kept.choice);
  return pairOf(modelOf(model), dataOf(data), { ...kept, trial });
}

/** What the program would do by itself. */
export function proposedPair(project: KnownProject, model: KnownModel, data: DatasetRow): Pair {
  return pairOf(modelOf(model), dataOf(data), { ...keptOf(project, model, data), choice: {} });
}

/** Null where no trial is needed, or none can be made. */
async function trialFor(
  app: App,
  project: KnownProject,
  model: KnownModel,
  data: DatasetRow,
  choice: PreprocessingChoice,
): Promise<Trial | null> {
  if (!wantsTrial(modelOf(model), dataOf(data), choice)) return null;
  const newest = newestOf(model);
  if (!newest) return null;
  const kept = rowOf(project, model, data)?.trial ?? null;
  // What an untrained model said is asked again of a later checkpoint.
  if (kept && (isDecided(kept.outcome) || kept.checkpoint === newest.manifest.hash)) return kept.outcome;
  return tryScales(app, model, data, choice);
}

const rowOf = ({ preprocessings }: KnownProject, model: KnownModel, data: DatasetRow) =>
  preprocessings.find(({ modelId, datasetId }) => modelId === model.row.id && datasetId === data.id);

/** What a later version kept for the pair may not be left out: answers would be others, and nobody would know. */
function laterOf(project: KnownProject, model: KnownModel, data: DatasetRow): Pair | null {
  const problem = rowOf(project, model, data)?.later ?? null;
  return problem === null ? null : { fits: false, problem, offers: [] };
}

function keptOf(project: KnownProject, model: KnownModel, data: DatasetRow): StoredPair {
  const row = rowOf(project, model, data);
  return { choice: row?.chosen ?? {}, trial: row?.trial?.outcome ?? null };
}
