/** The changes by name, as what they do to units, to weights and to inputs. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Change, ChangeName } from '../../../core/algebra/index.ts';
import type { Examples } from '../data/examples.ts';
import type { LoadedModel } from '../network/model.ts';
import type { Tf } from '../tf.ts';
import type { ChangedInputs, InputChange, InputSource, UnitChange, WeightChange } from './action.ts';
import { REGISTRY } from './kinds/registry.generated.ts';

type Any = ChangeName;
const ACTIONS: Readonly<Record<ChangeName, Partial<UnitChange<Any> & WeightChange<Any> & InputChange<Any>>>> =
  REGISTRY;

export interface UnitAction {
  readonly layer: string;
  readonly unit: number;
  output(tf: Tf, values: Tensor): Tensor;
}
/** Null for a change of something else. */
export function unitAction(change: Change): UnitAction | null {
  const action = ACTIONS[change.kind];
  if (!action.output || !('unit' in change)) return null;
  return {
    layer: change.layer,
    unit: change.unit,
    output: (tf, values) => action.output?.(tf, values, change) ?? values,
  };
}

export type WeightAction = (tf: Tf, copy: LoadedModel) => void;
/** Null for a change of something else. */
export function weightAction(change: Change): WeightAction | null {
  const action = ACTIONS[change.kind];
  return action.write ? (tf, copy) => action.write?.(tf, copy, change) : null;
}

export type InputAction = (source: InputSource, examples: Examples) => Promise<ChangedInputs>;
/** Null for a change of something else. */
export function inputAction(change: Change): InputAction | null {
  const { inputs } = ACTIONS[change.kind];
  return inputs ? (source, examples) => inputs(source, examples, change) : null;
}
