/**
 * One layer of a Keras file as TensorFlow.js must be given it. The rule of this file: a layer either computes what Keras
 * computes, or is refused by name; nothing is approximated silently.
 */
import { z } from 'zod';
import { activationName } from './activations.ts';
import type { LayerConfig } from './architecture.ts';
import { invalid, unsupported } from './context.ts';

export interface RunnableLayer {
  readonly className: string;
  readonly config: LayerConfig;
  readonly warnings: readonly string[];
}
export interface LayerContext {
  readonly file: string;
  /** Written by Keras 3: some defaults and functions differ. */
  readonly keras3: boolean;
  /** Layer classes that TensorFlow.js has. */
  readonly classes: ReadonlySet<string>;
}

/** Act in training only: at inference they hand their input on. */
const TRAINING_ONLY = new Set([
  'SpatialDropout2D',
  'SpatialDropout3D',
  'ActivityRegularization',
  'RandomFlip',
  'RandomRotation',
  'RandomZoom',
  'RandomTranslation',
  'RandomContrast',
  'RandomBrightness',
]);
const HINTS: Record<string, string> = {
  Lambda: 'it runs Python code, which is never executed here; write it as layers, or cut the model before it',
  Subtract: 'multiply the second input by -1 with Rescaling, then Add',
  TFOpLambda: 'it is a TensorFlow call between layers; write it as layers',
  TensorFlowOpLayer: 'it is a TensorFlow call between layers; write it as layers',
  Resizing: 'it samples pixels otherwise than Keras; resize the data before the model',
  Normalization:
    'fold its mean and variance into a BatchNormalization, or normalise the data before the model',
  MultiHeadAttention: 'attention layers are not known yet; export the part of the model before it',
  GroupNormalization: 'use LayerNormalization or BatchNormalization',
};
/** Known to TensorFlow.js, but not computing what Keras computes, or not on its own. */
const REFUSED = new Set([
  'Resizing',
  'RandomWidth',
  'CenterCrop',
  'CategoryEncoding',
  'StackedRNNCells',
  'RNN',
]);

/** Throws UserError('unsupported') naming class and layer. */
export function runnableLayer(
  className: string,
  name: string,
  config: LayerConfig,
  context: LayerContext,
): RunnableLayer {
  if (TRAINING_ONLY.has(className))
    return {
      className: 'Activation',
      config: { name, activation: 'linear', trainable: true },
      warnings: [`${name} (${className}) acts only in training; here it hands its input on.`],
    };
  if (config.operator === true && !['Add', 'Multiply', 'Maximum', 'Minimum'].includes(className))
    throw refusal(className, name, context.file, 'it is an operator on tensors; write it as a layer');
  if (!context.classes.has(className) || REFUSED.has(className)) throw refusal(className, name, context.file);
  const warnings: string[] = [];
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) if (!isDropped(key)) out[key] = cleaned(key, value);
  out.name = name;
  rewriteShared(out, config, name, context, warnings);
  CLASS_RULES[className]?.(out, name, context, warnings);
  return { className, config: out, warnings };
}

function refusal(className: string, name: string, file: string, why?: string) {
  const hint =
    why ??
    HINTS[className] ??
    'rebuild that part from layers that TensorFlow.js has, or cut the model before it';
  return unsupported(file, `the layer ${name} is of the class ${className}, which is not supported: ${hint}`);
}

/** Needed for training or for Keras' own bookkeeping only. */
function isDropped(key: string): boolean {
  return (
    /_(regularizer|constraint)$/.test(key) ||
    [
      'module',
      'registered_name',
      'build_config',
      'shared_object_id',
      'optional',
      'ragged',
      'sparse',
      'operator',
      'synchronized',
    ].includes(key)
  );
}

/** Initial values are never used: the file's weights replace them, and some take long to draw. */
function cleaned(key: string, value: unknown): unknown {
  return /_initializer$/.test(key) ? { class_name: 'Zeros', config: {} } : value;
}

const policySchema = z.object({ config: z.object({ name: z.string() }) });

function rewriteShared(
  out: Record<string, unknown>,
  config: LayerConfig,
  name: string,
  context: LayerContext,
  warnings: string[],
): void {
  const shape = config.batch_input_shape ?? config.batch_shape;
  delete out.batch_shape;
  if (shape !== undefined)
    out.batch_input_shape = batchShape(shape, name, config.stateful === true, context, warnings);
  if (config.dtype !== undefined) out.dtype = dtypeOf(config.dtype, name, context.file);
  for (const key of ['activation', 'recurrent_activation'])
    if (key in config) out[key] = activationName(config[key], name, context.file, context.keras3);
  if (typeof config.groups === 'number' && config.groups !== 1)
    throw unsupported(
      context.file,
      `the layer ${name} has groups=${config.groups}; TensorFlow.js has no grouped convolution`,
    );
  if (config.padding === 'causal')
    throw unsupported(
      context.file,
      `the layer ${name} has causal padding, which TensorFlow.js lacks; pad before it and use "valid"`,
    );
  if (config.keepdims === true)
    throw unsupported(
      context.file,
      `the layer ${name} has keepdims=True, which TensorFlow.js lacks; use a Reshape after it`,
    );
}

function batchShape(
  shape: unknown,
  name: string,
  stateful: boolean,
  { file }: LayerContext,
  warnings: string[],
): (number | null)[] {
  const parsed = z.array(z.number().int().positive().nullable()).min(1).max(8).safeParse(shape);
  if (!parsed.success)
    throw invalid(
      file,
      `the input shape of ${name} is ${JSON.stringify(shape)?.slice(0, 60)}; expected [batch, sizes ...]`,
    );
  const [batch, ...rest] = parsed.data;
  if (batch === null || batch === undefined || stateful) return parsed.data;
  warnings.push(`${name} fixes the batch size to ${batch}; any size is accepted here.`);
  return [null, ...rest];
}

function dtypeOf(value: unknown, name: string, file: string): string {
  const policy = policySchema.safeParse(value);
  const written = policy.success ? policy.data.config.name : value;
  if (
    written === 'int32' ||
    written === 'int64' ||
    written === 'uint8' ||
    written === 'int8' ||
    written === 'int16'
  )
    return 'int32';
  if (written === 'bool') return 'bool';
  if (written === null || (typeof written === 'string' && /^(float|bfloat|mixed_b?float)\d*$/.test(written)))
    return 'float32';
  throw unsupported(
    file,
    `the layer ${name} has the number type ${JSON.stringify(written)?.slice(0, 40)}; numbers are needed`,
  );
}

type Rule = (
  config: Record<string, unknown>,
  name: string,
  context: LayerContext,
  warnings: string[],
) => void;

function need(ok: boolean, name: string, what: string, { file }: LayerContext): void {
  if (!ok)
    throw unsupported(
      file,
      `the layer ${name} has ${what}, which TensorFlow.js does not compute as Keras does`,
    );
}

/** A single axis may be written as a list of one. */
const singleAxis: Rule = (config) => {
  if (Array.isArray(config.axis) && config.axis.length === 1) config.axis = config.axis[0];
};

const recurrent: Rule = (config, name, context) => {
  need(config.time_major !== true, name, 'time_major=True', context);
  need(
    config.reset_after !== true,
    name,
    'reset_after=True (a GRU trained with reset_after=False works)',
    context,
  );
};

/** Layers that hold another layer. */
const wrapper: Rule = (config, name, context, warnings) => {
  const inner = z
    .object({ class_name: z.string(), config: z.record(z.string(), z.unknown()) })
    .safeParse(config.layer);
  if (!inner.success) throw invalid(context.file, `the layer ${name} wraps no layer`);
  const { class_name, config: own } = inner.data;
  if (['Sequential', 'Functional', 'Model'].includes(class_name))
    throw unsupported(
      context.file,
      `the layer ${name} wraps a whole model (${class_name}); wrap its layers one by one`,
    );
  if (/^(Bidirectional|TimeDistributed)$/.test(class_name))
    throw unsupported(
      context.file,
      `the layer ${name} wraps a ${class_name}; one wrapper at a time is known`,
    );
  const innerName = typeof own.name === 'string' ? own.name : class_name.toLowerCase();
  const layer = runnableLayer(class_name, innerName, own, context);
  config.layer = { class_name: layer.className, config: layer.config };
  delete config.backward_layer;
  warnings.push(...layer.warnings);
};

const CLASS_RULES: Record<string, Rule | undefined> = {
  InputLayer: (config, name, { file }) => {
    if (!config.batch_input_shape)
      throw invalid(file, `the input ${name} has no shape; save the model after it was built`);
    delete config.trainable;
  },
  BatchNormalization: (config, name, context) => {
    singleAxis(config, name, context, []);
    need(config.renorm !== true, name, 'renorm=True', context);
  },
  LayerNormalization: (config, name, context) => {
    need(config.rms_scaling !== true, name, 'rms_scaling=True', context);
  },
  Softmax: singleAxis,
  Concatenate: singleAxis,
  ReLU: (config, name, context) => {
    const { negative_slope: slope, threshold } = config;
    need(
      !slope && !threshold,
      name,
      `negative_slope=${slope}, threshold=${threshold} (use LeakyReLU)`,
      context,
    );
    delete config.negative_slope;
    delete config.threshold;
  },
  LeakyReLU: (config) => {
    const slope = config.negative_slope ?? config.alpha;
    delete config.negative_slope;
    if (slope !== undefined) config.alpha = numberOf(slope);
  },
  ELU: (config, name, context) => {
    need(numberOf(config.alpha ?? 1) === 1, name, 'an alpha other than 1', context);
    delete config.alpha;
  },
  UpSampling2D: (config, name, context) => {
    const { interpolation } = config;
    need(
      interpolation === undefined || interpolation === 'nearest',
      name,
      `interpolation="${interpolation}"`,
      context,
    );
  },
  Conv2DTranspose: (config, name, context) => {
    need(noDilation(config.dilation_rate), name, 'a dilation rate above 1', context);
    need(
      config.output_padding === null || config.output_padding === undefined,
      name,
      'output_padding',
      context,
    );
  },
  Conv3DTranspose: (config, name, context) => {
    need(noDilation(config.dilation_rate), name, 'a dilation rate above 1', context);
    need(
      config.output_padding === null || config.output_padding === undefined,
      name,
      'output_padding',
      context,
    );
  },
  DepthwiseConv2D: (config, name, context) =>
    need(noDilation(config.dilation_rate), name, 'a dilation rate above 1', context),
  // TensorFlow's own kernel on the CPU has none.
  Conv3D: (config, name, context) =>
    need(noDilation(config.dilation_rate), name, 'a dilation rate above 1', context),
  SimpleRNN: recurrent,
  LSTM: recurrent,
  GRU: recurrent,
  ConvLSTM2D: recurrent,
  Bidirectional: wrapper,
  TimeDistributed: wrapper,
};

function noDilation(rate: unknown): boolean {
  return [rate ?? 1].flat().every((value) => value === 1);
}

/** Some Keras versions wrote numbers as {class_name: "__numpy__", value} or {"type": "ndarray", "value"}. */
function numberOf(value: unknown): unknown {
  const wrapped = z.object({ value: z.number() }).safeParse(value);
  return wrapped.success ? wrapped.data.value : value;
}
