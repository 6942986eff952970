/** The preprocessing of a pair: shown, chosen, given back to what is proposed. */
import type { z } from 'zod';
import type { pairInShortSchema, preprocessingSchema } from '../../../core/api/index.ts';
import type { ModelManifest } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import {
  AS_STORED,
  MAIN,
  type Pair,
  type PreprocessingChoice,
  pairOf,
  sourceOptions,
  specText,
} from '../../../core/preprocessing/index.ts';
import type { DatasetRow, ProjectRow } from '../../store/contract.ts';
import { type App, notFound } from '../app/app.ts';
import { chosenFor, type KnownModel, type KnownProject, refuseLaterRow } from '../app/catalog.ts';
import { projectChanged } from '../app/changed.ts';
import { knownPair, pairFor, proposedPair } from './pair.ts';

type Shown = z.infer<typeof preprocessingSchema>;
type InShort = z.infer<typeof pairInShortSchema>;

interface Asked {
  readonly known: KnownProject;
  readonly model: KnownModel;
  readonly data: DatasetRow;
}

async function find(app: App, project: ProjectRow, model: string, dataset: string): Promise<Asked> {
  const known = await app.catalogs.of(project.id);
  refuseLaterRow(known.later.models, model);
  refuseLaterRow(known.later.datasets, dataset);
  const found = known.models.find(({ row }) => row.name === model);
  if (!found) throw notFound('model');
  const data = known.datasets.find(({ name }) => name === dataset);
  if (!data) throw notFound('data set');
  return { known, model: found, data };
}

export async function showPreprocessing(
  app: App,
  project: ProjectRow,
  model: string,
  dataset: string,
): Promise<Shown> {
  const asked = await find(app, project, model, dataset);
  const pair = await pairFor(app, asked.known, asked.model, asked.data);
  // A trial that was made for this is known only now.
  const now = await find(app, project, model, dataset);
  return shown(now, pair);
}

/** Throws `invalid` where the pair does not fit under the choice. */
export async function choosePreprocessing(
  app: App,
  project: ProjectRow,
  model: string,
  dataset: string,
  choice: PreprocessingChoice,
): Promise<Shown> {
  const { model: found, data } = await find(app, project, model, dataset);
  const pair = pairOf(
    { ...found.row.manifest, name: found.row.name },
    { ...data.manifest, name: data.name },
    { choice, trial: null },
  );
  if (!pair.fits) throw new UserError('invalid', pair.problem);
  await app.store.preprocessings.choose(found.row.id, data.id, choice);
  projectChanged(app, project.id, true);
  return showPreprocessing(app, project, model, dataset);
}

export async function forgetPreprocessing(
  app: App,
  project: ProjectRow,
  model: string,
  dataset: string,
): Promise<Shown> {
  const { model: found, data } = await find(app, project, model, dataset);
  await app.store.preprocessings.choose(found.row.id, data.id, null);
  projectChanged(app, project.id, true);
  return showPreprocessing(app, project, model, dataset);
}

function shown({ known, model, data }: Asked, pair: Pair): Shown {
  const proposed = proposedPair(known, model, data);
  const proposal = proposed.fits ? proposed.record : null;
  const common = {
    model: model.row.name,
    dataset: data.name,
    proposed: proposal && { spec: proposal.spec, evidence: proposal.evidence },
    choice: chosenFor(model.row, [data], known.preprocessings).get(data.name) ?? {},
    storedShape: pair.fits ? pair.record.shapes.stored : data.manifest.shape,
    storedClasses: data.manifest.classes,
    offers: [...(proposed.fits ? [] : proposed.offers)],
    inputs: inputsShown(model.row.manifest, data, pair),
    ...outputsShown(model.row.manifest, pair),
  };
  if (!pair.fits)
    return {
      ...common,
      ...{ problem: pair.problem, spec: AS_STORED, origin: 'proposed', evidence: [], shapes: null },
      ...{ classes: data.manifest.classes, warnings: [] },
    };
  const { spec, origin, evidence, shapes } = pair.record;
  return {
    ...common,
    ...{ problem: null, spec, origin, evidence, shapes },
    ...{ classes: [...pair.classes], warnings: [...pair.warnings] },
  };
}

/** Nothing where there is one input and one array: nobody has anything to choose. */
function inputsShown(
  manifest: ModelManifest,
  { name, manifest: stored }: DatasetRow,
  pair: Pair,
): Shown['inputs'] {
  if (manifest.inputs.length < 2 && !stored.arrays) return [];
  const { input, beside = [] } = pair.fits ? pair.record : {};
  const first = manifest.inputs[0]?.name;
  const bound = new Map([...(input ? [input] : []), ...beside].map((each) => [each.name, each.source]));
  // The only input of a model that is given the first array.
  if (pair.fits && !input && first !== undefined)
    bound.set(first, { kind: 'array', name: stored.main ?? MAIN });
  return manifest.inputs.map((each) => {
    const source = bound.get(each.name) ?? null;
    const options = sourceOptions(each, { ...stored, name });
    const known = options.some((option) => JSON.stringify(option) === JSON.stringify(source));
    return {
      ...{ name: each.name, shape: each.shape.slice(1), source },
      options: source && !known ? [source, ...options] : options,
    };
  });
}

function outputsShown({ graph }: ModelManifest, pair: Pair): Pick<Shown, 'outputs' | 'output'> {
  const outputs = [...new Set(graph.outputs)];
  if (outputs.length < 2) return { outputs: [], output: null };
  return { outputs, output: (pair.fits ? pair.record.output : undefined) ?? outputs[0] ?? null };
}

/** For the answer to an import: the pairs that the new one makes with what is there. */
export async function pairsInShort(
  app: App,
  projectId: string,
  of: { readonly model: string } | { readonly dataset: string },
): Promise<InShort[]> {
  const known = await app.catalogs.of(projectId);
  const models = known.models.filter(({ row }) => !('model' in of) || row.name === of.model);
  const datasets = known.datasets.filter(({ name }) => !('dataset' in of) || name === of.dataset);
  return models.flatMap((model) =>
    datasets.map((data): InShort => {
      const names = { model: model.row.name, dataset: data.name };
      const pair = knownPair(known, model, data);
      return pair.fits
        ? {
            ...names,
            ...{ fits: true, words: specText(pair.record.spec), origin: pair.record.origin },
            evidence: [...pair.record.evidence, ...pair.warnings],
          }
        : { ...names, fits: false, words: pair.problem, origin: 'proposed', evidence: [] };
    }),
  );
}
