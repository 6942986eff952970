/** Whether a model's output is a class score, and what it says as probabilities. */
import type { LayersModel, Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { DatasetManifest } from '../../core/artifacts/index.ts';
import { UserError } from '../../core/errors/index.ts';
import { classNames } from './examples.ts';
import type { LoadedModel } from './model.ts';
import type { Tf } from './tf.ts';

export interface Classifier {
  /** How the last layer ends; logits get a softmax. */
  readonly ending: 'softmax' | 'sigmoid' | 'binary' | 'logits';
  readonly classes: readonly string[];
  readonly warnings: readonly string[];
  /** (n, units) -> (n, classes) */
  probabilities(tf: Tf, output: Tensor): Tensor2D;
}

/**
 * Null for a model that does not classify. A softmax always does; other endings where the data set's classes are as
 * many as the outputs; one sigmoid unit is two classes.
 */
export function classifierOf(loaded: LoadedModel, dataset: DatasetManifest): Classifier | null {
  const output = loaded.model.outputs[0];
  const units = output?.shape.at(-1);
  if (output?.shape.length !== 2 || !units) return null;
  const last = activationOf(loaded.model);
  const labelled = dataset.classes.length;
  const ending =
    last === 'softmax'
      ? 'softmax'
      : last === 'sigmoid' && units === 1
        ? 'binary'
        : units === labelled && units > 1
          ? last === 'sigmoid'
            ? 'sigmoid'
            : 'logits'
          : null;
  if (ending === null) return null;
  const count = ending === 'binary' ? 2 : units;
  const warnings: string[] = [];
  if (ending === 'logits') warnings.push('The output is no probability: a softmax was applied.');
  if (ending === 'sigmoid')
    warnings.push('Each class has a sigmoid of its own: the scores do not sum to one.');
  if (labelled > 0 && labelled !== count)
    warnings.push(`The model has ${count} classes, the data set has ${labelled}.`);
  return {
    ending,
    classes: classNames(dataset, count),
    warnings,
    probabilities: (tf, scores) => {
      const flat: Tensor2D = scores.as2D(scores.size / units, units);
      if (ending === 'logits') return tf.softmax(flat);
      return ending === 'binary' ? tf.concat2d([tf.sub(1, flat), flat], 1) : flat;
    },
  };
}

/** As classifierOf; throws UserError('invalid') where the model does not classify. */
export function requireClassifier(loaded: LoadedModel, dataset: DatasetManifest, asked: string): Classifier {
  const found = classifierOf(loaded, dataset);
  if (found) return found;
  const shape = (loaded.model.outputs[0]?.shape ?? []).map((d) => d ?? '?').join(', ');
  throw new UserError(
    'invalid',
    `${asked} needs a model that scores classes; this one's output is [${shape}] for a data set of ${dataset.classes.length} classes`,
  );
}

/** Activation of the layer that makes the model's first output, lower case; 'linear' where it has none. */
function activationOf(model: LayersModel): string {
  const layer = model.outputs[0]?.sourceLayer;
  if (!layer) return 'linear';
  if (layer.getClassName() === 'Softmax') return 'softmax';
  const inner: unknown = 'outputs' in layer && 'layers' in layer ? layer.layers : undefined;
  if (Array.isArray(inner)) {
    // A model as last layer: its own last layer decides.
    const last: unknown = inner.at(-1);
    if (hasConfig(last)) return named(last.getConfig().activation);
  }
  return named(layer.getConfig().activation);
}

function named(activation: unknown): string {
  if (typeof activation === 'string') return activation.toLowerCase();
  return 'linear';
}

function hasConfig(value: unknown): value is { getConfig(): Record<string, unknown> } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'getConfig' in value &&
    typeof value.getConfig === 'function'
  );
}
