/** What a classifier says of many examples. */
import type { Tensor } from '@tensorflow/tfjs';
import { type Examples, labelsOf } from '../data/examples.ts';
import { type LoadedModel, MODEL_OUTPUT } from '../network/model.ts';
import type { Classifier } from './classifier.ts';
import type { MethodContext } from './context.ts';
import { forEachBatch } from './forward.ts';
import { type OriginSource, originOf } from './origin.ts';

export interface Predictions {
  /** True classes, -1 where there are none; all columns are in the order of the examples. */
  readonly label: Int32Array;
  /** -1 where there is no prediction: see `readClasses`. */
  readonly predicted: Int32Array;
  /** Probability of the predicted class; NaN where there is no prediction, or outputs are no probabilities. */
  readonly confidence: Float32Array;
  /** (examples, classes), where asked for; the outputs where they are no probabilities. */
  readonly probabilities: Float32Array | null;
  /**
   * Share of labelled examples that are right, one without a prediction being none of those; null without labels, and
   * where no labelled example has a prediction.
   */
  readonly accuracy: number | null;
  /** Examples without a prediction. */
  readonly unpredicted: number;
  /** What is to be said of those. */
  readonly warnings: readonly string[];
}

export interface ReadClasses {
  /** (n, classes); the outputs where they are no probabilities. */
  readonly probabilities: Float32Array;
  readonly predicted: Int32Array;
  readonly confidence: Float32Array;
}

/**
 * The likeliest class of each row of a classifier's output, the first of equals. A row in which a score is NaN, or the
 * highest is infinite, says nothing: its class is -1 and its confidence NaN. Decided here and not by argMax, which
 * answers with class 0 for such a row. Belongs into a tidy.
 */
export function readClasses(tf: MethodContext['tf'], classifier: Classifier, output: Tensor): ReadClasses {
  const probabilities = classifier.probabilities(tf, output).dataSync<'float32'>();
  const classes = classifier.classes.length;
  const n = probabilities.length / classes;
  const predicted = new Int32Array(n).fill(-1);
  const confidence = new Float32Array(n).fill(Number.NaN);
  for (let i = 0; i < n; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    let best = 0;
    for (let c = 1; c < classes; c++) if (row[c]! > row[best]!) best = c;
    if (!Number.isFinite(row[best]!) || row.some(Number.isNaN)) continue;
    predicted[i] = best;
    if (classifier.scores === 'probability') confidence[i] = row[best]!;
  }
  return { probabilities, predicted, confidence };
}

/** What is to be said of examples without a prediction, and where that began; nothing where all have one. */
export async function unpredictedWarnings(
  source: OriginSource,
  loaded: LoadedModel,
  examples: Examples,
  predicted: Int32Array,
  consequence: string,
): Promise<string[]> {
  const count = predicted.reduce((sum, c) => sum + (c < 0 ? 1 : 0), 0);
  if (count === 0) return [];
  const n = predicted.length;
  const origin = await originOf(source, loaded, examples, predicted.indexOf(-1));
  const who =
    n === 1
      ? 'There is no prediction, since the scores are not finite'
      : `${count} of ${n} examples have no prediction, since their scores are not finite`;
  return [`${who}${consequence === '' ? '' : `; ${consequence}`}. ${origin}`];
}

export async function predictAll(
  context: MethodContext,
  examples: Examples,
  classifier: Classifier,
  withProbabilities: boolean,
): Promise<Predictions> {
  const { tf, plan } = context;
  const loaded = await context.model();
  const n = examples.indices.length;
  const classes = classifier.classes.length;
  const label = labelsOf(examples);
  const predicted = new Int32Array(n);
  const confidence = new Float32Array(n);
  const probabilities = withProbabilities ? new Float32Array(n * classes) : null;
  await forEachBatch(
    context,
    plan.model.manifest,
    loaded,
    examples,
    [MODEL_OUTPUT],
    ({ from, outputs }) => {
      const read = readClasses(tf, classifier, outputs[0]!);
      predicted.set(read.predicted, from);
      confidence.set(read.confidence, from);
      probabilities?.set(read.probabilities, from * classes);
    },
    'predictions',
  );
  let [labelled, answered, right, unpredicted] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    if (predicted[i]! < 0) unpredicted++;
    if (label[i]! < 0) continue;
    labelled++;
    if (predicted[i]! >= 0) answered++;
    if (label[i] === predicted[i]) right++;
  }
  const accuracy = answered > 0 ? right / labelled : null;
  const consequence =
    labelled === 0 || n === 1
      ? ''
      : accuracy === null
        ? 'so there is no accuracy'
        : `the accuracy is over all ${labelled} labelled ones, and counts those as not right`;
  const warnings = await unpredictedWarnings(context, loaded, examples, predicted, consequence);
  return { label, predicted, confidence, probabilities, accuracy, unpredicted, warnings };
}
