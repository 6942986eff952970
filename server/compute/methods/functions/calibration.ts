import { UserError } from '../../../../core/errors/index.ts';
import { predictAll, unpredictedWarnings } from '../../inference/predictions.ts';
import { numberArgument } from '../arguments.ts';
import { labelledExamples } from '../labelled.ts';
import { f32, i32, type Method } from '../method.ts';

const MAX_BINS = 1000;

/**
 * Reliability by bins of equal width (Guo et al. 2017, "On Calibration of Modern Neural Networks", eqs. 2 to 5). A bin
 * holds its upper edge, the first one zero too. Brier is the original multi-class score (Brier 1950): squared errors of
 * all class probabilities, summed over the classes.
 */
export const method: Method = {
  version: '2',
  reading:
    'Each bar is the accuracy of the predictions made with that much confidence; below the diagonal the model is too sure of itself. ECE is the mean distance from the diagonal, weighted by the number of examples.',
  async run(context) {
    const bins = numberArgument(context.plan.query, 15);
    if (bins > MAX_BINS)
      throw new UserError('invalid', `calibration() takes 1 to ${MAX_BINS} bins, found ${bins}`);
    const { examples, classifier, classes } = await labelledExamples(context, 'calibration()');
    const found = await predictAll(context, examples, classifier, true);
    const { label, predicted, confidence, probabilities } = found;
    const counts = new Int32Array(bins);
    const sums = new Float64Array(bins);
    const right = new Int32Array(bins);
    const size = classes.length;
    let brier = 0;
    let n = 0;
    label.forEach((own, i) => {
      if (own < 0 || own >= size || !Number.isFinite(confidence[i]!)) return;
      n++;
      const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence[i]! * bins) - 1));
      counts[bin]! += 1;
      sums[bin]! += confidence[i]!;
      if (own === predicted[i]) right[bin]! += 1;
      for (let c = 0; c < size; c++)
        brier += ((probabilities?.[i * size + c] ?? 0) - (c === own ? 1 : 0)) ** 2;
    });
    if (n === 0)
      throw new UserError(
        'invalid',
        [
          `no example of ${examples.address} has a label and a finite confidence, so there is no calibration`,
          ...found.warnings,
        ].join('. '),
      );
    let [ece, mce] = [0, 0];
    for (let b = 0; b < bins; b++) {
      if (counts[b] === 0) continue;
      const gap = Math.abs(right[b]! - sums[b]!) / counts[b]!;
      ece += (gap * counts[b]!) / n;
      mce = Math.max(mce, gap);
    }
    const mean = (total: (b: number) => number) =>
      f32(
        Float32Array.from(counts, (count, b) => (count > 0 ? total(b) / count : Number.NaN)),
        [bins],
        ['bin'],
      );
    const left = label.length - n;
    return {
      type: 'calibration',
      title: `Calibration of ${context.plan.model.address} on ${examples.address}`,
      axes: [{ name: 'bin', size: bins }],
      tensors: {
        count: i32(counts, [bins], ['bin']),
        confidence: mean((b) => sums[b]!),
        accuracy: mean((b) => right[b]!),
        edges: f32(
          Float32Array.from({ length: bins + 1 }, (_, b) => b / bins),
          [bins + 1],
          ['edge'],
        ),
      },
      record: {
        ece,
        mce,
        brier: brier / n,
        accuracy: right.reduce((a, b) => a + b, 0) / n,
        classes,
      },
      n,
      warnings: [
        ...classifier.warnings,
        ...(found.unpredicted > 0
          ? await unpredictedWarnings(
              context,
              await context.model(),
              examples,
              predicted,
              'they are in no bin, and the accuracy is over the others',
            )
          : []),
        ...(left > 0 ? [`${left} examples without a label or a finite confidence were left out.`] : []),
      ],
      parameters: { bins },
    };
  },
};
