/**
 * A Keras architecture as a plain graph of calls, whichever version wrote it: Keras 1 to 3, TensorFlow.js. Sequential
 * models become chains, so that what follows knows one form only.
 */
import { z } from 'zod';
import { invalid, unsupported } from '../files/context.ts';
import type { CallForm } from '../layers/call-forms.ts';
import { foreignOrigin } from '../layers/foreign.ts';
import { callArguments, type ParsedCall, refOf, tensorRef } from './calls.ts';
import { MASK_OPERATORS, withoutImpliedMasks } from './implied-masks.ts';
import { callsFromZero } from './inner-calls.ts';
import type { LayerSpec, Network, TensorRef } from './network.ts';
import { overSteps } from './over-steps.ts';

export type { LayerConfig, LayerSpec, Network, TensorRef } from './network.ts';

const layerSchema = z.object({
  class_name: z.string(),
  config: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).nullish(),
  name: z.string().nullish(),
  module: z.string().nullish(),
  registered_name: z.string().nullish(),
  inbound_nodes: z.array(z.unknown()).nullish(),
});
/** What else stands beside a layer's configuration; none of it computes. */
const BESIDE = new Set([
  ...Object.keys(layerSchema.shape),
  ...['build_config', 'compile_config', 'shared_object_id'],
  // Of a whole model.
  ...['keras_version', 'backend', 'training_config'],
]);
type RawLayer = z.infer<typeof layerSchema>;
/** Those of a model as of its layers: layers bear their own. */
const ofModels = {
  name: z.string().nullish(),
  trainable: z.unknown().optional(),
  dtype: z.unknown().optional(),
  build_config: z.unknown().optional(),
};
const functionalSchema = z.strictObject({
  ...ofModels,
  layers: z.array(z.unknown()),
  input_layers: z.unknown(),
  output_layers: z.unknown(),
});
const sequentialSchema = z.strictObject({
  ...ofModels,
  layers: z.array(z.unknown()),
  build_input_shape: z.array(z.number().nullable()).nullish(),
});

const MODELS = ['Sequential', 'Functional', 'Model'] as const;
const NETWORKS: ReadonlySet<string> = new Set(MODELS);
const networkSchema = z.object({ class_name: z.enum(MODELS) });
const OPERATORS = /^keras\.(src\.)?ops/;
/** Layers that tell their inputs apart by how they are called. */
const FORMED = new Set([
  ...['MultiHeadAttention', 'GroupQueryAttention', 'GroupedQueryAttention'],
  ...['Attention', 'AdditiveAttention'],
]);
const MAX_DEPTH = 16;
const MAX_LAYERS = 20_000;

/** `model` is the `{class_name, config}` of a model; `file` names it in messages. */
export function parseArchitecture(model: unknown, file: string): Network {
  const raw = parseLayer(model, file, 'the architecture');
  if (!NETWORKS.has(raw.class_name))
    throw unsupported(
      file,
      `the model is of the class ${raw.class_name}, which keeps its architecture in Python code; rebuild it as a Sequential or Functional model and save that`,
    );
  const budget = { left: MAX_LAYERS };
  return parseNetwork(raw, file, 0, budget);
}

function parseLayer(value: unknown, file: string, where: string): RawLayer {
  const parsed = layerSchema.safeParse(value);
  if (!parsed.success) throw invalid(file, `${where} is not a Keras layer: ${firstIssue(parsed.error)}`);
  const { class_name, name, config } = parsed.data;
  const own = Array.isArray(config) ? undefined : config?.name;
  const called = `${typeof own === 'string' ? own : (name ?? where)} (${class_name})`;
  // Operators on tensors bear names of their own.
  const foreign = isOperator(parsed.data) ? null : foreignOrigin(parsed.data, value);
  if (foreign) throw unsupported(file, `the layer ${called} is not supported: ${foreign}`);
  const unread = Object.keys(Object(value)).find((key) => !BESIDE.has(key));
  if (unread !== undefined)
    throw unsupported(
      file,
      `the layer ${called} is written with ${unread}=${JSON.stringify(Reflect.get(Object(value), unread))?.slice(0, 60)}, which is not known, so that what it changes would be left out`,
    );
  return parsed.data;
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join('.') || 'it'}: ${issue.message}` : error.message;
}

interface Budget {
  left: number;
}

function parseNetwork(raw: RawLayer, file: string, depth: number, budget: Budget): Network {
  if (depth > MAX_DEPTH) throw invalid(file, `models are nested more than ${MAX_DEPTH} deep`);
  const network =
    raw.class_name === 'Sequential'
      ? parseSequential(raw, file, depth, budget)
      : parseFunctional(raw, file, depth, budget);
  const seen = new Set<string>();
  for (const { name } of network.layers) {
    if (seen.has(name)) throw invalid(file, `two layers of ${network.name} are named ${name}`);
    seen.add(name);
  }
  return network;
}

function parseFunctional(raw: RawLayer, file: string, depth: number, budget: Budget): Network {
  const parsed = functionalSchema.safeParse(raw.config);
  if (!parsed.success)
    throw invalid(file, `the model ${raw.name ?? ''} is incomplete: ${firstIssue(parsed.error)}`);
  const name = parsed.data.name ?? raw.name ?? 'model';
  /** Keras 2 writes calls as lists. */
  let lists = false;
  const layers = parsed.data.layers.map((value, at) => {
    const layer = parseLayer(value, file, `layer ${at} of ${name}`);
    lists ||= (layer.inbound_nodes ?? []).some(Array.isArray);
    const own = nameOf(layer, at);
    const operator = isOperator(layer);
    const makesMasks = operator && MASK_OPERATORS.has(layer.class_name);
    const called = `${own} (${layer.class_name})`;
    const formed = operator || FORMED.has(layer.class_name);
    const calls = (layer.inbound_nodes ?? []).map((node) =>
      callArguments(node, { file, layer: called, operator, makesMasks, formed }),
    );
    const form = formOfAll(calls, called, file);
    const spec = specOf(
      layer,
      own,
      calls.map(({ refs }) => refs),
      file,
      depth,
      budget,
    );
    const masks = calls.some(({ mask }) => mask !== null) ? { masks: calls.map(({ mask }) => mask) } : {};
    const operands = makesMasks ? { operands: calls.map((call) => call.operands) } : {};
    return { ...spec, ...masks, ...operands, ...(form ? { form } : {}) };
  });
  const whole: Network = {
    name,
    layers,
    inputs: parseRefs(parsed.data.input_layers, file, `the inputs of ${name}`),
    outputs: parseRefs(parsed.data.output_layers, file, `the outputs of ${name}`),
  };
  const { network, explicit } = withoutImpliedMasks(callsFromZero(whole, lists), depth > 0);
  if (explicit[0] !== undefined)
    throw unsupported(
      file,
      `the layer ${explicit[0]} gets a mask by keyword that is not the one that flows to it from Masking or Embedding; let it flow by itself, or end it with a Reshape`,
    );
  return network;
}

/** A layer has one form for all its calls. */
function formOfAll(calls: readonly ParsedCall[], layer: string, file: string): CallForm | null {
  const [first] = calls;
  if (new Set(calls.map(({ form }) => JSON.stringify(form))).size > 1)
    throw unsupported(
      file,
      `the layer ${layer} is called several times in different ways, which is not computed here; make a layer for each way`,
    );
  return first?.form ?? null;
}

function parseSequential(raw: RawLayer, file: string, depth: number, budget: Budget): Network {
  // Keras 1 and early 2 wrote the list of layers itself.
  const config = Array.isArray(raw.config) ? { layers: raw.config } : raw.config;
  const parsed = sequentialSchema.safeParse(config);
  if (!parsed.success)
    throw invalid(file, `the model ${raw.name ?? ''} is incomplete: ${firstIssue(parsed.error)}`);
  const name = parsed.data.name ?? raw.name ?? 'sequential';
  const rawLayers = parsed.data.layers.map((value, at) => parseLayer(value, file, `layer ${at} of ${name}`));
  const [head] = rawLayers;
  if (!head) throw invalid(file, `the model ${name} has no layers`);
  const layers: LayerSpec[] = [];
  if (head.class_name !== 'InputLayer')
    layers.push(inputFor(head, parsed.data.build_input_shape, name, file, depth));
  for (const [at, layer] of rawLayers.entries()) {
    const before = layers.at(-1);
    const calls = before ? [[{ layer: before.name, call: 0, tensor: 0 }]] : [];
    layers.push(specOf(layer, nameOf(layer, at), calls, file, depth, budget));
  }
  return { name, layers, inputs: [refTo(layers[0]!)], outputs: [refTo(layers.at(-1)!)] };
}

function refTo(layer: LayerSpec): TensorRef {
  return { layer: layer.name, call: 0, tensor: 0 };
}

/** The input of a Sequential model without an input layer is written in its first layer, or as the built shape. */
function inputFor(
  head: RawLayer,
  built: readonly (number | null)[] | null | undefined,
  model: string,
  file: string,
  depth: number,
): LayerSpec {
  const shape = shapeWithin(head, 0) ?? built;
  if (!shape && depth === 0)
    throw invalid(
      file,
      `the model ${model} was saved before its input shape was known; call model.build(input_shape) and save it again`,
    );
  return {
    className: 'InputLayer',
    name: `${nameOf(head, 0)}_input`,
    config: { batch_input_shape: shape ?? null },
    calls: [],
  };
}

function shapeWithin(layer: RawLayer, depth: number): unknown {
  if (Array.isArray(layer.config) || !layer.config || depth > MAX_DEPTH) return undefined;
  const { batch_input_shape, batch_shape, layers } = layer.config;
  if (batch_input_shape ?? batch_shape) return batch_input_shape ?? batch_shape;
  const first = Array.isArray(layers) ? layerSchema.safeParse(layers[0]) : null;
  return first?.success ? shapeWithin(first.data, depth + 1) : undefined;
}

/**
 * Keras 3 writes operators on tensors (`x - y`) as layers, in archives with their module. An .h5 file names no modules;
 * there it is that every layer tells its number type and whether it is trainable, and an operator neither (those that
 * make masks may tell a number type).
 */
function isOperator({ class_name, module, config, inbound_nodes }: RawLayer): boolean {
  if (module !== undefined && module !== null) return OPERATORS.test(module);
  const [call] = inbound_nodes ?? [];
  const ofKeras3 = typeof call === 'object' && call !== null && 'args' in call;
  const own = Array.isArray(config) ? null : (config ?? {});
  if (!ofKeras3 || own === null || 'trainable' in own) return false;
  return !('dtype' in own) || MASK_OPERATORS.has(class_name);
}

function nameOf(layer: RawLayer, at: number): string {
  const config = Array.isArray(layer.config) ? null : layer.config;
  const name = typeof config?.name === 'string' ? config.name : layer.name;
  return name || `${layer.class_name.toLowerCase()}_${at}`;
}

function specOf(
  layer: RawLayer,
  name: string,
  calls: readonly (readonly TensorRef[])[],
  file: string,
  depth: number,
  budget: Budget,
): LayerSpec {
  budget.left--;
  if (budget.left < 0) throw invalid(file, `the model has more than ${MAX_LAYERS} layers`);
  const config = Array.isArray(layer.config) || !layer.config ? {} : layer.config;
  const operator = isOperator(layer);
  const spec = {
    className: layer.class_name,
    name,
    config: operator ? { ...config, operator: true } : config,
    calls,
  };
  if (NETWORKS.has(layer.class_name))
    return { ...spec, inner: parseNetwork({ ...layer, name }, file, depth + 1, budget) };
  const wrapped = layer.class_name === 'TimeDistributed' ? networkSchema.safeParse(config.layer) : null;
  if (!wrapped?.success) return spec;
  const model = parseLayer(config.layer, file, `the model in ${name}`);
  return { ...spec, inner: overSteps(parseNetwork(model, file, depth + 1, budget), name, file) };
}

/** [name, call, tensor], a list of them, or (Keras 3) a dictionary of them. */
function parseRefs(value: unknown, file: string, where: string): TensorRef[] {
  const one = tensorRef.safeParse(value);
  if (one.success) return [refOf(one.data)];
  const list = Array.isArray(value) ? value : value && typeof value === 'object' ? Object.values(value) : [];
  const refs = list.map((entry) => tensorRef.safeParse(entry));
  if (refs.length === 0 || refs.some(({ success }) => !success))
    throw invalid(file, `${where} are not given as [layer, call, tensor]`);
  return refs.flatMap(({ data }) => (data ? [refOf(data)] : []));
}
