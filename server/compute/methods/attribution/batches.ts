/** Asks a game's target, or its gradient, at many points, as many at once as fit in memory. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import type { AttributionPace, Game } from './game.ts';

/** Numbers in one example's features. */
export function widthOf({ shape }: Pick<Game, 'shape'>): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** The features, or the baseline, of all examples as (n, width) flat. */
export function rowsOfGame({ n, tf }: Game, of: Tensor): Float32Array {
  return tf.tidy(() => Float32Array.from(tf.reshape(of, [n, -1]).dataSync()));
}

/** Zeroes the features that take no part, in place: (n, width) flat. */
export function onlyPlayers(game: Game, values: Float32Array): Float32Array {
  const width = widthOf(game);
  if (game.players.length === width) return values;
  const takesPart = new Uint8Array(width);
  for (const player of game.players) takesPart[player] = 1;
  for (let i = 0; i < values.length; i++) if (!takesPart[i % width]) values[i] = 0;
  return values;
}

/**
 * Target at `count` points. `fill` writes point i into the buffer from `at` on, and gives the example that it belongs
 * to; `use` hears of the values in the same order. One buffer serves all batches.
 */
export async function evaluate(
  game: Game,
  count: number,
  fill: (i: number, buffer: Float32Array, at: number) => number,
  use: (i: number, value: number) => void,
  pace: AttributionPace,
): Promise<void> {
  const { tf, shape } = game;
  const width = widthOf(game);
  const size = Math.max(1, Math.min(game.batch, count));
  const buffer = new Float32Array(size * width);
  const owner = new Int32Array(size);
  for (let from = 0; from < count; from += size) {
    const m = Math.min(size, count - from);
    for (let i = 0; i < m; i++) owner[i] = fill(from + i, buffer, i * width);
    const values = tf.tidy(() =>
      game
        .value(tf.tensor(buffer.subarray(0, m * width), [m, ...shape], 'float32'), owner.subarray(0, m))
        .dataSync(),
    );
    for (let i = 0; i < m; i++) use(from + i, values[i]!);
    await pace.step(from + m);
  }
}

/** Some samples of some examples, from inclusive, to exclusive. */
export interface Block {
  readonly examples: readonly [from: number, to: number];
  readonly samples: readonly [from: number, to: number];
}

/** Cuts examples times samples into blocks of at most `batch` points: all samples of several examples, or some of one. */
export function* blocks(n: number, samples: number, batch: number): Generator<Block> {
  const together = Math.max(1, Math.floor(batch / samples));
  const part = Math.max(1, Math.min(samples, batch));
  for (let e = 0; e < n; e += together)
    for (let s = 0; s < samples; s += part)
      yield { examples: [e, Math.min(n, e + together)], samples: [s, Math.min(samples, s + part)] };
}

export interface GradientSamples {
  readonly samples: number;
  /** Features and baseline (e, 1, width) of the block's examples -> points (e, s, width). Called inside a tidy. */
  points(tf: Tf, x: Tensor, baseline: Tensor, block: Block): Tensor;
  readonly guided?: boolean;
}

/** Mean of the target's gradient over the samples of each example, (n, width) flat. */
export async function meanGradient(
  game: Game,
  plan: GradientSamples,
  pace: AttributionPace,
): Promise<Float64Array> {
  const { tf, n, shape } = game;
  const width = widthOf(game);
  const sums = new Float64Array(n * width);
  let done = 0;
  for (const block of blocks(n, plan.samples, game.batch)) {
    const [e0, e1] = block.examples;
    const [s0, s1] = block.samples;
    const [e, s] = [e1 - e0, s1 - s0];
    const owner = Int32Array.from({ length: e * s }, (_, i) => e0 + Math.floor(i / s));
    const part = tf.tidy(() => {
      const rows = (of: Tensor) => tf.reshape(tf.slice(of, e0, e), [e, 1, width]);
      const points = plan.points(tf, rows(game.features), rows(game.baseline), block);
      const gradient = game.gradient(tf.reshape(points, [e * s, ...shape]), owner, {
        guided: plan.guided ?? false,
      });
      return tf.sum(tf.reshape(gradient, [e, s, width]), 1).dataSync();
    });
    for (let i = 0; i < part.length; i++) sums[e0 * width + i]! += part[i]!;
    done += e * s;
    await pace.step(done);
  }
  return sums.map((sum) => sum / plan.samples);
}

/** gradients * (x - baseline), (n, width) flat; no zero is a negative one. */
export function timesDistance(game: Game, gradients: Float64Array): Float32Array {
  const [x, baseline] = [rowsOfGame(game, game.features), rowsOfGame(game, game.baseline)];
  return Float32Array.from(gradients, (gradient, i) => gradient * (x[i]! - baseline[i]!) + 0);
}
