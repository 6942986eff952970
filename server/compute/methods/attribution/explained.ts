/** Plays a side's game group by group of examples, so that a slice of any size fits in memory. */
import { setImmediate } from 'node:timers/promises';
import type { Tensor } from '@tensorflow/tfjs';
import { METHODS, type ParameterValue, type Region, type Target } from '../../../../core/algebra/index.ts';
import { type Examples, widthOf } from '../../data/examples.ts';
import type { MethodContext } from '../../inference/context.ts';
import { checkCancelled } from '../../inference/forward.ts';
import type { Attribution, NamedAttribution } from './game.ts';
import { gameOf, type ModelGame } from './game-of.ts';

/** Bytes of features of the examples that are played with at once. */
const GROUP_BYTES = 16 * 2 ** 20;
const MOST_EXAMPLES = 256;

export interface Explanation {
  readonly method: NamedAttribution;
  readonly params: Readonly<Record<string, ParameterValue>>;
  /** Layer whose output is explained; null: the input. */
  readonly place: string | null;
  readonly target?: Target | undefined;
  readonly where?: Region | undefined;
  readonly examples: Examples;
}

/** Some of the examples, explained. */
export interface ExampleGroup {
  /** Position among the examples: from inclusive, to exclusive. */
  readonly from: number;
  readonly to: number;
  readonly game: ModelGame;
  readonly attribution: Attribution;
  /** Target at the features and at the baseline, one of each per example. */
  readonly value: Float32Array;
  readonly baselineValue: Float32Array;
}

/** The most examples of a game at this place. */
export function groupSize(width: number): number {
  return Math.max(1, Math.min(MOST_EXAMPLES, Math.floor(GROUP_BYTES / (4 * Math.max(1, width)))));
}

/** Calls `visit` once per group; what it makes in TensorFlow is its own affair. Throws `cancelled`. */
export async function explain(
  context: MethodContext,
  asked: Explanation,
  visit: (group: ExampleGroup) => void,
): Promise<void> {
  const { method, params, examples } = asked;
  const total = examples.indices.length;
  const step = groupSize(Math.max(widthOf(examples.split), layerWidth(context, asked.place)));
  for (let from = 0; from < total; from += step) {
    const to = Math.min(total, from + step);
    const game = await gameOf(context, {
      place: asked.place,
      baseline: params.baseline ?? 0,
      examples: part(examples, from, to),
      needsGradient: METHODS[method.name].needs === 'gradient',
      ...(asked.target ? { target: asked.target } : {}),
      ...(asked.where ? { where: asked.where } : {}),
    });
    try {
      const points = Math.max(1, method.evaluations(params, game.players.length) * (to - from));
      const attribution = await method.attribute(game, params, {
        async step(done) {
          const share = Math.min(1, done / points);
          const note =
            total === 1
              ? `${method.name} ${Math.min(done, points)} of ${points} points`
              : `${method.name} ${from + Math.floor(share * (to - from))} of ${total} examples`;
          context.progress((from + share * (to - from)) / total, note);
          await setImmediate();
          checkCancelled(context.signal);
        },
      });
      visit({
        from,
        to,
        game,
        attribution,
        value: targets(game, game.features),
        baselineValue: targets(game, game.baseline),
      });
    } finally {
      game.dispose();
    }
  }
}

/** Target at one point of each example. */
function targets(game: ModelGame, points: Tensor): Float32Array {
  const { tf, n, batch } = game;
  const out = new Float32Array(n);
  for (let from = 0; from < n; from += batch) {
    const m = Math.min(batch, n - from);
    const owner = Int32Array.from({ length: m }, (_, i) => from + i);
    out.set(
      tf.tidy(() => game.value(tf.slice(points, from, m), owner).dataSync()),
      from,
    );
  }
  return out;
}

function part(examples: Examples, from: number, to: number): Examples {
  const { indices, values } = examples;
  if (from === 0 && to === indices.length) return examples;
  const width = widthOf(examples.split);
  return {
    ...examples,
    indices: indices.slice(from, to),
    ...(values ? { values: values.slice(from * width, to * width) } : {}),
  };
}

/** Numbers of a layer's output for one example; sizes that are not known count as one. */
export function layerWidth({ plan }: Pick<MethodContext, 'plan'>, layer: string | null): number {
  const found = plan.model.manifest.graph.layers.find((l) => l.name === layer);
  return (found?.outputShape ?? []).slice(1).reduce<number>((a, b) => a * (b ?? 1), 1);
}
