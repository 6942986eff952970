/**
 * What an attribution explains: one number per example, of a model's output or of a unit. The class that it is about
 * is fixed per example, so that it stays the same wherever the example is moved to.
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Target } from '../../../core/algebra/index.ts';
import type { DatasetManifest } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { LoadedModel } from '../network/model.ts';
import { LOG_PROBABILITIES, MODEL_OUTPUT, type ProgramTap, SCORES } from '../network/taps.ts';
import type { Tf } from '../tf.ts';
import { type Classifier, classifierOf, requireProbabilities } from './classifier.ts';
import { unitMeans } from './forward.ts';

export interface TargetRule {
  readonly kind: Target['kind'];
  /** What of the model it reads. */
  readonly tap: ProgramTap;
  /** Null for a model that scores no classes. */
  readonly classifier: Classifier | null;
  /**
   * Classes (n) that the target is about: the one asked for, the label for the loss, by default the one predicted from
   * `output`, the model's first output (n, ...). -1 for a unit. Throws UserError('invalid') where a label is missing.
   */
  fix(output: Tensor, labels: Int32Array): Int32Array;
  /** Target (n) from the tap's output, given the classes. Differentiable. */
  value(output: Tensor, classes: Int32Array): Tensor1D;
  /** As it is written in a query: "class 7". */
  text(index: number): string;
}

/** Throws UserError('invalid') for a target that the model does not have. */
export function targetRule(
  tf: Tf,
  loaded: LoadedModel,
  dataset: DatasetManifest,
  target: Target | undefined,
): TargetRule {
  const classifier = classifierOf(loaded, dataset);
  if (target?.kind === 'unit') return unitRule(tf, loaded, classifier, target.layer, target.unit);
  if (target?.kind === 'loss')
    return lossRule(tf, requireProbabilities(loaded, dataset, 'the loss'), dataset);
  if (target?.kind === 'class') requireProbabilities(loaded, dataset, `class ${target.index}`);
  if (classifier?.scores === 'probability' && target?.kind !== 'logit')
    return classRule(tf, classifier, target?.index);
  return logitRule(tf, loaded, classifier, target?.index);
}

/** The outputs of a batch as (n, units): the mean over places where it has any. */
function flat(tf: Tf, output: Tensor): Tensor2D {
  return unitMeans(tf, output).as2D(output.shape[0] ?? 0, -1);
}

/** One number of each row: (n, m), indices (n) -> (n). */
function picked(tf: Tf, rows: Tensor2D, index: Int32Array): Tensor1D {
  // oneHot wants two columns at least.
  if (rows.shape[1] === 1) return rows.as1D();
  const which = tf.cast(tf.oneHot(tf.tensor1d(index, 'int32'), rows.shape[1]), 'bool');
  // A product would make infinite neighbours of the one number into none.
  return tf.sum(tf.where(which, rows, tf.zerosLike(rows)), 1).as1D();
}

function best(tf: Tf, rows: Tensor): Int32Array {
  return tf.tidy(() => Int32Array.from(tf.argMax(rows, 1).dataSync()));
}

function fixed(
  index: number | undefined,
  count: number,
  kind: string,
  predicted: () => Int32Array,
  n: number,
) {
  if (index === undefined) return predicted();
  if (index >= count)
    throw new UserError(
      'invalid',
      `no ${kind} ${index}: this model has ${count === 1 ? 'one, 0' : `${count}, from 0 to ${count - 1}`}`,
    );
  return new Int32Array(n).fill(index);
}

function classRule(tf: Tf, classifier: Classifier, index: number | undefined): TargetRule {
  return {
    kind: 'class',
    tap: MODEL_OUTPUT,
    classifier,
    fix: (output) =>
      fixed(
        index,
        classifier.classes.length,
        'class',
        () => best(tf, classifier.probabilities(tf, output)),
        output.shape[0] ?? 0,
      ),
    value: (output, classes) => picked(tf, classifier.probabilities(tf, output), classes),
    text: (k) => `class ${k}`,
  };
}

function logitRule(
  tf: Tf,
  loaded: LoadedModel,
  classifier: Classifier | null,
  index: number | undefined,
): TargetRule {
  const { program } = loaded;
  const scored = program.hasScores && classifier !== null;
  if (scored && program.scoresAreEdited)
    throw new UserError(
      'unsupported',
      'a change acts on the last layer, whose score before the activation it does not define; ask for the class, or change the layer before',
    );
  if (program.head.kind !== 'other' && classifier && !scored)
    throw new UserError(
      'unsupported',
      'the output has no logits: it is a mean of probabilities, or its layer feeds on them; ask for the class, or for a unit of a layer before',
    );
  return {
    kind: 'logit',
    tap: scored ? SCORES : MODEL_OUTPUT,
    classifier,
    fix: (output) => {
      const rows = flat(tf, output);
      return fixed(index, rows.shape[1], 'logit', () => best(tf, rows), rows.shape[0]);
    },
    value: (output, classes) => picked(tf, flat(tf, output), classes),
    text: (k) => `logit ${k}`,
  };
}

/** -log of the label's probability, from the scores: it neither overflows nor loses its gradient where that is near 0. */
function lossRule(tf: Tf, classifier: Classifier, dataset: DatasetManifest): TargetRule {
  const count = classifier.classes.length;
  const { tap, logarithms } = logarithmsOf(tf, classifier);
  return {
    kind: 'loss',
    tap,
    classifier,
    fix: (_, labels) => {
      const missing = labels.findIndex((label) => label < 0 || label >= count);
      if (missing >= 0)
        throw new UserError(
          'invalid',
          (labels[missing] ?? -1) < 0
            ? `the loss needs labels; ${dataset.classes.length === 0 ? 'this data set has none' : 'an example has none'}`
            : `an example is of class ${labels[missing]}; the model has ${count}, from 0 to ${count - 1}`,
        );
      return labels;
    },
    value: (output, labels) => tf.neg(picked(tf, logarithms(output), labels)).as1D(),
    text: () => 'loss',
  };
}

/** Logarithms of all classes' probabilities (n, classes), and where they are read. Differentiable. */
function logarithmsOf(
  tf: Tf,
  { ending }: Classifier,
): { tap: ProgramTap; logarithms(read: Tensor): Tensor2D } {
  const log = (logit: Tensor) => tf.neg(tf.softplus(tf.neg(logit)));
  const rows = (read: Tensor) => read.as2D(read.shape[0] ?? 0, -1);
  switch (ending) {
    case 'logits':
      return { tap: MODEL_OUTPUT, logarithms: (read) => tf.logSoftmax(rows(read)) };
    case 'sigmoid logits':
      return { tap: MODEL_OUTPUT, logarithms: (read) => rows(log(read)) };
    case 'binary logits':
      return {
        tap: MODEL_OUTPUT,
        logarithms: (read) => tf.concat2d([rows(log(tf.neg(read))), rows(log(read))], 1),
      };
    default:
      return { tap: LOG_PROBABILITIES, logarithms: rows };
  }
}

function unitRule(
  tf: Tf,
  loaded: LoadedModel,
  classifier: Classifier | null,
  layer: string,
  unit: number,
): TargetRule {
  loaded.program.node(layer);
  return {
    kind: 'unit',
    tap: layer,
    classifier,
    fix: (output) => new Int32Array(output.shape[0] ?? 0).fill(-1),
    value: (output) => {
      const rows = flat(tf, output);
      const [n, units] = rows.shape;
      if (unit >= units)
        throw new UserError(
          'invalid',
          `no unit ${unit} in ${layer}: it has ${units}, from 0 to ${units - 1}`,
        );
      return tf.slice2d(rows, [0, unit], [n, 1]).as1D();
    },
    text: () => `unit ${/^[\w-]+$/.test(layer) ? layer : JSON.stringify(layer)}#${unit}`,
  };
}
