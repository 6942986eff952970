import type { Tensor } from '@tensorflow/tfjs';
import { seeded } from '../../../numerics/random.ts';
import { type Block, meanGradient, onlyPlayers, widthOf } from '../batches.ts';
import type { AttributionMethod, Game } from '../game.ts';
import { numberOf } from '../parameters.ts';

/** Numbers of noise that are kept from one block of examples to the next. */
const KEPT = 2 ** 22;

/**
 * Mean gradient over noisy copies (Smilkov, Thorat, Kim, Viégas, Wattenberg 2017). The noise is Gaussian; its standard
 * deviation is `sd` times the range of the example's features, as in the paper. Every example gets the same draws, so
 * that an example's picture does not depend on the slice it is in.
 */
export const method: AttributionMethod = {
  version: '2',
  reading:
    'The gradient averaged over noisy copies of the example: calmer than the gradient, and read in the same way. More noise smooths more, and asks about inputs further from this one.',
  complete: false,
  compares: false,
  ofConstant: (many) =>
    `Smoothgrad’s noise is a share of the range of the input, and here all of the input is the same${many}: without noise it is the gradient.`,
  evaluations: (params) => numberOf('smoothgrad', params, 'samples'),
  async attribute(game, params, pace) {
    const samples = numberOf('smoothgrad', params, 'samples');
    const sd = numberOf('smoothgrad', params, 'sd');
    const noise = noiseOf(game, samples, numberOf('smoothgrad', params, 'seed'));
    const means = await meanGradient(
      game,
      {
        samples,
        points: (tf, x, _baseline, { samples: block }) => {
          const range = rangesOf(game, x);
          const s = block[1] - block[0];
          const draws: Tensor = tf.tensor(noise(block), [1, s, widthOf(game)], 'float32');
          return tf.add(x, tf.mul(tf.mul(range, sd), draws));
        },
      },
      pace,
    );
    return { values: onlyPlayers(game, Float32Array.from(means)) };
  },
};

/** Range of each example's features (e, 1, 1 or width): of several inputs each has its own. */
function rangesOf({ tf, parts }: Game, x: Tensor): Tensor {
  const rangeOf = (of: Tensor) => tf.sub(tf.max(of, 2, true), tf.min(of, 2, true));
  if (!parts) return rangeOf(x);
  const [e = 1] = x.shape;
  return tf.concat(
    parts.map(({ offset, width }) =>
      tf.tile(rangeOf(tf.slice(x, [0, 0, offset], [e, 1, width])), [1, 1, width]),
    ),
    2,
  );
}

/** Standard normal draws (s, width) for a run of samples, the same for every example; none for who takes no part. */
function noiseOf(game: Game, samples: number, seed: number): (block: Block['samples']) => Float32Array {
  const width = widthOf(game);
  let random = seeded(seed);
  let kept: Float32Array | null = null;
  const draw = (rows: number) => {
    const out = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++)
      for (const player of game.players) out[row * width + player] = random.normal();
    return out;
  };
  return ([from, to]) => {
    if (kept && from === 0 && to === samples) return kept;
    if (from === 0) random = seeded(seed);
    const drawn = draw(to - from);
    if (from === 0 && to === samples && drawn.length <= KEPT) kept = drawn;
    return drawn;
  };
}
