/** Whether a model scores classes, and what its output says of them: one rule for the checker and the engine. */

import { shapeText } from '../../preprocessing/index.ts';
import type { GraphRecord } from '../../result/types.ts';
import type { CatalogDataset, CatalogModel } from './catalog.ts';
import { type Head, headOfGraph } from './head.ts';

/** The loss that an output was trained with, where the file says so. */
export type TrainedLoss = NonNullable<NonNullable<GraphRecord['losses']>[number]>;

/**
 * How an output becomes class scores. Probabilities: a `softmax`, its logarithm (`log softmax`), a sigmoid per class
 * (`sigmoid`), one sigmoid for two classes (`binary`); those of which the file says that the loss took them as logits
 * (`logits`, `sigmoid logits`, `binary logits`). `outputs`: as many numbers as classes, of which nothing more is known.
 */
export type Ending =
  | 'softmax'
  | 'log softmax'
  | 'sigmoid'
  | 'binary'
  | 'logits'
  | 'sigmoid logits'
  | 'binary logits'
  | 'outputs';

export interface Scoring {
  readonly ending: Ending;
  readonly classes: number;
}

/** Losses of numbers, not of classes. */
const REGRESSION =
  /^(mean_(squared|absolute|squared_logarithmic|absolute_percentage)_(error|percentage_error)|mse|mae|msle|mape|mean_absolute_percentage_error|huber|log_?cosh|poisson|cosine_similarity)$/;

/** Null where the output scores no classes. `labelled`: classes of the data set, 0 where it has none. */
export function scoringOf(
  { kind, units }: Pick<Head<unknown>, 'kind' | 'units'>,
  loss: TrainedLoss | null,
  labelled: number,
): Scoring | null {
  if (units === null) return null;
  const each = units > 1 && units === labelled;
  switch (kind) {
    case 'softmax':
      return { ending: 'softmax', classes: units };
    case 'log_softmax':
      return { ending: 'log softmax', classes: units };
    case 'sigmoid':
      if (units === 1) return labelled <= 2 ? { ending: 'binary', classes: 2 } : null;
      return each ? { ending: 'sigmoid', classes: units } : null;
    case 'heads':
      return null;
    case 'other': {
      const name = loss?.name ?? '';
      if (loss?.fromLogits && /categorical_crossentropy/.test(name) && units > 1)
        return { ending: 'logits', classes: units };
      if (loss?.fromLogits && /^binary_(focal_)?crossentropy/.test(name)) {
        if (units === 1) return labelled <= 2 ? { ending: 'binary logits', classes: 2 } : null;
        return each ? { ending: 'sigmoid logits', classes: units } : null;
      }
      return each && !REGRESSION.test(name) ? { ending: 'outputs', classes: units } : null;
    }
  }
}

/** What of the output keeps it from scoring classes, in words; null where its shape says it all. */
export function whyUnscored(
  { kind, units, sizes }: Pick<Head<unknown>, 'kind' | 'units' | 'sizes'>,
  labelled: number,
): string | null {
  if (kind === 'heads')
    return `it is ${sizes.length} heads side by side (${sizes.join(' + ')} units), each with scores of its own`;
  if (kind === 'sigmoid' && units === 1 && labelled > 2) return 'one sigmoid unit tells two classes apart';
  return null;
}

/** The checker's view: undefined where it cannot be told from the record, null where the model scores no classes. */
function recordedScoring({ graph }: CatalogModel, { classes }: CatalogDataset): Scoring | null | undefined {
  const head = headOfGraph(graph);
  return head ? scoringOf(head, graph.losses?.[0] ?? null, classes.length) : undefined;
}

/** How many classes; 0 for none, null where it cannot be told from the record. */
export function scoredClasses(model: CatalogModel, dataset: CatalogDataset): number | null {
  const scoring = recordedScoring(model, dataset);
  return scoring === undefined ? null : (scoring?.classes ?? 0);
}

/** "needs a model that scores classes, digits-vae puts out 64 (digits has 10 classes)"; null where the model does. */
export function missingClasses(model: CatalogModel, dataset: CatalogDataset): string | null {
  if (scoredClasses(model, dataset) !== 0) return null;
  const { graph, name } = model;
  const shape = graph.layers.find((l) => l.name === graph.outputs[0])?.outputShape.slice(1) ?? [];
  const classes = dataset.classes.length;
  const beside = shape.length === 1 ? ` (${dataset.name} has ${classes === 0 ? 'no' : classes} classes)` : '';
  const head = headOfGraph(graph);
  const why = head && whyUnscored(head, classes);
  return `needs a model that scores classes, ${name} puts out ${shapeText(shape)}${beside}${why === null ? '' : `: ${why}`}`;
}

/** As missingClasses, also where the scores are no probabilities. */
export function missingProbabilities(model: CatalogModel, dataset: CatalogDataset): string | null {
  const missing = missingClasses(model, dataset);
  if (missing !== null || recordedScoring(model, dataset)?.ending !== 'outputs') return missing;
  return `needs probabilities, and nothing in ${model.name} makes its outputs such; ${IF_LOGITS}`;
}

/** What the model lacks for a column that is made of its classes or probabilities; null where it lacks nothing. */
export function missingFor(
  asks: 'classes' | 'probabilities' | null,
  model: CatalogModel,
  dataset: CatalogDataset,
): string | null {
  if (asks === null) return null;
  return asks === 'classes' ? missingClasses(model, dataset) : missingProbabilities(model, dataset);
}

/** "needs a model that puts out a row of numbers, ..."; null where the model does, or where it cannot be told. */
export function missingNumbers({ graph, name }: CatalogModel): string | null {
  const head = headOfGraph(graph);
  if (head === null || head.units !== null) return null;
  const [output = ''] = graph.outputs;
  const shape = graph.layers.find((l) => l.name === output)?.outputShape.slice(1) ?? [];
  return `needs a model that puts out a row of numbers, ${name} puts out ${shapeText(shape)}; ask for activation(${output})`;
}

/** What whoever knows more than the file can do. */
export const IF_LOGITS =
  'if they are logits, save the model compiled with a loss of from_logits=True, or with a Softmax at its end';
