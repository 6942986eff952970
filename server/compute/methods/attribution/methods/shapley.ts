import { seeded } from '../../../numerics/random.ts';
import { evaluate, rowsOfGame, widthOf } from '../batches.ts';
import type { AttributionMethod } from '../game.ts';
import { numberOf } from '../parameters.ts';

/**
 * Shapley values by sampling permutations (Castro, Gómez, Tejada 2009): a feature's value is its mean contribution when
 * the features come in one after another in random order. Orders come in pairs, one and its reverse (antithetic
 * sampling; Mitchell, Cooper, Frank, Holmes 2022, section 4.1), which cancels what is odd in the position. The standard
 * error is that of the mean over pairs, as the two of a pair are not independent. Every order's contributions sum to
 * f(x) - f(baseline) exactly. Every example gets the same orders.
 */
export const method: AttributionMethod = {
  version: '2',
  reading:
    'Each value is the mean change of the target when the feature comes in, over random orders of coming in; the standard error says how far the sample may be off. Absent features are at the baseline, so combinations are asked about that no real example has.',
  complete: true,
  compares: true,
  evaluations: (params, players) =>
    2 + 2 * pairsOf(numberOf('shapley', params, 'samples')) * Math.max(0, players - 1),
  async attribute(game, params, pace) {
    const width = widthOf(game);
    const { players, n } = game;
    const count = players.length;
    const pairs = pairsOf(numberOf('shapley', params, 'samples'));
    const seed = numberOf('shapley', params, 'seed');
    const x = rowsOfGame(game, game.features);
    const baseline = rowsOfGame(game, game.baseline);
    // The points between the two ends of an order; the ends are the same for all, and asked once.
    const inner = Math.max(0, count - 1);
    const perExample = 2 + 2 * pairs * inner;

    const orders = new Orders(players, seed);
    const point = new Float32Array(width);
    const mean = new Float64Array(n * width);
    const spread = new Float64Array(n * width);
    const pair = new Float64Array(width);
    let [empty, full, before] = [0, 0, 0];
    // Points are asked ahead of their values, so each side walks through the orders by itself.
    const heard = new Orders(players, seed);

    await evaluate(
      game,
      n * perExample,
      (i, buffer, at) => {
        const e = Math.floor(i / perExample);
        const within = i % perExample;
        const row = e * width;
        if (within < 2) {
          buffer.set((within === 0 ? baseline : x).subarray(row, row + width), at);
          if (within === 1) orders.restart();
          return e;
        }
        const step = (within - 2) % inner;
        if (step === 0) {
          orders.next();
          point.set(baseline.subarray(row, row + width));
        }
        const player = orders.order[step]!;
        point[player] = x[row + player]!;
        buffer.set(point, at);
        return e;
      },
      (i, value) => {
        const row = Math.floor(i / perExample) * width;
        const within = i % perExample;
        if (within === 0) {
          empty = value;
          return;
        }
        if (within === 1) {
          full = value;
          heard.restart();
          if (inner === 0 && count === 1) mean[row + players[0]!] = full - empty;
          return;
        }
        const step = (within - 2) % inner;
        if (step === 0) {
          heard.next();
          before = empty;
        }
        pair[heard.order[step]!]! += value - before;
        before = value;
        if (step < inner - 1) return;
        pair[heard.order[inner]!]! += full - value;
        if (heard.reversed) settle(mean, spread, pair, row, heard.drawn, players);
      },
      pace,
    );
    const error = Float32Array.from(spread, (sum) => Math.sqrt(Math.max(0, sum) / (pairs - 1) / pairs));
    return { values: Float32Array.from(mean), standardError: error };
  },
};

/** Pairs of orders: an odd number is rounded up, and one pair would tell nothing of its error. */
function pairsOf(samples: number): number {
  return Math.max(2, Math.ceil(samples / 2));
}

/** Takes a pair's mean contributions into the running mean and sum of squares (Welford 1962), and clears the pair. */
function settle(
  mean: Float64Array,
  spread: Float64Array,
  pair: Float64Array,
  row: number,
  drawn: number,
  players: Int32Array,
): void {
  for (const player of players) {
    const value = pair[player]! / 2;
    pair[player] = 0;
    const at = row + player;
    const delta = value - mean[at]!;
    mean[at]! += delta / drawn;
    spread[at]! += delta * (value - mean[at]!);
  }
}

/** Random orders of the players, each followed by its reverse. */
class Orders {
  readonly order: Int32Array;
  reversed = true;
  /** Pairs begun. */
  drawn = 0;
  private random = seeded(0);

  constructor(
    private readonly players: Int32Array,
    private readonly seed: number,
  ) {
    this.order = Int32Array.from(players);
  }

  restart(): void {
    this.random = seeded(this.seed);
    this.order.set(this.players);
    this.reversed = true;
    this.drawn = 0;
  }

  next(): void {
    this.reversed = !this.reversed;
    if (this.reversed) this.order.reverse();
    else {
      this.drawn++;
      shuffle(this.order, this.random.below);
    }
  }
}

/** Fisher and Yates: every order is as likely. */
function shuffle(items: Int32Array, below: (n: number) => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = below(i + 1);
    const item = items[i]!;
    items[i] = items[j]!;
    items[j] = item;
  }
}
