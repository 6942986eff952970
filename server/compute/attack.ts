/**
 * Inputs moved so that the model's loss grows: one step (FGSM, Goodfellow et al. 2015) or several within a ball in max
 * norm (PGD, Madry et al. 2018, without a random start).
 */
import { setImmediate } from 'node:timers/promises';
import type { Tensor } from '@tensorflow/tfjs';
import { requireClassifier } from './classifier.ts';
import { type Examples, labelsOf, rowsOf, type Split, widthOf } from './examples.ts';
import { BATCH_BYTES, bytesPerExample, checkCancelled, inputShape, type Pace } from './forward.ts';
import { gradientOf, refuseGradient } from './gradients.ts';
import type { MethodContext } from './methods/method.ts';
import type { LoadedModel } from './model.ts';
import { MODEL_OUTPUT } from './taps.ts';
import { targetRule } from './target.ts';

export interface Attack {
  readonly epsilon: number;
  readonly step: number;
  readonly steps: number;
}

/**
 * (n, ...shape) flat. The loss is that of the true label, of the predicted one where there is none. Values stay within
 * the range of the split's and within `epsilon` of the input. Throws UserError where the model scores no classes, or has
 * no gradient.
 */
export async function attacked(
  pace: Pace & Pick<MethodContext, 'plan'>,
  loaded: LoadedModel,
  examples: Examples,
  { epsilon, step, steps }: Attack,
): Promise<Float32Array> {
  const { tf, plan } = pace;
  const { program } = loaded;
  const { dataset } = examples.split;
  const classifier = requireClassifier(loaded, dataset, 'an attack (fgsm, pgd)');
  const rule = targetRule(tf, loaded, dataset, { kind: 'loss' });
  refuseGradient(program, null, rule.tap);
  const shape = inputShape(loaded, examples);
  const width = widthOf(examples.split);
  const n = examples.indices.length;
  const { low, high } = rangeOf(examples.split);
  const known = labelsOf(examples);
  const out = new Float32Array(n * width);
  const batch = Math.max(
    1,
    Math.min(256, Math.floor(BATCH_BYTES / (3 * bytesPerExample(plan.model.manifest)))),
  );
  for (let from = 0; from < n; from += batch) {
    const to = Math.min(n, from + batch);
    const count = to - from;
    const origin = rowsOf(examples, from, to);
    let now = origin;
    let labels = known.slice(from, to);
    for (let k = 0; k < steps; k++) {
      pace.progress((from + (count * k) / steps) / n, `attack ${from} of ${n}, step ${k + 1} of ${steps}`);
      await setImmediate();
      checkCancelled(pace.signal);
      const before = now;
      const gradient = tf.tidy(() => {
        const x = tf.tensor(before, [count, ...shape], 'float32');
        if (k === 0 && labels.some((label) => label < 0)) {
          const [said] = program.run(() => x, [MODEL_OUTPUT]);
          const predicted = said && tf.argMax(classifier.probabilities(tf, said), 1).dataSync();
          labels = labels.map((label, i) => (label < 0 ? (predicted?.[i] ?? -1) : label));
        }
        rule.fix(x, labels);
        const loss = (p: Tensor) => {
          const [scores] = program.run(() => p, [rule.tap]);
          if (!scores) throw new Error('the program gave no output');
          return rule.value(scores, labels);
        };
        return gradientOf(tf, loss, x).dataSync();
      });
      now = before.map((value, i) => {
        const j = i % width;
        // Where the loss has no slope the input stays; one that is no number stays none.
        const slope = Math.sign(gradient[i]!) || 0;
        const moved = Math.min(high[j]!, Math.max(low[j]!, value + step * slope));
        return Math.min(origin[i]! + epsilon, Math.max(origin[i]! - epsilon, moved));
      });
    }
    out.set(now, from * width);
  }
  return out;
}

/** What the least and the greatest finite value of the split are to the model, for each number of an example. */
export function rangeOf({ x, given }: Split): { readonly low: Float64Array; readonly high: Float64Array } {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of x) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const { subtract, divide } = given;
  const ends = (stored: number) => subtract.map((less, j) => (stored - less) / divide[j]!);
  const [one, other] = [ends(least), ends(most)];
  return {
    low: one.map((value, j) => Math.min(value, other[j]!)),
    high: one.map((value, j) => Math.max(value, other[j]!)),
  };
}
