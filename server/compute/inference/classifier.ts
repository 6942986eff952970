/** Whether a model's output is a class score, and what it says as probabilities. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import {
  type Ending,
  IF_LOGITS,
  scoringOf,
  type TrainedLoss,
  whyUnscored,
} from '../../../core/algebra/index.ts';
import type { DatasetManifest } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { classNames } from '../data/examples.ts';
import type { LoadedModel } from '../network/model.ts';
import type { Program } from '../network/program.ts';
import type { Tf } from '../tf.ts';

export interface Classifier {
  readonly ending: Ending;
  /** Whether its numbers are probabilities; else they are the outputs as they are. */
  readonly scores: 'probability' | 'score';
  readonly classes: readonly string[];
  readonly warnings: readonly string[];
  readonly program: Program;
  /** (n, ...) -> (n, classes): probabilities, or the outputs where they are none. */
  probabilities(tf: Tf, output: Tensor): Tensor2D;
}

/** Null for a model whose first output scores no classes (core/algebra/classifier.ts has the rule). */
export function classifierOf(loaded: LoadedModel, dataset: DatasetManifest): Classifier | null {
  const { program } = loaded;
  const { head } = program;
  const loss = loaded.losses?.[0] ?? null;
  const labelled = dataset.classes.length;
  const scoring = scoringOf(head, loss, labelled);
  if (scoring === null) return null;
  const { ending, classes: count } = scoring;
  const scores = ending === 'outputs' ? 'score' : 'probability';
  return {
    ending,
    scores,
    classes: classNames(dataset, count),
    warnings: warningsOf(loaded, ending, loss, count, labelled),
    program,
    probabilities: (tf, output) => {
      const units = head.units ?? 1;
      return probabilitiesOf(tf, ending, output.as2D(output.size / units, units));
    },
  };
}

function probabilitiesOf(tf: Tf, ending: Ending, output: Tensor2D): Tensor2D {
  const both = (p: Tensor2D) => tf.concat2d([tf.sub(1, p), p], 1);
  switch (ending) {
    case 'softmax':
    case 'sigmoid':
    case 'outputs':
      return output;
    case 'log softmax':
      return tf.exp(output);
    case 'logits':
      return tf.softmax(output);
    case 'sigmoid logits':
      return tf.sigmoid(output);
    case 'binary':
      return both(output);
    case 'binary logits':
      return both(tf.sigmoid(output));
  }
}

/** As classifierOf; throws UserError('invalid') where the model does not classify. */
export function requireClassifier(loaded: LoadedModel, dataset: DatasetManifest, asked: string): Classifier {
  const found = classifierOf(loaded, dataset);
  if (found) return found;
  const { outputs } = loaded.program;
  const shape = (outputs[0]?.shape ?? []).map((d) => d ?? '?').join(', ');
  const why = whyUnscored(loaded.program.head, dataset.classes.length);
  const which = outputs.length > 1 ? `its first output, ${nameOf(loaded, 0)},` : "this one's output";
  throw new UserError(
    'invalid',
    `${asked} needs a model that scores classes; ${which} is [${shape}] for a data set of ${dataset.classes.length} classes${why === null ? '' : `: ${why}`}`,
  );
}

/** As requireClassifier; throws UserError('invalid') also where the outputs are no probabilities. */
export function requireProbabilities(
  loaded: LoadedModel,
  dataset: DatasetManifest,
  asked: string,
): Classifier {
  const found = requireClassifier(loaded, dataset, asked);
  if (found.scores === 'probability') return found;
  throw new UserError(
    'invalid',
    `${asked} needs probabilities, and nothing in this model makes its outputs such; ${IF_LOGITS}`,
  );
}

/** Which of several outputs an answer is about; null where there is one. */
export function outputUsed(loaded: LoadedModel): string | null {
  const [first, ...others] = loaded.program.outputs.map((_, i) => nameOf(loaded, i));
  if (first === undefined || others.length === 0) return null;
  const [other = ''] = others;
  return `The model has ${others.length + 1} outputs: this is about ${loaded.output === undefined ? 'the first' : 'the one that the labels belong to'}, ${first}, not about ${others.join(', ')}; ask about ${others.length === 1 ? 'that' : 'those'} as layers, as in stats(${other}).`;
}

function nameOf({ program }: LoadedModel, output: number): string {
  return program.outputs[output]?.call.node.name ?? '';
}

function warningsOf(
  loaded: LoadedModel,
  ending: Ending,
  loss: TrainedLoss | null,
  count: number,
  labelled: number,
): string[] {
  const warnings: string[] = [];
  const used = outputUsed(loaded);
  if (used !== null) warnings.push(used);
  const trained = `the file says that it was trained with ${loss?.name}, from_logits=True`;
  switch (ending) {
    case 'softmax':
      if (count === 1)
        warnings.push('A softmax over a single unit is 1 for every example: it tells no classes apart.');
      break;
    case 'log softmax':
      warnings.push(
        'The outputs are logarithms of probabilities: what is shown are their exponentials, the probabilities.',
      );
      break;
    case 'sigmoid':
      warnings.push('Each class has a sigmoid of its own: the scores do not sum to one.');
      break;
    case 'binary':
      if (labelled !== 2)
        warnings.push('One sigmoid unit is read as two classes: its output is the probability of class 1.');
      break;
    case 'logits':
      warnings.push(`The outputs are logits, a softmax was applied: ${trained}.`);
      break;
    case 'sigmoid logits':
      warnings.push(
        `The outputs are logits, a sigmoid was applied to each, so that the scores do not sum to one: ${trained}.`,
      );
      break;
    case 'binary logits':
      warnings.push(
        `The output is a logit, a sigmoid was applied, which is the probability of class 1: ${trained}.`,
      );
      break;
    case 'outputs':
      warnings.push(
        `Nothing in the model makes its outputs probabilities: they are shown as they are, the largest is taken as the prediction, and there is no confidence; ${IF_LOGITS}.`,
      );
      break;
  }
  if (loaded.program.scoresAreEdited)
    warnings.push('A change acts on the probabilities themselves: they need not sum to one.');
  if (labelled > 0 && labelled !== count)
    warnings.push(`The model has ${count} classes, the data set has ${labelled}.`);
  return warnings;
}
