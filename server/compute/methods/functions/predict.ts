import { shownPictures } from '../../data/display.ts';
import { type Examples, labelsOf } from '../../data/examples.ts';
import { classifierOf } from '../../inference/classifier.ts';
import type { MethodContext } from '../../inference/context.ts';
import { outputsAll } from '../../inference/outputs.ts';
import { predictAll } from '../../inference/predictions.ts';
import { f32, i32, type Method, type MethodOutput, type OutputTensor } from '../method.ts';

/**
 * Of one example each class, of a slice each example. A model that scores no classes says its outputs, by their numbers,
 * and predicts none.
 */
export const method: Method = {
  version: '4',
  reading:
    'For one example, each bar is the share of belief in a class. For a slice, one row per example: its class, the prediction, and the belief in it. Outputs that are no probabilities are shown as they are.',
  bytes: ({ data, model }) => {
    const classes = model.manifest.outputs[0]?.shape.at(-1) ?? 1;
    return Math.max(0, ...(data?.manifest.splits.map((s) => s.size) ?? [])) * (classes + 4) * 4 * 2;
  },
  async run(context): Promise<MethodOutput> {
    const { plan } = context;
    const examples = await context.examples();
    const found = await saidOf(context, examples);
    const n = examples.indices.length;
    const classes = [...found.classes];
    const { scores } = found;
    const classAxis = { name: 'class', size: classes.length, labels: classes };
    const common = { n, warnings: found.warnings };
    if (examples.single) {
      const label = found.label[0]!;
      return {
        ...common,
        type: 'vector[class]',
        title: `Prediction of ${plan.model.address} for ${examples.address}`,
        axes: [classAxis],
        tensors: {
          values: f32(found.values, [classes.length], ['class']),
          ...picture(examples),
        },
        record: {
          scores,
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
        probabilities: f32(found.values, [n, classes.length], ['example', 'class']),
        ...columns(examples),
      },
      record: { scores, classes, accuracy: found.accuracy, unpredicted: found.unpredicted },
    };
  },
};

interface Said {
  readonly scores: 'probability' | 'score' | 'output';
  readonly classes: readonly string[];
  readonly label: Int32Array;
  readonly predicted: Int32Array;
  readonly confidence: Float32Array;
  /** (examples, classes) */
  readonly values: Float32Array;
  readonly accuracy: number | null;
  /** Examples of which a prediction was due and none came. */
  readonly unpredicted: number;
  readonly warnings: readonly string[];
}

async function saidOf(context: MethodContext, examples: Examples): Promise<Said> {
  const classifier = classifierOf(await context.model(), examples.split.dataset);
  if (classifier) {
    const found = await predictAll(context, examples, classifier, true);
    const { scores, classes } = classifier;
    const warnings = [...classifier.warnings, ...found.warnings];
    return { ...found, scores, classes, values: found.probabilities ?? new Float32Array(), warnings };
  }
  const { values, names, warnings } = await outputsAll(context, examples);
  const n = examples.indices.length;
  return {
    ...{ scores: 'output', classes: names, values, warnings, label: labelsOf(examples) },
    ...{ predicted: new Int32Array(n).fill(-1), confidence: new Float32Array(n).fill(Number.NaN) },
    ...{ accuracy: null, unpredicted: 0 },
  };
}

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
