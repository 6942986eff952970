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
import { inputAction, type UnitAction, unitAction, type WeightAction, weightAction } from './index.ts';

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
  readonly output: LoadedModel['output'];
  constructor(base: LoadedModel, edits: Edits) {
    this.bytes = base.bytes;
    this.losses = base.losses;
    this.output = base.output;
    this.program = base.program.withEdits(edits);
  }
  outputsOf(input: (name: string) => Tensor, taps: readonly ProgramTap[]): Tensor[] {
    return this.program.run(input, taps);
  }
  dispose(): void {
    // The weights belong to the model that is edited.
  }
}

/** Each unit's output goes through one change of it after the other; the others stay as they are. */
function editsOf(tf: Tf, loaded: LoadedModel, changes: readonly Change[]): Edits {
  const layers = new Map<string, Map<number, UnitAction[]>>();
  for (const change of changes) {
    const action = unitAction(change);
    if (!action) continue;
    const { layer, unit } = action;
    loaded.program.node(layer);
    const units = layers.get(layer) ?? new Map<number, UnitAction[]>();
    layers.set(layer, units);
    units.set(unit, [...(units.get(unit) ?? []), action]);
  }
  return new Map(
    [...layers].map(([layer, units]) => [layer, (output: Tensor) => withUnits(tf, layer, output, units)]),
  );
}

/** `output`: (n, ..., units). Without an axis of units, the whole is unit 0. */
function withUnits(
  tf: Tf,
  layer: string,
  output: Tensor,
  units: ReadonlyMap<number, readonly UnitAction[]>,
): Tensor {
  const values = tf.cast(output, 'float32');
  const axis = values.rank - 1;
  const count = values.rank < 2 ? 1 : (values.shape[axis] ?? 1);
  const part = (from: number, to: number): Tensor => {
    if (from === 0 && to === count) return values;
    const [begin, size] = [values.shape.map(() => 0), [...values.shape]];
    [begin[axis], size[axis]] = [from, to - from];
    return tf.slice(values, begin, size);
  };
  const parts: Tensor[] = [];
  let end = 0;
  for (const [unit, actions] of [...units].sort(([a], [b]) => a - b)) {
    if (unit >= count)
      throw new UserError('invalid', `no unit ${unit} in ${layer}: it has ${count}, from 0 to ${count - 1}`);
    if (unit > end) parts.push(part(end, unit));
    parts.push(actions.reduce((now, action) => action.output(tf, now), part(unit, unit + 1)));
    end = unit + 1;
  }
  if (end < count) parts.push(part(end, count));
  return tf.concat(parts, Math.max(0, axis));
}
