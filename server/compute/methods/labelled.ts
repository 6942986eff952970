/** What confusion(), classmetrics() and calibration() share: a classifier, labels, and as many classes in both. */
import { UserError } from '../../../core/errors/index.ts';
import type { Examples } from '../data/examples.ts';
import { type Classifier, requireClassifier } from '../inference/classifier.ts';
import type { MethodContext } from '../inference/context.ts';

export interface Labelled {
  readonly examples: Examples;
  readonly classifier: Classifier;
  readonly classes: string[];
}

/** Throws UserError('invalid') for data without labels and models that score other classes. */
export async function labelledExamples(context: MethodContext, asked: string): Promise<Labelled> {
  const examples = await context.examples();
  const { dataset, y } = examples.split;
  const classifier = requireClassifier(await context.model(), dataset, asked);
  const size = classifier.classes.length;
  if (!y) throw new UserError('invalid', `${examples.address} has no labels; ${asked} compares with them`);
  if (dataset.classes.length > size)
    throw new UserError(
      'invalid',
      `the model has ${size} classes, the data set has ${dataset.classes.length}: they cannot be compared`,
    );
  return { examples, classifier, classes: [...classifier.classes] };
}
