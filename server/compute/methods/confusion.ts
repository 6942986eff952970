import { UserError } from '../../../core/errors/index.ts';
import { requireClassifier } from '../classifier.ts';
import { predictAll } from '../predictions.ts';
import { i32, type Method } from './method.ts';

/** True against predicted classes, with the examples behind each cell. */
export const confusion: Method = {
  function: 'confusion',
  version: '1',
  summary: 'True against predicted classes: how often each is taken for each.',
  reading: 'Rows are true classes, columns predictions. Click a cell to select its examples everywhere.',
  async run(context) {
    const { plan } = context;
    const examples = await context.examples();
    const { dataset, y } = examples.split;
    const classifier = requireClassifier(await context.model(), dataset, 'confusion()');
    const size = classifier.classes.length;
    if (!y)
      throw new UserError('invalid', `${examples.address} has no labels; confusion() compares with them`);
    if (dataset.classes.length > size)
      throw new UserError(
        'invalid',
        `the model has ${size} classes, the data set has ${dataset.classes.length}: they cannot be compared`,
      );
    const found = await predictAll(context, examples, classifier, false);
    const counts = new Int32Array(size * size);
    found.label.forEach((label, i) => {
      if (label >= 0 && label < size) counts[label * size + found.predicted[i]!]! += 1;
    });
    const n = examples.indices.length;
    const labels = [...classifier.classes];
    return {
      type: 'matrix[class,class]',
      title: `Confusion of ${plan.model.address} on ${examples.address}`,
      axes: [
        { name: 'true class', size, labels },
        { name: 'predicted class', size, labels },
        { name: 'example', size: n },
      ],
      tensors: {
        counts: i32(counts, [size, size], ['true class', 'predicted class']),
        example_index: i32(examples.indices, [n], ['example']),
        example_label: i32(found.label, [n], ['example']),
        example_predicted: i32(found.predicted, [n], ['example']),
      },
      record: { classes: labels, accuracy: found.accuracy },
      n,
      warnings: classifier.warnings,
    };
  },
};
