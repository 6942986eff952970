/** Answers queries within one process: keeps models and data warm, runs the method, writes down provenance. */

import type { BlobReader } from '../../core/artifacts/index.ts';
import { UserError } from '../../core/errors/index.ts';
import { encodeSafetensors, type ResultMeta } from '../../core/result/index.ts';
import type { Backend } from './backend.ts';
import { ByteCache } from './cache.ts';
import type { QueryPlan } from './contract.ts';
import { type Examples, loadSplit, type Split } from './examples.ts';
import { checkCancelled, type Pace } from './forward.ts';
import type { Counters } from './messages.ts';
import { methodFor } from './methods/index.ts';
import type { MethodContext } from './methods/method.ts';
import { type LoadedModel, loadModel } from './model.ts';
import { selectExamples } from './slice.ts';

export interface Answer {
  readonly meta: ResultMeta;
  /** The result's tensors as safetensors. */
  readonly bytes: Uint8Array;
}

export class Engine {
  private readonly models = new ByteCache<LoadedModel>();
  private readonly splits = new ByteCache<Split>();

  constructor(
    readonly backend: Backend,
    private readonly blobs: BlobReader,
    private readonly cacheBytes: number,
  ) {}

  /** Throws UserError; `cancelled` once the signal fires. No tensor but the warm models' weights outlives the call. */
  async answer(plan: QueryPlan, pace: Omit<Pace, 'tf'>): Promise<Answer> {
    const method = methodFor(plan.query);
    const started = performance.now();
    try {
      const output = await method.run(this.context(plan, pace));
      checkCancelled(pace.signal);
      const tensors = Object.entries(output.tensors);
      const meta: ResultMeta = {
        id: plan.id,
        type: output.type,
        title: output.title,
        axes: [...output.axes],
        tensors: Object.fromEntries(
          tensors.map(([name, { dtype, shape, axes }]) => [
            name,
            { dtype, shape: [...shape], axes: [...axes] },
          ]),
        ),
        ...(output.record === undefined ? {} : { record: output.record }),
        reading: method.reading,
        ...(output.n === undefined ? {} : { n: output.n }),
        warnings: [...output.warnings],
        provenance: {
          query: plan.text,
          checkpoints: [{ address: plan.model.address, hash: plan.model.hash }],
          data: plan.data ? [{ address: plan.data.address, hash: plan.data.manifest.hash }] : [],
          method: output.method ?? method.function,
          methodVersion: method.version,
          parameters: output.parameters ?? {},
          ...(output.seed === undefined ? {} : { seed: output.seed }),
          engine: this.backend.engine,
          engineVersion: this.backend.engineVersion,
          backend: this.backend.name,
          durationMs: Math.round(performance.now() - started),
          computedAt: new Date().toISOString(),
        },
      };
      return { meta, bytes: encodeSafetensors(output.tensors, { id: plan.id, query: plan.text }) };
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

  /** What a method sees of a plan, or of the right side of one. */
  private context(plan: QueryPlan, pace: Omit<Pace, 'tf'>): MethodContext {
    const { tf } = this.backend;
    const model = () => this.model(plan.model);
    const split = (name: string) => this.split(plan, name);
    let examples: Promise<Examples> | undefined;
    let right: MethodContext | null | undefined;
    return {
      ...pace,
      tf,
      plan,
      model,
      split,
      examples: () => {
        examples ??= selectExamples({ ...pace, tf, plan, model, split });
        return examples;
      },
      right: () => {
        right ??= plan.joined ? this.context(plan.joined, pace) : null;
        return right;
      },
      checkpoint: (i) => {
        const found = plan.checkpoints?.[i];
        if (!found) throw new Error(`the plan has no checkpoint ${i}`);
        return this.model(found);
      },
    };
  }

  private model({ hash, manifest, checkpoint }: QueryPlan['model']): Promise<LoadedModel> {
    // The same weights may belong to two architectures (other activations), so both name the entry.
    const key = `${hash}:${JSON.stringify(manifest.topology)}`;
    return this.models.get(key, () => loadModel(this.backend.tf, manifest, checkpoint, this.blobs));
  }

  private split(plan: QueryPlan, name: string): Promise<Split> {
    const { data } = plan;
    if (!data) throw new UserError('invalid', 'this query needs data');
    return this.splits.get(`${data.manifest.hash}:${name}`, () => loadSplit(data.manifest, name, this.blobs));
  }

  private trim(budget: number): void {
    this.models.trim(budget / 2);
    this.splits.trim(budget / 2);
  }
}
