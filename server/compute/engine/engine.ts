/** Answers queries within one process: keeps models and data warm, runs the method, writes down provenance. */

import { printChange } from '../../../core/algebra/index.ts';
import type { BlobReader } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { PreprocessingRecord, Scale, Trial } from '../../../core/preprocessing/index.ts';
import { departures, encodeSafetensors, type ResultMeta } from '../../../core/result/index.ts';
import type { Backend } from '../backend/backend.ts';
import type { PlanData, QueryPlan } from '../contract.ts';
import { loadSplit, prepared, type Split, type StoredSplit } from '../data/examples.ts';
import { checkCancelled, type Pace } from '../inference/forward.ts';
import { methodFor } from '../methods/index.ts';
import type { MethodOutput, NamedMethod } from '../methods/method.ts';
import { methodVersion } from '../methods/version.ts';
import { type LoadedModel, loadModel } from '../network/model.ts';
import type { Counters } from '../process/messages.ts';
import { ByteCache } from './cache.ts';
import { Side, type SideSources } from './side.ts';
import { trialOf } from './trial.ts';

export interface Answer {
  readonly meta: ResultMeta;
  /** The result's tensors as safetensors. */
  readonly bytes: Uint8Array;
}

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
      const { output, before } = await bothWays(method, side);
      checkCancelled(pace.signal);
      for (const answer of [output, ...(before ? [before] : [])]) checkOutput(method, answer);
      const tensors = { ...output.tensors, ...renamed(before?.tensors ?? {}) };
      const changes = (plan.query.changes ?? []).map(printChange);
      const against = sidesOf(plan);
      const models = plansOf(plan).flatMap(({ model, checkpoints = [] }) => [model, ...checkpoints]);
      const data = plansOf(plan).flatMap((each) => (each.data ? [each.data] : []));
      const meta: ResultMeta = {
        id: plan.id,
        type: output.type,
        title: against
          ? `${output.title}, against ${against.right}`
          : before
            ? `${output.title}, with ${changes.join(', ')}`
            : output.title,
        axes: [...output.axes],
        tensors: Object.fromEntries(
          Object.entries(tensors).map(([name, { dtype, shape, axes }]) => [
            name,
            { dtype, shape: [...shape], axes: [...axes] },
          ]),
        ),
        ...(output.record === undefined ? {} : { record: output.record }),
        reading: output.reading ?? method.reading,
        ...(output.n === undefined ? {} : { n: output.n }),
        ...(before
          ? {
              before: {
                changes,
                ...(before.record === undefined ? {} : { record: before.record }),
                ...(against === null ? {} : { against }),
              },
            }
          : {}),
        warnings: [
          ...new Set([
            ...caveatsOf(plan),
            ...data.flatMap((each) => each.warnings),
            ...(await side.warnings()),
            ...output.warnings,
            ...(before?.warnings ?? []),
          ]),
        ],
        provenance: {
          query: plan.text,
          checkpoints: distinct(models.map(({ address, hash }) => ({ address, hash }))),
          data: distinct(data.map(({ address, manifest }) => ({ address, hash: manifest.hash }))),
          ...(data.length === 0 ? {} : { preprocessing: distinctPairs(data) }),
          method: output.method ?? method.name,
          methodVersion: methodVersion(plan.query),
          parameters: output.parameters ?? {},
          ...(output.seed === undefined ? {} : { seed: output.seed }),
          engine: this.backend.engine,
          engineVersion: this.backend.engineVersion,
          backend: this.backend.name,
          durationMs: Math.round(performance.now() - started),
          computedAt: new Date().toISOString(),
        },
      };
      return { meta, bytes: encodeSafetensors(tensors, { id: plan.id, query: plan.text }) };
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
      copy: ({ manifest, checkpoint }) => loadModel(this.backend.tf, manifest, checkpoint, this.blobs),
      split: (from, name) => this.split(from, name),
    };
  }

  private model({ hash, manifest, checkpoint }: QueryPlan['model']): Promise<LoadedModel> {
    // The same weights may belong to two architectures (other activations, other losses), so both name the entry.
    const key = `${hash}:${JSON.stringify([manifest.topology, manifest.graph.losses])}`;
    return this.models.get(key, () => loadModel(this.backend.tf, manifest, checkpoint, this.blobs));
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
): Promise<{ output: MethodOutput; before: MethodOutput | null }> {
  const right = side.against();
  if (right) {
    const before = await method.run(right.context(0, 0.5));
    const output = await method.run(side.context(0.5, 1));
    checkAlike(output, before);
    return { output, before };
  }
  if (!side.isWhatIf) return { output: await method.run(side.context(0, 1)), before: null };
  const before = await method.run(side.unchanged(0, 0.5));
  return { output: await method.run(side.context(0.5, 1)), before };
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

/** What the sides of a left join differ in: the model, else what is asked of it. */
function sidesOf(plan: QueryPlan): { left: string; right: string } | null {
  const { joined } = plan;
  if (!joined || plan.query.what.kind !== 'call' || plan.query.join?.kind !== 'left join') return null;
  if (plan.model.address !== joined.model.address)
    return { left: plan.model.address, right: joined.model.address };
  const changes = (of: QueryPlan) => (of.query.changes ?? []).map(printChange).join(', ') || 'unchanged';
  return { left: changes(plan), right: changes(joined) };
}

function renamed(tensors: MethodOutput['tensors']): MethodOutput['tensors'] {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`before.${name}`, tensor]));
}

/** The plan and the right sides of its joins. */
function plansOf(plan: QueryPlan): QueryPlan[] {
  return [plan, ...(plan.joined ? plansOf(plan.joined) : [])];
}

/** One record for each pair of a model and a data set. */
function distinctPairs(data: readonly PlanData[]): PreprocessingRecord[] {
  return [
    ...new Map(
      data.map(({ preprocessing }) => [`${preprocessing.model} ${preprocessing.dataset}`, preprocessing]),
    ).values(),
  ];
}

/** In what the models' numbers may differ from Keras'; of several models each says whose they are. */
function caveatsOf(plan: QueryPlan): string[] {
  const models = plansOf(plan).map(({ model }) => model);
  const several = new Set(models.map(({ address }) => address)).size > 1;
  return models.flatMap(({ address, manifest }) =>
    (manifest.caveats ?? []).map((caveat) => (several ? `${address}: ${caveat}` : caveat)),
  );
}

function distinct<T extends { readonly address: string; readonly hash: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [`${item.address} ${item.hash}`, item])).values()];
}

/** A method that puts out something else than its result type says is at fault, whatever it was asked. */
function checkOutput(method: NamedMethod, output: MethodOutput): void {
  const found = departures(output);
  if (found.length > 0) throw new Error(`${method.name} put out what it should not: ${found.join('; ')}`);
}
