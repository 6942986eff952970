/** One side of a question at work: its model, its examples and its changes, each made when first asked for. */
import { layersOf } from '../../../core/algebra/index.ts';
import { listed } from '../../../core/errors/index.ts';
import { WhatIf } from '../changes/what-if.ts';
import type { QueryPlan } from '../contract.ts';
import type { Examples, Split } from '../data/examples.ts';
import type { MethodContext } from '../inference/context.ts';
import type { Pace } from '../inference/forward.ts';
import type { LoadedModel } from '../network/model.ts';
import { selectExamples } from '../slices/slice.ts';

export interface SideSources {
  readonly plan: QueryPlan;
  /** Warm where possible; not disposed by whoever asks. */
  model(asked: QueryPlan['model']): Promise<LoadedModel>;
  /** The asker's own. */
  copy(asked: QueryPlan['model']): Promise<LoadedModel>;
  split(plan: QueryPlan, name: string): Promise<Split>;
}

export class Side {
  private readonly whatIf: WhatIf;
  private chosen: Promise<Examples> | undefined;
  private changed: Promise<Examples> | undefined;
  private older: LoadedModel | undefined;
  private joined: Side | null | undefined;

  constructor(
    private readonly sources: SideSources,
    private readonly pace: Pace,
  ) {
    const { plan } = sources;
    this.whatIf = new WhatIf({
      ...pace,
      plan,
      model: () => sources.model(plan.model),
      copy: () => sources.copy(plan.model),
    });
  }

  /** Whether the question is to be answered with and without its changes. */
  get isWhatIf(): boolean {
    const { changes, join } = this.sources.plan.query;
    return Boolean(changes?.length) && !join;
  }

  /** What a method sees, changed as `with` says; its progress runs from `start` to `end`. */
  context(start: number, end: number): MethodContext {
    return {
      ...this.unchanged(start, end),
      plan: this.sources.plan,
      model: () => this.whatIf.model(),
      examples: () => {
        this.changed ??= this.unchanged(start, end)
          .examples()
          .then((chosen) => this.whatIf.examples(chosen));
        return this.changed;
      },
    };
  }

  /** The same without the changes. */
  unchanged(start: number, end: number): MethodContext {
    const { changes: _, ...query } = this.sources.plan.query;
    const plan = { ...this.sources.plan, query };
    const pace = {
      ...this.pace,
      progress: (done: number, note: string) => this.pace.progress(start + (end - start) * done, note),
    };
    const model = () => this.sources.model(plan.model);
    const split = (name: string) => this.sources.split(plan, name);
    return {
      ...pace,
      plan,
      model,
      split,
      examples: () => {
        this.chosen ??= selectExamples({ ...pace, plan, model, split });
        return this.chosen;
      },
      right: () => this.right()?.context(start, end) ?? null,
      checkpoint: async (i) => {
        const found = plan.checkpoints?.[i];
        if (!found) throw new Error(`the plan has no checkpoint ${i}`);
        return this.checkpoint(found);
      },
    };
  }

  /** What is to be said of how the examples of this side, and of a side that it was compared with, were chosen and changed. */
  async warnings(): Promise<readonly string[]> {
    const own = [
      ...((await this.chosen)?.warnings ?? []),
      ...((await this.changed)?.warnings ?? []),
      ...(await this.ofSharedLayers()),
    ];
    return [...own, ...((await this.joined?.warnings()) ?? [])];
  }

  /** A layer that the model uses several times puts out several things: which of them is meant. */
  private async ofSharedLayers(): Promise<string[]> {
    const { query, model } = this.sources.plan;
    const { join: _, ...own } = query;
    // Weights are the same in all uses.
    const layers = own.what.kind === 'call' && own.what.name === 'weights' ? [] : layersOf(own);
    if (layers.length === 0) return [];
    const { program } = await this.sources.model(model);
    return layers.flatMap((name) => {
      const uses = program.usesOf(name);
      return uses === null
        ? []
        : [
            `The model uses the layer ${name} ${uses.count} times: what it puts out is that of its first use, on ${listed(uses.inputs)}; a change to it changes all uses.`,
          ];
    });
  }

  /** The right side of a left join, where the question is to be answered for each side by itself. */
  against(): Side | null {
    const { what, join } = this.sources.plan.query;
    return what.kind === 'call' && join?.kind === 'left join' ? this.right() : null;
  }

  async dispose(): Promise<void> {
    this.older?.dispose();
    this.older = undefined;
    await this.whatIf.dispose();
    await this.joined?.dispose();
  }

  /** All checkpoints of a large model would not fit, so each takes the place of the one before. */
  private async checkpoint(asked: QueryPlan['model']): Promise<LoadedModel> {
    if (asked.hash === this.sources.plan.model.hash) return this.sources.model(asked);
    this.older?.dispose();
    this.older = undefined;
    this.older = await this.sources.copy(asked);
    return this.older;
  }

  private right(): Side | null {
    const { plan } = this.sources;
    this.joined ??= plan.joined ? new Side({ ...this.sources, plan: plan.joined }, this.pace) : null;
    return this.joined;
  }
}
