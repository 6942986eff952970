/** What one class of Keras' layers is read by. */
import { z } from 'zod';
import { fixed, flag, inert, type KeyOwner, type Keys, read, text } from '../keys.ts';

export type Config = Readonly<Record<string, unknown>>;

export interface Made {
  /** Of TensorFlow.js or of ours (network/layers); the class's own name where left out. */
  readonly className?: string;
  readonly config: Config;
  /** What every answer says. */
  readonly caveats?: readonly string[];
  /** What the import says. */
  readonly warnings?: readonly string[];
  /** Number types of Keras that are not computed: `mixed_float16`. */
  readonly policies?: readonly string[];
}

/** A layer within a layer, made as any other. `written` is its {class_name, config, ...}. */
export type MakeInner = (written: unknown, what: string) => Required<Made>;

export interface ClassRow {
  /** Those of the class alone, beside COMMON. 'any': none of them matters at inference. */
  readonly keys: Keys | 'any';
  /** What computes it, from what was read; that as it is where left out. Throws UserError. */
  readonly make?: (config: Config, owner: KeyOwner, inner: MakeInner) => Made;
}
export type Rows = Readonly<Record<string, ClassRow>>;

const shape = read(z.array(z.number().int().positive().nullable()).min(1).max(8), '[batch, sizes ...]');
const shapeIfAny = (value: unknown, key: string, owner: KeyOwner) =>
  value === null ? undefined : shape(value, key, owner);

/** Keys that any layer may have. Its number type and the shape of the input are looked at in layers.ts. */
export const COMMON: Keys = {
  name: text,
  trainable: flag,
  dtype: (value) => value,
  batch_input_shape: shapeIfAny,
  batch_shape: shapeIfAny,
  activity_regularizer: inert,
  // What Keras needs to build the layer again, or to load it.
  build_config: inert,
  shared_object_id: inert,
  autocast: fixed([true], 'save the layer with autocast=True'),
  dynamic: fixed([false], 'it runs Python code'),
};

/** It hands its input on, at inference. */
export function handedOn({ name }: Config): Made {
  return { className: 'Activation', config: { name, activation: 'linear', trainable: true } };
}
