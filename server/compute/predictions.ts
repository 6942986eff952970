/** What a classifier says of many examples. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Classifier } from './classifier.ts';
import { type Examples, labelsOf } from './examples.ts';
import { forEachBatch } from './forward.ts';
import type { MethodContext } from './methods/method.ts';
import { MODEL_OUTPUT } from './model.ts';

export interface Predictions {
  /** True classes, -1 where there are none; all columns are in the order of the examples. */
  readonly label: Int32Array;
  readonly predicted: Int32Array;
  /** Probability of the predicted class. */
  readonly confidence: Float32Array;
  /** (examples, classes), where asked for. */
  readonly probabilities: Float32Array | null;
  /** Share of labelled examples that are right; null without labels. */
  readonly accuracy: number | null;
}

export async function predictAll(
  context: MethodContext,
  examples: Examples,
  classifier: Classifier,
  withProbabilities: boolean,
): Promise<Predictions> {
  const { tf, plan } = context;
  const n = examples.indices.length;
  const classes = classifier.classes.length;
  const label = labelsOf(examples);
  const predicted = new Int32Array(n);
  const confidence = new Float32Array(n);
  const probabilities = withProbabilities ? new Float32Array(n * classes) : null;
  await forEachBatch(
    context,
    plan.model.manifest,
    await context.model(),
    examples,
    [MODEL_OUTPUT],
    ({ from, outputs }) => {
      const p = classifier.probabilities(tf, outputs[0]!);
      predicted.set(tf.argMax(p, 1).dataSync(), from);
      confidence.set(tf.max(p, 1).dataSync(), from);
      probabilities?.set(p.dataSync(), from * classes);
    },
    'predictions',
  );
  let [labelled, right] = [0, 0];
  for (let i = 0; i < n; i++) {
    if (label[i]! < 0) continue;
    labelled++;
    if (label[i] === predicted[i]) right++;
  }
  return { label, predicted, confidence, probabilities, accuracy: labelled > 0 ? right / labelled : null };
}

/** Below this a probability in float32 loses its digits; its logarithm, -87.3, is the largest loss told of a softmax. */
const LEAST = 2 ** -126;

/** Cross-entropy of the true labels, -log p; NaN without a label. `output` is the model's, (n, units). */
export function labelLosses(
  tf: MethodContext['tf'],
  classifier: Classifier,
  output: Tensor,
  labels: Int32Array,
): Float32Array {
  // Straight from the logits nothing can underflow.
  const tensor = tf.tidy(() =>
    classifier.ending === 'logits'
      ? tf.logSoftmax(output.as2D(labels.length, output.size / labels.length))
      : tf.log(tf.clipByValue(classifier.probabilities(tf, output), LEAST, 1)),
  );
  const logs = tensor.dataSync();
  tensor.dispose();
  const classes = logs.length / labels.length;
  return Float32Array.from(labels, (label, i) =>
    label < 0 || label >= classes ? Number.NaN : Math.max(0, -logs[i * classes + label]!),
  );
}
