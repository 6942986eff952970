/**
 * One layer of a Keras file as TensorFlow.js must be given it. The rule of this file: a layer either computes what Keras
 * computes, or is refused by name; nothing is approximated silently, and no key of its configuration goes unread.
 */
import { z } from 'zod';
import { invalid, unsupported } from '../files/context.ts';
import { activationOf } from '../layers/activations.ts';
import type { CallForm } from '../layers/call-forms.ts';
import { SILENT } from '../layers/classes/core.ts';
import { CLASSES } from '../layers/classes/index.ts';
import { isOperator, operatorMade } from '../layers/classes/operators.ts';
import { COMMON, type Made, type MakeInner } from '../layers/classes/row.ts';
import { numberTypeOf } from '../layers/dtype.ts';
import { foreignOrigin } from '../layers/foreign.ts';
import { faulty, type KeyOwner, readKeys } from '../layers/keys.ts';
import type { LayerConfig } from './architecture.ts';

export type RunnableLayer = Required<Made>;
export interface LayerContext {
  readonly file: string;
  /** Written by Keras 3: some defaults and functions differ. */
  readonly keras3: boolean;
  /** How it is called, where that matters argument by argument. */
  readonly form: CallForm | null;
}

const HINTS: Record<string, string> = {
  Lambda: 'it runs Python code, which is never executed here; write it as layers, or cut the model before it',
  TFOpLambda: 'it is a TensorFlow call between layers; write it as layers',
  TensorFlowOpLayer: 'it is a TensorFlow call between layers; write it as layers',
  SlicingOpLambda: 'it is a TensorFlow call between layers; write it as layers',
  RNN: 'its cell may be any code; use LSTM, GRU or SimpleRNN',
  StringLookup:
    'it takes texts, and models take numbers here: cut the model behind it, and give it the numbers that it puts out',
  TextVectorization:
    'it takes texts, and models take numbers here: cut the model behind it, and give it the numbers that it puts out',
  RandomCrop: 'it crops at inference too; crop the data before the model',
};

/** Throws UserError('unsupported') naming class and layer. */
export function runnableLayer(
  className: string,
  name: string,
  config: LayerConfig,
  context: LayerContext,
): RunnableLayer {
  const { operator, ...written } = config;
  const row = Object.hasOwn(CLASSES, className) ? CLASSES[className] : undefined;
  if (operator === true) return runnableOperator(className, name, written, context);
  if (!row) throw refusal(className, name, context.file);
  const owner: KeyOwner = { ...context, layer: name, className };
  const keys = row.keys === 'any' ? written : readKeys(written, { ...COMMON, ...row.keys }, owner);
  const { dtype, policy } = numberTypeOf(written.dtype, owner);
  const warnings: string[] = [];
  const { batch_shape, batch_input_shape = batch_shape, ...read } = keys;
  const own = {
    ...read,
    name,
    dtype,
    ...(batch_input_shape === undefined
      ? {}
      : { batch_input_shape: anyBatch(batch_input_shape, name, warnings) }),
  };
  if (className === 'InputLayer') {
    if (!batch_input_shape)
      throw invalid(context.file, `the input ${name} has no shape; save the model after it was built`);
    Reflect.deleteProperty(own, 'trainable');
  }
  if (SILENT.has(className))
    warnings.push(`${name} (${className}) acts only in training; here it hands its input on.`);
  const inner: MakeInner = (layer, what) => innerLayer(layer, what, owner, context);
  const made: Made = row.make?.(own, owner, inner) ?? { config: own };
  return {
    className: made.className ?? className,
    config: made.config,
    caveats: made.caveats ?? [],
    warnings: [...warnings, ...(made.warnings ?? [])],
    policies: [...(policy === null ? [] : [policy]), ...(made.policies ?? [])],
  };
}

function runnableOperator(
  className: string,
  name: string,
  written: LayerConfig,
  context: LayerContext,
): RunnableLayer {
  if (!isOperator(className))
    throw refusal(
      className,
      name,
      context.file,
      'it is an operator on tensors that is not known here; write it by others or as a layer, or cut the model before it',
    );
  const owner: KeyOwner = { ...context, layer: name, className };
  const made = operatorMade(className, name, written, owner, (activation) => activationOf(activation, owner));
  return {
    className: made.className ?? className,
    config: made.config,
    caveats: [],
    warnings: [],
    policies: [],
  };
}

function refusal(className: string, name: string, file: string, why?: string) {
  const hint =
    why ??
    HINTS[className] ??
    'rebuild that part from layers that are known here, or cut the model before it';
  return unsupported(file, `the layer ${name} is of the class ${className}, which is not supported: ${hint}`);
}

const innerSchema = z.object({
  class_name: z.string(),
  config: z.record(z.string(), z.unknown()),
  module: z.string().nullish(),
  registered_name: z.string().nullish(),
});

/** The layer that a wrapper holds. */
function innerLayer(written: unknown, what: string, owner: KeyOwner, context: LayerContext): RunnableLayer {
  const parsed = innerSchema.safeParse(written);
  if (!parsed.success) throw invalid(owner.file, `the layer ${owner.layer} wraps no layer (${what})`);
  const { class_name, config } = parsed.data;
  const foreign = foreignOrigin(parsed.data, written);
  if (foreign) throw faulty(owner, `wraps ${class_name}: ${foreign}`);
  if (['Sequential', 'Functional', 'Model'].includes(class_name))
    throw faulty(owner, `wraps a whole model (${class_name}); wrap its layers one by one`);
  if (/^(Bidirectional|TimeDistributed)$/.test(class_name))
    throw faulty(owner, `wraps a ${class_name}; one wrapper at a time is known`);
  const name = typeof config.name === 'string' ? config.name : class_name.toLowerCase();
  return runnableLayer(class_name, name, config, { ...context, form: null });
}

/** A shape that readKeys let through; batches of any size are taken. */
function anyBatch(shape: unknown, name: string, warnings: string[]): unknown[] {
  const [batch = null, ...rest] = z.array(z.unknown()).parse(shape);
  if (batch !== null) warnings.push(`${name} fixes the batch size to ${batch}; any size is accepted here.`);
  return [null, ...rest];
}
