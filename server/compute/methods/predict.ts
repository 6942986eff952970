import { requireClassifier } from '../classifier.ts';
import { shownPictures } from '../display.ts';
import type { Examples } from '../examples.ts';
import { predictAll } from '../predictions.ts';
import { f32, i32, type Method, type MethodOutput, type OutputTensor } from './method.ts';

/** Of one example each class, of a slice each example. */
export const predict: Method = {
  function: 'predict',
  version: '3',
  summary: 'What the model says: of one example each class, of a slice each example.',
  reading:
    'For one example, each bar is the share of belief in a class. For a slice, one row per example: its class, the prediction, and the belief in it.',
  bytes: ({ data, model }) => {
    const classes = model.manifest.outputs[0]?.shape.at(-1) ?? 1;
    return Math.max(0, ...(data?.manifest.splits.map((s) => s.size) ?? [])) * (classes + 4) * 4 * 2;
  },
  async run(context): Promise<MethodOutput> {
    const { plan } = context;
    const examples = await context.examples();
    const { dataset } = examples.split;
    const classifier = requireClassifier(await context.model(), dataset, 'predict()');
    const found = await predictAll(context, examples, classifier, true);
    const n = examples.indices.length;
    const classes = [...classifier.classes];
    const classAxis = { name: 'class', size: classes.length, labels: classes };
    const common = { n, warnings: [...classifier.warnings, ...found.warnings] };
    if (examples.single) {
      const label = found.label[0]!;
      return {
        ...common,
        type: 'vector[class]',
        title: `Prediction of ${plan.model.address} for ${examples.address}`,
        axes: [classAxis],
        tensors: {
          values: f32(found.probabilities ?? new Float32Array(), [classes.length], ['class']),
          ...picture(examples),
        },
        record: {
          classes,
          accuracy: null,
          label: label < 0 ? null : label,
          predicted: found.predicted[0]! < 0 ? null : found.predicted[0]!,
          example: examples.address,
        },
      };
    }
    return {
      ...common,
      type: 'table[example]',
      title: `Predictions of ${plan.model.address} for ${examples.address}`,
      axes: [{ name: 'example', size: n }, classAxis],
      tensors: {
        index: i32(examples.indices, [n], ['example']),
        label: i32(found.label, [n], ['example']),
        predicted: i32(found.predicted, [n], ['example']),
        confidence: f32(found.confidence, [n], ['example']),
        probabilities: f32(
          found.probabilities ?? new Float32Array(),
          [n, classes.length],
          ['example', 'class'],
        ),
        ...columns(examples),
      },
      record: { classes, accuracy: found.accuracy, unpredicted: found.unpredicted },
    };
  },
};

/** `column.NAME` (examples) for every column of the data set. */
function columns({ split, indices }: Examples): Record<string, OutputTensor> {
  return Object.fromEntries(
    Object.entries(split.columns).map(([name, values]) => [
      `column.${name}`,
      f32(
        Float32Array.from(indices, (i) => values[i] ?? Number.NaN),
        [indices.length],
        ['example'],
      ),
    ]),
  );
}

/** The example itself, where it is a picture: `image` (y, x, channel). */
function picture(examples: Examples): Record<string, OutputTensor> {
  const shown = shownPictures(examples, 0, 1);
  return shown ? { image: f32(shown.pixels, shown.shape, ['y', 'x', 'channel']) } : {};
}
