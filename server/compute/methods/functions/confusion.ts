import { predictAll } from '../../inference/predictions.ts';
import { labelledExamples } from '../labelled.ts';
import { i32, type Method } from '../method.ts';

/** True against predicted classes, with the examples behind each cell. */
export const method: Method = {
  version: '2',
  reading: 'Rows are true classes, columns predictions. Click a cell to select its examples everywhere.',
  async run(context) {
    const { plan } = context;
    const { examples, classifier, classes: labels } = await labelledExamples(context, 'confusion()');
    const size = labels.length;
    const found = await predictAll(context, examples, classifier, false);
    const counts = new Int32Array(size * size);
    found.label.forEach((label, i) => {
      const predicted = found.predicted[i]!;
      if (label >= 0 && label < size && predicted >= 0) counts[label * size + predicted]! += 1;
    });
    const n = examples.indices.length;
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
      record: { classes: labels, accuracy: found.accuracy, unpredicted: found.unpredicted },
      n,
      warnings: [
        ...classifier.warnings,
        ...found.warnings,
        ...(found.unpredicted > 0
          ? [`${found.unpredicted} examples without a prediction stand in no cell.`]
          : []),
      ],
    };
  },
};
