/** Games of closed forms, whose attributions are known on paper. */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { AttributionPace, Game } from '../methods/attribution/game.ts';
import type { Tf } from '../tf.ts';

export interface GameSpec {
  /** (m, width) -> (m), in differentiable operations. */
  readonly target: (tf: Tf, points: Tensor2D) => Tensor;
  /** One row per example. */
  readonly x: readonly (readonly number[])[];
  /** One row for all; zeros where absent. */
  readonly baseline?: readonly number[];
  readonly shape?: readonly number[];
  readonly players?: readonly number[];
  readonly batch?: number;
  readonly unitsApart?: boolean;
}

export interface ClosedGame extends Game {
  /** Points asked so far. */
  readonly asked: () => number;
  dispose(): void;
}

export function gameOfFunction(tf: Tf, spec: GameSpec): ClosedGame {
  const n = spec.x.length;
  const width = spec.x[0]?.length ?? 0;
  const shape = spec.shape ?? [width];
  const baseline = spec.baseline ?? new Array<number>(width).fill(0);
  let asked = 0;
  const target = (points: Tensor): Tensor1D => spec.target(tf, tf.reshape(points, [-1, width])).as1D();
  const features = tf.tensor(spec.x.flat(), [n, ...shape], 'float32');
  const absent = tf.tensor(
    spec.x.flatMap(() => baseline),
    [n, ...shape],
    'float32',
  );
  return {
    tf,
    n,
    shape,
    features,
    baseline: absent,
    players: Int32Array.from(spec.players ?? Array.from({ length: width }, (_, i) => i)),
    batch: spec.batch ?? 64,
    unitsApart: spec.unitsApart ?? false,
    value(points) {
      asked += points.shape[0] ?? 0;
      return target(points);
    },
    gradient(points) {
      asked += points.shape[0] ?? 0;
      return tf.grad((p: Tensor) => tf.sum(target(p)))(points);
    },
    asked: () => asked,
    dispose: () => tf.dispose([features, absent]),
  };
}

/** Nobody cancels and nobody listens. */
export const quiet: AttributionPace = { step: async () => undefined };
