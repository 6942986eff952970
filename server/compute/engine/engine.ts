/** Answers queries within one process: keeps models and data warm, runs the method, writes down provenance. */

import type { BlobReader } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Scale, Trial } from '../../../core/preprocessing/index.ts';
import type { Backend } from '../backend/backend.ts';
import type { QueryPlan } from '../contract.ts';
import { loadSplit, prepared, type Split, type StoredSplit } from '../data/examples.ts';
import { checkCancelled, type Pace } from '../inference/forward.ts';
import { type Answer, answerOf } from '../methods/answer.ts';
import { methodFor } from '../methods/index.ts';
import type { MethodOutput, NamedMethod } from '../methods/method.ts';
import { type LoadedModel, loadModel, withOutput } from '../network/model.ts';
import type { Counters } from '../process/messages.ts';
import { ByteCache } from './cache.ts';
import { Side, type SideSources } from './side.ts';
import { trialOf } from './trial.ts';

export class Engine {
  private readonly models = new ByteCache<LoadedModel>();
  private readonly splits = new ByteCache<StoredSplit>();

  constructor(
    readonly backend: Backend,
    private readonly blobs: BlobReader,
    private readonly cacheBytes: number,
  ) {}

  /** Throws UserError; `cancelled` once the signal fires. No tensor but the warm models' weights outlives the call. */
  async answer(plan: QueryPlan, pace: Omit<Pace, 'tf'>): Promise<Answer> {
    const method = methodFor(plan.query);
    const started = performance.now();
    const side = new Side(this.sources(plan), { ...pace, tf: this.backend.tf });
    try {
      const { output, other } = await bothWays(method, side);
      checkCancelled(pace.signal);
      const durationMs = Math.round(performance.now() - started);
      const { engine, engineVersion, name } = this.backend;
      return answerOf(
        plan,
        { output, other, warnings: await side.warnings() },
        { engine, engineVersion, backend: name, durationMs },
      );
    } finally {
      await side.dispose();
      this.trim(this.cacheBytes);
    }
  }

  /** What the plan's model says of labelled examples of its data, scaled in each of the ways. */
  async tryScales(plan: QueryPlan, ways: readonly Scale[], pace: Omit<Pace, 'tf'>): Promise<Trial> {
    try {
      return await trialOf({ ...pace, tf: this.backend.tf }, this.sources(plan), ways);
    } finally {
      this.trim(this.cacheBytes);
    }
  }

  counters(): Counters {
    return {
      modelLoads: this.models.loads,
      splitLoads: this.splits.loads,
      tensors: this.backend.tf.memory().numTensors,
    };
  }

  /** Lets go of everything warm. */
  dispose(): void {
    this.trim(0);
  }

  private sources(plan: QueryPlan): SideSources {
    return {
      plan,
      model: (asked) => this.model(asked),
      copy: async ({ manifest, checkpoint, output }) =>
        withOutput(
          await loadModel(this.backend.tf, manifest, checkpoint, this.blobs),
          output,
          manifest.graph.losses,
        ),
      split: (from, name) => this.split(from, name),
    };
  }

  private async model({ hash, manifest, checkpoint, output }: QueryPlan['model']): Promise<LoadedModel> {
    // The same weights may belong to two architectures (other activations, other losses), so both name the entry.
    const key = `${hash}:${JSON.stringify([manifest.topology, manifest.graph.losses])}`;
    const warm = await this.models.get(key, () =>
      loadModel(this.backend.tf, manifest, checkpoint, this.blobs),
    );
    return withOutput(warm, output, manifest.graph.losses);
  }

  private async split(plan: QueryPlan, name: string): Promise<Split> {
    const { data } = plan;
    if (!data) throw new Error('a query without data asks for a split');
    const { manifest } = data;
    const stored = await this.splits.get(`${manifest.hash}:${name}`, () =>
      loadSplit(manifest, name, this.blobs),
    );
    return prepared(stored, data);
  }

  private trim(budget: number): void {
    this.models.trim(budget / 2);
    this.splits.trim(budget / 2);
  }
}

/**
 * A what-if question is answered with the changes and without, a function's left join for its left side and its right;
 * other joined questions compare their sides themselves.
 */
async function bothWays(
  method: NamedMethod,
  side: Side,
): Promise<{ output: MethodOutput; other: MethodOutput | null }> {
  const right = side.against();
  if (right) {
    const other = await method.run(right.context(0, 0.5));
    const output = await method.run(side.context(0.5, 1));
    checkAlike(output, other);
    return { output, other };
  }
  if (!side.isWhatIf) return { output: await method.run(side.context(0, 1)), other: null };
  const other = await method.run(side.unchanged(0, 0.5));
  return { output: await method.run(side.context(0.5, 1)), other };
}

/** Throws UserError('invalid') where the sides say different things: other classes, other examples. */
function checkAlike(left: MethodOutput, right: MethodOutput): void {
  const shapes = ({ type, tensors }: MethodOutput) =>
    JSON.stringify([type, ...Object.entries(tensors).map(([name, { shape }]) => [name, shape])]);
  if (shapes(left) !== shapes(right))
    throw new UserError(
      'invalid',
      'the two sides answer in different shapes, so that they cannot be set against each other; compare models of the same classes on the same data',
    );
}
