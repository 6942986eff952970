import { MOST_EXACT_PLAYERS } from '../../../../../core/algebra/index.ts';
import { UserError } from '../../../../../core/errors/index.ts';
import { evaluate, rowsOfGame, widthOf } from '../batches.ts';
import type { AttributionMethod } from '../game.ts';

/** Shapley values from every subset of the features (Shapley 1953), with weights and sums in float64. */
export const method: AttributionMethod = {
  version: '2',
  reading:
    'Each value is the mean change of the target when the feature comes in, over all orders of coming in: the one division that is efficient, symmetric, linear, and gives nothing to a feature without effect. Absent features are at the baseline.',
  complete: true,
  compares: true,
  evaluations: (_params, players) => 2 ** players,
  async attribute(game, _params, pace) {
    const { players, n } = game;
    const count = players.length;
    if (count > MOST_EXACT_PLAYERS)
      throw new UserError(
        'unsupported',
        `exact_shapley asks every subset, so it takes at most ${MOST_EXACT_PLAYERS} features; found ${count}. Narrow them by where [x1, y1, x2, y2], or use shapley.`,
      );
    const width = widthOf(game);
    const subsets = 2 ** count;
    const x = rowsOfGame(game, game.features);
    const baseline = rowsOfGame(game, game.baseline);
    const target = new Float64Array(subsets);
    const weights = weightsOf(count);
    const values = new Float32Array(n * width);
    await evaluate(
      game,
      n * subsets,
      (i, buffer, at) => {
        const [row, subset] = [Math.floor(i / subsets) * width, i % subsets];
        buffer.set(baseline.subarray(row, row + width), at);
        for (let p = 0; p < count; p++)
          if (subset & (1 << p)) buffer[at + players[p]!] = x[row + players[p]!]!;
        return row / width;
      },
      (i, value) => {
        target[i % subsets] = value;
        if (i % subsets === subsets - 1)
          share(target, players, weights, values, (i + 1) / subsets - 1, width);
      },
      pace,
    );
    return { values };
  },
};

/** Weight of a subset of s other players: s! (n - s - 1)! / n! = 1 / (n * C(n - 1, s)). */
function weightsOf(count: number): Float64Array {
  const weights = new Float64Array(count);
  let binomial = 1;
  for (let s = 0; s < count; s++) {
    weights[s] = 1 / (count * binomial);
    binomial = (binomial * (count - 1 - s)) / (s + 1);
  }
  return weights;
}

function share(
  target: Float64Array,
  players: Int32Array,
  weights: Float64Array,
  values: Float32Array,
  example: number,
  width: number,
): void {
  for (const [p, player] of players.entries()) {
    const bit = 1 << p;
    let sum = 0;
    for (let subset = 0; subset < target.length; subset++)
      if (!(subset & bit)) sum += weights[size(subset)]! * (target[subset | bit]! - target[subset]!);
    values[example * width + player] = sum;
  }
}

/** Members of a subset. */
function size(subset: number): number {
  let count = 0;
  for (let rest = subset; rest !== 0; rest &= rest - 1) count++;
  return count;
}
