import { listed } from '../../../../core/errors/index.ts';
import { predictAll } from '../../inference/predictions.ts';
import { labelledExamples } from '../labelled.ts';
import { f32, i32, type Method } from '../method.ts';

/**
 * Precision, recall and F1 of each class as scikit-learn's precision_recall_fscore_support defines them; where one has
 * nothing to divide by it is 0, and a warning names the class.
 */
export const method: Method = {
  version: '2',
  reading:
    'Precision is the share of a class’s predictions that are right, recall the share of its examples that are found; F1 is their harmonic mean. Support is how many examples have the class.',
  async run(context) {
    const { examples, classifier, classes } = await labelledExamples(context, 'classmetrics()');
    const found = await predictAll(context, examples, classifier, false);
    const size = classes.length;
    const support = new Int32Array(size);
    const predictedCount = new Int32Array(size);
    const right = new Int32Array(size);
    let unlabelled = 0;
    found.label.forEach((label, i) => {
      if (label < 0 || label >= size) {
        unlabelled++;
        return;
      }
      const predicted = found.predicted[i]!;
      support[label]! += 1;
      if (predicted >= 0) predictedCount[predicted]! += 1;
      if (label === predicted) right[label]! += 1;
    });
    // Where the model predicts nothing at all, it has no precision or recall either: not a number.
    const none = predictedCount.every((count) => count === 0);
    const share = (part: number, whole: number) => (none ? Number.NaN : whole > 0 ? part / whole : 0);
    const column = (of: (c: number) => number) =>
      f32(
        Float32Array.from({ length: size }, (_, c) => of(c)),
        [size],
        ['class'],
      );
    const named = (counts: Int32Array) => listed(classes.filter((_, c) => counts[c] === 0));
    const warnings = [...classifier.warnings, ...found.warnings];
    const never = none ? '' : named(predictedCount);
    const absent = none ? '' : named(support);
    if (never)
      warnings.push(`Never predicted: ${never}. Their precision has nothing to divide by and counts as 0.`);
    if (absent)
      warnings.push(`No examples of ${absent}. Their recall has nothing to divide by and counts as 0.`);
    if (found.unpredicted > 0)
      warnings.push(
        none
          ? 'Without any prediction there is no precision, recall or F1: they are not numbers.'
          : 'An example without a prediction counts in its class’s support and recall, in no precision.',
      );
    if (unlabelled > 0) warnings.push(`${unlabelled} examples without a label were left out.`);
    return {
      type: 'table[class]',
      title: `Precision and recall of ${context.plan.model.address} on ${examples.address}`,
      axes: [{ name: 'class', size, labels: classes }],
      tensors: {
        precision: column((c) => share(right[c]!, predictedCount[c]!)),
        recall: column((c) => share(right[c]!, support[c]!)),
        f1: column((c) => share(2 * right[c]!, predictedCount[c]! + support[c]!)),
        support: i32(support, [size], ['class']),
        predicted_count: i32(predictedCount, [size], ['class']),
      },
      record: { classes, accuracy: found.accuracy, unpredicted: found.unpredicted },
      n: examples.indices.length,
      warnings,
    };
  },
};
