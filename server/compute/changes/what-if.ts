/** What-if: a model and examples as the changes of `with` make them. What a slice holds is decided without them. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Change } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { QueryPlan } from '../contract.ts';
import { type Examples, rowsOf, widthOf } from '../data/examples.ts';
import { windowOf } from '../data/window.ts';
import type { Pace } from '../inference/forward.ts';
import type { LoadedModel } from '../network/model.ts';
import { type Edits, Program } from '../network/program.ts';
import type { ProgramTap } from '../network/taps.ts';
import { seeded } from '../numerics/random.ts';
import type { Tf } from '../tf.ts';
import { type Attacked, attacked } from './attack.ts';

export interface WhatIfSource extends Pace {
  readonly plan: QueryPlan;
  /** The model as it is stored, warm where possible; not disposed here. */
  model(): Promise<LoadedModel>;
  /** A copy of its own, disposed here. */
  copy(): Promise<LoadedModel>;
}
type SetWeight = Extract<Change, { kind: 'set' }>;

/** One side's changes, in the order written. Dispose it when its numbers are there. */
export class WhatIf {
  private readonly changes: readonly Change[];
  /** Copies with changed weights, by how many weights are set. */
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
      const changed = await this.changed(change, at, now);
      if (changed)
        now = { ...now, values: changed.values, warnings: [...(now.warnings ?? []), ...changed.warnings] };
    }
    return now;
  }

  async dispose(): Promise<void> {
    const copies = await Promise.allSettled(this.copies.values());
    for (const copy of copies) if (copy.status === 'fulfilled') copy.value.dispose();
    this.copies.clear();
  }

  /** Inputs after the change, (n, ...shape); null for a change of the model. */
  private async changed(change: Change, at: number, examples: Examples): Promise<Attacked | null> {
    const n = examples.indices.length;
    switch (change.kind) {
      case 'noise':
        return { values: noisy(examples, change.sd, change.seed), warnings: [] };
      case 'patch': {
        const window = windowOf(change.region, examples, 'patch');
        const rows = rowsOf(examples, 0, n);
        const width = widthOf(examples.split);
        for (let i = 0; i < n; i++) for (const k of window) rows[i * width + k] = change.value;
        return { values: rows, warnings: [] };
      }
      case 'fgsm':
        return this.attack(at, examples, change.epsilon, change.epsilon, 1);
      case 'pgd':
        return this.attack(at, examples, change.epsilon, (2.5 * change.epsilon) / change.steps, change.steps);
      default:
        return null;
    }
  }

  private async attack(at: number, examples: Examples, epsilon: number, step: number, steps: number) {
    const loaded = await this.modelAfter(at);
    return attacked(this.source, loaded, examples, { epsilon, step, steps });
  }

  /** The model as the first `count` changes leave it. */
  private async modelAfter(count: number): Promise<LoadedModel> {
    const changes = this.changes.slice(0, count);
    const sets = changes.filter((change) => change.kind === 'set');
    const base = sets.length === 0 ? await this.source.model() : await this.withWeights(sets);
    const edits = editsOf(this.source.tf, base, changes);
    return edits.size === 0 ? base : new EditedModel(this.source.tf, base, edits);
  }

  private withWeights(sets: readonly SetWeight[]): Promise<LoadedModel> {
    const known = this.copies.get(sets.length);
    if (known) return known;
    const made = this.source.copy().then((copy) => {
      try {
        for (const change of sets) setWeight(this.source.tf, copy, change);
        return copy;
      } catch (error) {
        copy.dispose();
        throw error;
      }
    });
    this.copies.set(sets.length, made);
    return made;
  }
}

/** A model whose layers' outputs are edited on the way; its weights are the other's. */
class EditedModel implements LoadedModel {
  readonly program: Program;
  readonly model: LoadedModel['model'];
  readonly bytes: number;
  readonly losses: LoadedModel['losses'];
  constructor(tf: Tf, base: LoadedModel, edits: Edits) {
    this.model = base.model;
    this.bytes = base.bytes;
    this.losses = base.losses;
    this.program = new Program(tf, base.model, edits, base.program.maskTraits);
  }
  outputsOf(x: Tensor, taps: readonly ProgramTap[]): Tensor[] {
    return this.program.run(() => x, taps);
  }
  dispose(): void {
    // The weights belong to the model that is edited.
  }
}

/** Each unit's output y becomes factor * y + offset: ablate, clamp and scale one after the other. */
function editsOf(tf: Tf, loaded: LoadedModel, changes: readonly Change[]): Edits {
  const affine = new Map<string, Map<number, { factor: number; offset: number }>>();
  for (const change of changes) {
    if (change.kind !== 'ablate' && change.kind !== 'clamp' && change.kind !== 'scale') continue;
    loaded.program.layer(change.layer);
    const units = affine.get(change.layer) ?? new Map<number, { factor: number; offset: number }>();
    affine.set(change.layer, units);
    const { factor, offset } = units.get(change.unit) ?? { factor: 1, offset: 0 };
    if (change.kind === 'scale')
      units.set(change.unit, { factor: factor * change.value, offset: offset * change.value });
    else units.set(change.unit, { factor: 0, offset: change.kind === 'clamp' ? change.value : 0 });
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

/** Throws UserError('invalid') for a weight that the layer does not have. */
function setWeight(tf: Tf, loaded: LoadedModel, { layer, tensor, index, value }: SetWeight): void {
  const { weights } = loaded.program.layer(layer);
  const nameOf = (name: string) => name.slice(name.lastIndexOf('/') + 1);
  const found = weights.find(({ originalName }) => nameOf(originalName) === nameOf(tensor));
  if (!found)
    throw new UserError(
      'invalid',
      `no weight ${tensor} in ${layer}; it has ${weights.map(({ originalName }) => nameOf(originalName)).join(', ') || 'none'}`,
    );
  const shape = found.shape.map(Number);
  if (index.length !== shape.length || index.some((at, i) => at >= (shape[i] ?? 0)))
    throw new UserError(
      'invalid',
      `found ${layer}.${tensor}[${index.join(',')}], expected ${shape.length} indices below [${shape.join(', ')}]`,
    );
  const flat = index.reduce((sum, at, i) => sum * (shape[i] ?? 1) + at, 0);
  tf.tidy(() => {
    const values = found.read().dataSync().slice();
    values[flat] = value;
    found.write(tf.tensor(values, shape, 'float32'));
  });
}

/** Normal noise; an example gets the same in every slice, on every machine. */
function noisy(examples: Examples, sd: number, seed: number): Float32Array {
  const n = examples.indices.length;
  const width = widthOf(examples.split);
  const rows = rowsOf(examples, 0, n);
  for (let i = 0; i < n; i++) {
    const random = seeded(seed ^ Math.imul((examples.indices[i] ?? 0) + 1, 0x9e3779b1));
    for (let j = 0; j < width; j++) rows[i * width + j]! += sd * random.normal();
  }
  return rows;
}
