/**
 * Inputs moved so that the model's loss grows: one step (FGSM, Goodfellow et al. 2015) or several within a ball in max
 * norm (PGD, Madry et al. 2018, without a random start).
 */
import { setImmediate } from 'node:timers/promises';
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../core/errors/index.ts';
import type { NamedTensor } from '../../../core/result/index.ts';
import { type Examples, labelsOf, rowsOf, type Split, widthOf } from '../data/examples.ts';
import { feed, isColumns } from '../data/given.ts';
import { requireClassifier } from '../inference/classifier.ts';
import { BATCH_BYTES, bytesPerExample, checkCancelled } from '../inference/forward.ts';
import { originOf } from '../inference/origin.ts';
import { readClasses } from '../inference/predictions.ts';
import { targetRule } from '../inference/target.ts';
import { gradientOf, refuseGradient } from '../network/gradients.ts';
import type { LoadedModel } from '../network/model.ts';
import { MODEL_OUTPUT } from '../network/taps.ts';
import type { ChangedInputs, InputSource } from './action.ts';

export interface Attack {
  readonly epsilon: number;
  readonly step: number;
  readonly steps: number;
}

/**
 * The loss is that of the true label, of the predicted one where there is none. Values stay within the range of the
 * split's and within `epsilon` of the input. An example without label and prediction stays as it is, and so do places
 * where the slope is no number. Throws UserError where the model scores no classes, or has no gradient, or where no
 * example can be moved.
 */
export async function attack(
  source: InputSource,
  examples: Examples,
  { epsilon, step, steps }: Attack,
): Promise<ChangedInputs> {
  const { tf, plan } = source;
  const loaded = await source.model();
  const { program } = loaded;
  const { dataset } = examples.split;
  const classifier = requireClassifier(loaded, dataset, 'an attack (fgsm, pgd)');
  const rule = targetRule(tf, loaded, dataset, { kind: 'loss' });
  refuseGradient(program, null, rule.tap);
  const { given } = examples.split;
  const { shape } = given;
  const width = widthOf(examples.split);
  const n = examples.indices.length;
  const { low, high } = rangeOf(examples.split);
  const known = labelsOf(examples);
  const out = new Float32Array(n * width);
  const unknown: number[] = [];
  const slopeless = new Set<number>();
  const batch = Math.max(
    1,
    Math.min(256, Math.floor(BATCH_BYTES / (3 * bytesPerExample(plan.model.manifest, given.sizes)))),
  );
  for (let from = 0; from < n; from += batch) {
    const to = Math.min(n, from + batch);
    const count = to - from;
    const origin = rowsOf(examples, from, to);
    let now = origin;
    let labels = known.slice(from, to);
    for (let k = 0; k < steps; k++) {
      source.progress((from + (count * k) / steps) / n, `attack ${from} of ${n}, step ${k + 1} of ${steps}`);
      await setImmediate();
      checkCancelled(source.signal);
      const before = now;
      const gradient = tf.tidy(() => {
        const x = tf.tensor(before, [count, ...shape], 'float32');
        if (k === 0 && labels.some((label) => label < 0)) {
          const [said] = program.run(feed(tf, given, x), [MODEL_OUTPUT]);
          if (!said) throw new Error('the program gave no output');
          const { predicted } = readClasses(tf, classifier, said);
          labels = labels.map((label, i) => (label < 0 ? predicted[i]! : label));
          labels.forEach((label, i) => {
            if (label < 0) unknown.push(from + i);
          });
          // Any class will do for those: they are not moved.
          labels = labels.map((label) => Math.max(0, label));
        }
        rule.fix(x, labels);
        const loss = (p: Tensor) => {
          const [scores] = program.run(feed(tf, given, p), [rule.tap]);
          if (!scores) throw new Error('the program gave no output');
          return rule.value(scores, labels);
        };
        return gradientOf(tf, loss, x).dataSync();
      });
      const still = new Set(unknown);
      now = before.map((value, i) => {
        const j = i % width;
        const example = from + Math.floor(i / width);
        if (still.has(example)) return value;
        if (Number.isNaN(gradient[i]!)) slopeless.add(example);
        // Where the loss has no slope the input stays; one that is no number stays none.
        const slope = Math.sign(gradient[i]!) || 0;
        const moved = Math.min(high[j]!, Math.max(low[j]!, value + step * slope));
        return Math.min(origin[i]! + epsilon, Math.max(origin[i]! - epsilon, moved));
      });
    }
    out.set(now, from * width);
  }
  const { outputs } = loaded.program;
  const [output] = outputs;
  const first =
    outputs.length > 1 && output
      ? [
          `The attack raises the loss of ${loaded.output === undefined ? 'the first' : 'one'} of the model’s ${outputs.length} outputs, ${output.call.node.name}.`,
        ]
      : [];
  return {
    values: out,
    warnings: [
      ...first,
      ...(await unmoved(source, loaded, examples, unknown, NO_CLASS)),
      ...(await unmoved(source, loaded, examples, [...slopeless], NO_SLOPE)),
    ],
  };
}

const NO_CLASS = 'they have neither a label nor a prediction, so no loss';
const NO_SLOPE = 'the slope of their loss is NaN';

/** Of examples that an attack leaves as they are; throws UserError('invalid') where those are all. */
async function unmoved(
  source: InputSource,
  loaded: LoadedModel,
  examples: Examples,
  positions: readonly number[],
  why: string,
): Promise<string[]> {
  const [first] = positions;
  if (first === undefined) return [];
  const origin = await originOf(source, loaded, examples, first);
  const n = examples.indices.length;
  if (positions.length === n)
    throw new UserError('invalid', `no example of ${examples.address} can be attacked: ${why}. ${origin}`);
  return [
    `${positions.length} of ${n} examples are not, or not everywhere, moved by the attack: ${why}. ${origin}`,
  ];
}

/** What the least and the greatest finite stored value of an input are to the model, for each number of an example. */
export function rangeOf({ given }: Split): { readonly low: Float64Array; readonly high: Float64Array } {
  const { subtract, divide, parts } = given;
  const low = new Float64Array(subtract.length);
  const high = new Float64Array(subtract.length);
  for (const { offset, width, stored, constant } of parts) {
    const [least, most] = extremesOf(constant ? [constant] : isColumns(stored) ? stored : [stored]);
    for (let j = offset; j < offset + width; j++) {
      const one = (least - subtract[j]!) / divide[j]!;
      const other = (most - subtract[j]!) / divide[j]!;
      low[j] = Math.min(one, other);
      high[j] = Math.max(one, other);
    }
  }
  return { low, high };
}

function extremesOf(arrays: readonly NamedTensor['data'][]): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const array of arrays)
    for (const value of array) {
      if (!Number.isFinite(value)) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  return [least, most];
}
