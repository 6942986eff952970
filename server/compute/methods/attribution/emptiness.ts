/**
 * Why an attribution that is true says nothing: all of it is nothing, nothing of it is in what is shown, or it is the same
 * everywhere; and what to ask instead. One sentence for each reason.
 */
import { METHODS } from '../../../../core/algebra/index.ts';
import type { TargetRule } from '../../inference/target.ts';
import type { ExampleGroup } from './explained.ts';
import type { NamedAttribution } from './game.ts';

/** The numbers of each example that a result shows, (n): their sums, and the least and the greatest of them. */
export interface ShownValues {
  readonly sums: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  /** How many numbers each example shows. */
  readonly width: number;
}

/** What an example's attribution is found to be, as a sentence to be completed by how many examples it holds for. */
export type Finding = (many: string) => string;

/** What all examples have in common. */
export interface Asked {
  readonly method: NamedAttribution;
  readonly needsGradient: boolean;
  readonly rule: TargetRule;
  /** Layer whose output is explained; null: the input. */
  readonly place: string | null;
}

/** Null where the attribution of example `i` of the group says something. */
export function emptiness(asked: Asked, group: ExampleGroup, shown: ShownValues, i: number): Finding | null {
  const { game, attribution } = group;
  const width = attribution.values.length / game.n;
  const own = attribution.values.subarray(i * width, (i + 1) * width);
  const [least, most] = [shown.least[i]!, shown.most[i]!];
  if (own.every((value) => value === 0)) return nothing(asked, group, i);
  if (!asked.needsGradient && isRounding(own, group.value[i]!))
    return (many) =>
      `What is attributed${many} is no more than float32 rounds off the target: it stays the same whatever is covered. Use a larger window or another baseline.`;
  if (least === 0 && most === 0) return elsewhere(asked);
  if (least !== most || shown.width < 2) return null;
  if (METHODS[asked.method.name].maps) return flat(asked, group, i);
  return (many) =>
    `Every feature that is shown has the same value${many}: the picture tells none from another.`;
}

/** Differences of the target that the order of a sum alone makes. */
function isRounding(differences: ArrayLike<number>, target: number): boolean {
  const largest = Math.abs(target) * 2 ** -21;
  return Array.from(differences).every((value) => Math.abs(value) <= largest);
}

/** All values are 0. */
function nothing({ method, needsGradient, rule, place }: Asked, group: ExampleGroup, i: number): Finding {
  const at = place === null ? 'the input' : place;
  const { game } = group;
  const value = group.value[i]!;
  const nil = (why: string) => (many: string) => `Nothing is attributed to any feature${many}: ${why}`;
  if (!game.reaches)
    return nil(`${at} has no part in the target. Ask about a layer on the way to it, or another target.`);
  const features = rowOf(group, 'features', i);
  if (METHODS[method.name].maps && features.every((feature) => feature === 0))
    return nil(`${at} puts out nothing but 0. Look at an earlier layer, or use ig or occlusion.`);
  if (method.compares && same(features, rowOf(group, 'baseline', i)))
    return nil(
      'it is itself the baseline that it is compared with. Choose another baseline, such as mean, or use gradient.',
    );
  if (rule.kind === 'class' && (value >= SURE || value <= 1 - SURE))
    return nil(
      `the probability is ${value >= 0.5 ? 1 : 0} to the precision of float32, so that ${needsGradient ? 'its slope is 0' : 'no change of the input shows in it'}. Ask for the logit instead of the class.`,
    );
  if (rule.kind === 'loss' && Math.abs(value) < LEAST_LOSS)
    return nil(
      'the loss is 0 to the precision of float32, and so is its slope. Ask for the logit instead of the loss.',
    );
  if (needsGradient)
    return nil(
      `no slope gets from the target to ${at}; a rectifier or a limit on every way is closed${rule.kind === 'unit' && value === 0 ? ' (the unit itself is 0)' : ''}. Use occlusion or shapley, which need none, or ask about a later layer.`,
    );
  return nil('the target stays the same whatever is covered. Use a larger window or another baseline.');
}

/** A probability from here on differs from 1 by hardly more than float32's rounding of a sum of numbers next to 1. */
const SURE = 1 - 1e-6;
/** Losses below this are what float32 leaves of the logarithm of a number next to 1. */
const LEAST_LOSS = 1e-7;

/** There are values, but none is in what is shown. */
function elsewhere({ method, place }: Asked): Finding {
  if (METHODS[method.name].maps)
    return (many) =>
      `The map is empty${many}: at every place what speaks against the target weighs at least as much as what speaks for it, and Grad-CAM shows only the balance that is positive. Ask for the other class, see the parts of each unit with select ${place ?? 'LAYER'}, or use ig.`;
  return (many) => `Nothing is attributed to what is shown${many}, only to the rest of the layer.`;
}

/** A map of Grad-CAM is the same everywhere. */
function flat({ place }: Asked, group: ExampleGroup, i: number): Finding {
  const units = group.game.shape.at(-1) ?? 1;
  const features = rowOf(group, 'features', i);
  if (features.length === units)
    return (many) =>
      `The map is the same everywhere${many}: ${place} has a single place, so that it says how much, but not where. Look at an earlier layer with select, or use ig.`;
  const alike = features.every((feature, at) => feature === features[at % units]);
  return (many) =>
    alike
      ? `The map is the same everywhere${many}: ${place} puts out the same at every place, as it does where the picture is the same everywhere.`
      : `The map is the same everywhere${many}.`;
}

function rowOf({ game }: ExampleGroup, of: 'features' | 'baseline', i: number): Float32Array {
  const { tf } = game;
  return tf.tidy(() => Float32Array.from(tf.slice(game[of], i, 1).dataSync()));
}

function same(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i]);
}
