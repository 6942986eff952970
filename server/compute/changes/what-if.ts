/** What-if: a model and examples as the changes of `with` make them. What a slice holds is decided without them. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Change } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { QueryPlan } from '../contract.ts';
import type { Examples } from '../data/examples.ts';
import type { Pace } from '../inference/forward.ts';
import type { LoadedModel } from '../network/model.ts';
import type { Edits, Program } from '../network/program.ts';
import type { ProgramTap } from '../network/taps.ts';
import type { Tf } from '../tf.ts';
import type { Affine } from './action.ts';
import { inputAction, unitAction, type WeightAction, weightAction } from './index.ts';

export interface WhatIfSource extends Pace {
  readonly plan: QueryPlan;
  /** The model as it is stored, warm where possible; not disposed here. */
  model(): Promise<LoadedModel>;
  /** A copy of its own, disposed here. */
  copy(): Promise<LoadedModel>;
}

/** One side's changes, in the order written. Dispose it when its numbers are there. */
export class WhatIf {
  private readonly changes: readonly Change[];
  /** Copies with changed weights, by how many changes of weights were made. */
  private readonly copies = new Map<number, Promise<LoadedModel>>();

  constructor(private readonly source: WhatIfSource) {
    this.changes = source.plan.query.changes ?? [];
  }

  model(): Promise<LoadedModel> {
    return this.modelAfter(this.changes.length);
  }

  /** The same examples with changed inputs. */
  async examples(chosen: Examples): Promise<Examples> {
    let now = chosen;
    for (const [at, change] of this.changes.entries()) {
      const action = inputAction(change);
      if (!action) continue;
      const changed = await action({ ...this.source, model: () => this.modelAfter(at) }, now);
      now = { ...now, values: changed.values, warnings: [...(now.warnings ?? []), ...changed.warnings] };
    }
    return now;
  }

  async dispose(): Promise<void> {
    const copies = await Promise.allSettled(this.copies.values());
    for (const copy of copies) if (copy.status === 'fulfilled') copy.value.dispose();
    this.copies.clear();
  }

  /** The model as the first `count` changes leave it. */
  private async modelAfter(count: number): Promise<LoadedModel> {
    const changes = this.changes.slice(0, count);
    const writes = changes.flatMap((change) => weightAction(change) ?? []);
    const base = writes.length === 0 ? await this.source.model() : await this.withWeights(writes);
    const edits = editsOf(this.source.tf, base, changes);
    return edits.size === 0 ? base : new EditedModel(base, edits);
  }

  private withWeights(writes: readonly WeightAction[]): Promise<LoadedModel> {
    const known = this.copies.get(writes.length);
    if (known) return known;
    const made = this.source.copy().then((copy) => {
      try {
        for (const write of writes) write(this.source.tf, copy);
        return copy;
      } catch (error) {
        copy.dispose();
        throw error;
      }
    });
    this.copies.set(writes.length, made);
    return made;
  }
}

/** A model whose layers' outputs are edited on the way; its weights are the other's. */
class EditedModel implements LoadedModel {
  readonly program: Program;
  readonly bytes: number;
  readonly losses: LoadedModel['losses'];
  constructor(base: LoadedModel, edits: Edits) {
    this.bytes = base.bytes;
    this.losses = base.losses;
    this.program = base.program.withEdits(edits);
  }
  outputsOf(x: Tensor, taps: readonly ProgramTap[]): Tensor[] {
    return this.program.run(() => x, taps);
  }
  dispose(): void {
    // The weights belong to the model that is edited.
  }
}

/** Each unit's output y becomes factor * y + offset, by one change after the other. */
function editsOf(tf: Tf, loaded: LoadedModel, changes: readonly Change[]): Edits {
  const affine = new Map<string, Map<number, Affine>>();
  for (const change of changes) {
    const action = unitAction(change);
    if (!action) continue;
    const { layer, unit, after } = action;
    loaded.program.node(layer);
    const units = affine.get(layer) ?? new Map<number, Affine>();
    affine.set(layer, units);
    units.set(unit, after(units.get(unit) ?? { factor: 1, offset: 0 }));
  }
  return new Map(
    [...affine].map(([layer, units]) => [
      layer,
      (output: Tensor) => {
        const count = output.rank < 2 ? 1 : (output.shape.at(-1) ?? 1);
        const factors = new Float32Array(count).fill(1);
        const offsets = new Float32Array(count);
        for (const [unit, { factor, offset }] of units) {
          if (unit >= count)
            throw new UserError(
              'invalid',
              `no unit ${unit} in ${layer}: it has ${count}, from 0 to ${count - 1}`,
            );
          factors[unit] = factor;
          offsets[unit] = offset;
        }
        return tf.add(tf.mul(output, tf.tensor1d(factors)), tf.tensor1d(offsets));
      },
    ]),
  );
}
