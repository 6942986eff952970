import { classifierOf } from '../../inference/classifier.ts';
import { predictAll } from '../../inference/predictions.ts';
import { conditionAsksModel } from '../../slices/condition.ts';
import type { Method } from '../method.ts';

/** How many examples a slice has. An empty one has none, which is an answer here. */
export const method: Method = {
  version: '3',
  reading:
    'The examples for which the condition holds, of all in the split. The accuracy is known where the condition asks the model.',
  async run(context) {
    const { plan } = context;
    const examples = await context.examples();
    const { split, indices } = examples;
    let accuracy: number | null = null;
    let warnings: readonly string[] = [];
    // Counting by label or index must stay cheap, so the model is only asked where the condition has asked it already.
    if (conditionAsksModel(plan.query) && indices.length > 0 && split.y) {
      const classifier = classifierOf(await context.model(), split.dataset);
      if (classifier) {
        const found = await predictAll(context, examples, classifier, false);
        accuracy = found.accuracy;
        warnings = [...classifier.warnings, ...found.warnings];
      }
    }
    return {
      type: 'count',
      title: `Number of examples of ${examples.address}`,
      axes: [],
      tensors: {},
      record: { count: indices.length, total: split.size, accuracy },
      n: indices.length,
      warnings,
    };
  },
};
