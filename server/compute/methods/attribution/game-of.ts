/** Makes a game of a loaded model: a target as a function of the features at the input, or at a layer's output. */
import { setImmediate } from 'node:timers/promises';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import type { ParameterValue, Region, Target } from '../../../../core/algebra/index.ts';
import { type Examples, labelsOf, rowsOf } from '../../data/examples.ts';
import { feed, type Given, type Part } from '../../data/given.ts';
import { windowOf } from '../../data/window.ts';
import type { MethodContext } from '../../inference/context.ts';
import { BATCH_BYTES, bytesPerExample, checkCancelled, MOST_POINTS } from '../../inference/forward.ts';
import { readClasses } from '../../inference/predictions.ts';
import { type TargetRule, targetRule } from '../../inference/target.ts';
import { gradientOf, refuseGradient } from '../../network/gradients.ts';
import type { Program } from '../../network/program.ts';
import { MODEL_OUTPUT, type ProgramTap } from '../../network/taps.ts';
import { baselineRows } from './baseline.ts';
import type { Game } from './game.ts';

export interface GameRequest {
  /** The layer whose output is explained, where it is used first; null: the input. */
  readonly place: string | null;
  readonly target?: Target;
  /** As the method's parameter gives it: a number, zero, mean, blurred, or an example's address. */
  readonly baseline: ParameterValue;
  /** x1, y1, x2, y2 in pixels of the input, x2 and y2 exclusive. */
  readonly where?: Region;
  readonly examples: Examples;
  /** Of several inputs, one that is looked up has no slope: it then stays what it is, while the others take part. */
  readonly needsGradient?: boolean;
}

export interface ModelGame extends Game {
  readonly target: TargetRule;
  /** Class or logit that each example's target is about, (n); the label for the loss, -1 for a unit. */
  readonly classes: Int32Array;
  /** (n), -1 where the model scores no classes. */
  readonly predicted: Int32Array;
  /** (n), -1 where there is none. */
  readonly label: Int32Array;
  /** Inputs that stay what they are, since they are looked up. */
  readonly fixed: readonly string[];
  /** Whether the features have any part in the target. */
  readonly reaches: boolean;
  /** Throws UserError('unsupported') where the target has no gradient by the features; methods that need one ask first. */
  requireGradient(): void;
  /** Lets go of features and baselines; nothing may be asked afterwards. */
  dispose(): void;
}

/** What the way back holds beside the layers' outputs: their gradients, and copies that kernels make. */
const GRADIENT_COPIES = 3;

/**
 * The caller disposes it. Throws UserError for a target, baseline or window that the model or the data do not have.
 */
export async function gameOf(context: MethodContext, request: GameRequest): Promise<ModelGame> {
  const { tf, plan } = context;
  const { examples, place } = request;
  const loaded = await context.model();
  const { program } = loaded;
  if (place !== null) program.node(place);
  const rule = targetRule(tf, loaded, examples.split.dataset, request.target);
  const { given } = examples.split;
  const { shape } = given;
  const n = examples.indices.length;
  const own = rowsOf(examples, 0, n);
  const absent = await baselineRows(request.baseline, examples, context.split);
  const several = place === null && given.parts.length > 1;
  const fixed = several && request.needsGradient ? lookedUp(program, given, rule.tap) : [];
  for (const { offset, width } of fixed)
    for (let at = offset; at < own.length; at += own.length / n) absent.set(own.subarray(at, at + width), at);
  const window = request.where ? windowOf(request.where, examples, 'where') : null;
  const held = window ? heldOutside(own, absent, window, n) : own;

  const batch = Math.max(
    1,
    Math.min(
      MOST_POINTS,
      Math.floor(BATCH_BYTES / (GRADIENT_COPIES * bytesPerExample(plan.model.manifest, given.sizes))),
    ),
  );
  const kept: Tensor[] = [];
  const keep = <T extends Tensor>(tensor: T): T => {
    kept.push(tensor);
    return tensor;
  };
  /** Outputs of a tap for given inputs, in batches. */
  const outputs = async (rows: Float32Array, tap: string | typeof MODEL_OUTPUT): Promise<Tensor> => {
    const width = rows.length / n;
    const parts: Tensor[] = [];
    try {
      for (let from = 0; from < n; from += batch) {
        await setImmediate();
        checkCancelled(context.signal);
        const to = Math.min(n, from + batch);
        parts.push(
          tf.tidy(() => {
            const x = tf.tensor(rows.slice(from * width, to * width), [to - from, ...shape], 'float32');
            const [out] = program.run(feed(tf, given, x), [tap]);
            if (!out) throw new Error('the program gave no output');
            return tf.cast(out, 'float32').clone();
          }),
        );
      }
      return tf.concat(parts, 0);
    } finally {
      tf.dispose(parts);
    }
  };
  try {
    const x = keep(tf.tensor(held, [n, ...shape], 'float32'));
    const label = labelsOf(examples);
    const said = await outputs(own, MODEL_OUTPUT);
    const [classes, predicted] = tf.tidy(() => [
      rule.fix(said, label),
      rule.classifier ? readClasses(tf, rule.classifier, said).predicted : new Int32Array(n).fill(-1),
    ]);
    said.dispose();
    const features = place === null ? x : keep(await outputs(held, place));
    const baseline =
      place === null ? keep(tf.tensor(absent, [n, ...shape], 'float32')) : keep(await outputs(absent, place));
    const inner = features.shape.slice(1);
    const size = inner.reduce((a, b) => a * b, 1);
    const reaches = program.leadsTo(place, rule.tap);

    const requireGradient = () => {
      if (fixed.length === 0) refuseGradient(program, place, rule.tap);
    };
    const ownParts = several
      ? given.parts.filter((part) => part.constant === null && !fixed.includes(part))
      : given.parts;
    const value = (points: Tensor, owner: Int32Array, guided = false): Tensor1D => {
      const rest = (input: string) => feed(tf, given, tf.gather(x, tf.tensor1d(owner, 'int32')))(input);
      const [out] =
        place === null
          ? program.run(
              // No slope leads to what is looked up.
              (input) =>
                fixed.some(({ name }) => name === input) ? rest(input) : feed(tf, given, points)(input),
              [rule.tap],
              { guided },
            )
          : program.run(rest, [rule.tap], { guided, given: new Map([[place, points]]) });
      if (!out) throw new Error('the program gave no output');
      const own = Int32Array.from(owner, (i) => classes[i] ?? -1);
      return rule.value(tf.cast(out, 'float32'), own);
    };
    return {
      tf,
      n,
      shape: inner,
      features,
      baseline,
      players:
        window && place === null
          ? window
          : several
            ? placesOf(ownParts)
            : placesOf([{ offset: 0, width: size }]),
      ...(several ? { parts: given.parts } : {}),
      fixed: fixed.map(({ name }) => name),
      batch,
      unitsApart: place !== null,
      target: rule,
      classes,
      predicted,
      label,
      reaches,
      requireGradient: () => requireGradient(),
      value: (points, owner) => tf.tidy(() => value(points, owner)),
      gradient: (points, owner, options) => {
        if (!reaches) return tf.zerosLike(points);
        requireGradient();
        return gradientOf(tf, (p) => value(p, owner, options?.guided), points);
      },
      dispose: () => tf.dispose(kept),
    };
  } catch (error) {
    tf.dispose(kept);
    throw error;
  }
}

/**
 * Inputs that are looked up on their way to the target; none where no other input has a slope, which is refused as of a
 * model of one input.
 */
function lookedUp(program: Program, { parts }: Given, tap: ProgramTap): readonly Part[] {
  const found = parts.filter(
    ({ name, constant }) =>
      constant === null && program.between(name, tap)?.some(({ call }) => call.node.looksUp),
  );
  const others = parts.some(
    (part) => part.constant === null && !found.includes(part) && program.leadsTo(part.name, tap),
  );
  return others ? found : [];
}

/** Flat places of the stretches, in order. */
function placesOf(stretches: readonly Pick<Part, 'offset' | 'width'>[]): Int32Array {
  return Int32Array.from(
    stretches.flatMap(({ offset, width }) => Array.from({ length: width }, (_, i) => offset + i)),
  );
}

/** The examples, at the baseline everywhere but in the window. */
function heldOutside(own: Float32Array, absent: Float32Array, window: Int32Array, n: number): Float32Array {
  const held = Float32Array.from(absent);
  const width = own.length / n;
  for (let i = 0; i < n; i++) for (const at of window) held[i * width + at] = own[i * width + at]!;
  return held;
}
