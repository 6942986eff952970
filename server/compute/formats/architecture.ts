/**
 * A Keras architecture as a plain graph of calls, whichever version wrote it: Keras 1 to 3, TensorFlow.js. Sequential
 * models become chains, so that what follows knows one form only.
 */
import { z } from 'zod';
import { invalid, unsupported } from './context.ts';
import { MASK_OPERATORS, withoutImpliedMasks } from './implied-masks.ts';
import type { LayerSpec, Network, Operand, TensorRef } from './network.ts';

export type { LayerConfig, LayerSpec, Network, TensorRef } from './network.ts';

const layerSchema = z.object({
  class_name: z.string(),
  config: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).nullish(),
  name: z.string().nullish(),
  module: z.string().nullish(),
  inbound_nodes: z.array(z.unknown()).nullish(),
});
type RawLayer = z.infer<typeof layerSchema>;
const functionalSchema = z.object({
  name: z.string().nullish(),
  layers: z.array(z.unknown()),
  input_layers: z.unknown(),
  output_layers: z.unknown(),
});
const sequentialSchema = z.object({
  name: z.string().nullish(),
  layers: z.array(z.unknown()),
  build_input_shape: z.array(z.number().nullable()).nullish(),
});
const refSchema = z.tuple([z.string(), z.number().int().nonnegative(), z.number().int().nonnegative()]);
const kerasTensorSchema = z.object({
  class_name: z.literal('__keras_tensor__'),
  config: z.object({ keras_history: refSchema }),
});

const NETWORKS = new Set(['Sequential', 'Functional', 'Model']);
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
  const layers = parsed.data.layers.map((value, at) => {
    const layer = parseLayer(value, file, `layer ${at} of ${name}`);
    const own = nameOf(layer, at);
    const makesMasks = isOperator(layer) && MASK_OPERATORS.has(layer.class_name);
    const calls = (layer.inbound_nodes ?? []).map((node) => parseCall(node, file, own, makesMasks));
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
    return { ...spec, ...masks, ...operands };
  });
  const { network, explicit } = withoutImpliedMasks(
    {
      name,
      layers,
      inputs: parseRefs(parsed.data.input_layers, file, `the inputs of ${name}`),
      outputs: parseRefs(parsed.data.output_layers, file, `the outputs of ${name}`),
    },
    depth > 0,
  );
  if (explicit[0] !== undefined)
    throw unsupported(
      file,
      `the layer ${explicit[0]} gets a mask by keyword that is not the one that flows to it from Masking or Embedding; let it flow by itself, or end it with a Reshape`,
    );
  return network;
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
  return NETWORKS.has(layer.class_name)
    ? { ...spec, inner: parseNetwork({ ...layer, name }, file, depth + 1, budget) }
    : spec;
}

/** Keras 3 writes operators on tensors (x - y) as layers of the module keras.src.ops. */
function isOperator({ module }: RawLayer): boolean {
  return /^keras\.(src\.)?ops/.test(module ?? '');
}

interface ParsedCall {
  readonly refs: readonly TensorRef[];
  readonly mask: Operand | readonly (Operand | null)[] | null;
  /** All that it is given, constants among it: of operators that make masks. */
  readonly operands: readonly Operand[];
}

/** One entry of inbound_nodes: Keras 2 and TensorFlow.js write nested lists, Keras 3 {args, kwargs}. */
function parseCall(node: unknown, file: string, layer: string, makesMasks: boolean): ParsedCall {
  const refs: TensorRef[] = [];
  if (Array.isArray(node)) {
    // [name, call, tensor, kwargs], alone or in a list of them.
    const inputs = typeof node[0] === 'string' ? [node] : node;
    for (const input of inputs) {
      const parsed = Array.isArray(input) ? refSchema.safeParse(input.slice(0, 3)) : null;
      if (!parsed?.success)
        throw invalid(file, `the inputs of the layer ${layer} are not [name, call, tensor]`);
      const kwargs = Array.isArray(input) ? input[3] : undefined;
      if (holdsTensor(kwargs)) throw extraTensors(file, layer);
      refs.push(toRef(parsed.data));
    }
    return { refs, mask: null, operands: refs };
  }
  const call = z
    .object({ args: z.array(z.unknown()), kwargs: z.record(z.string(), z.unknown()).nullish() })
    .safeParse(node);
  if (!call.success)
    throw invalid(file, `the inputs of the layer ${layer} are neither a list nor {args, kwargs}`);
  const visit = (value: unknown): Operand[] => {
    if (Array.isArray(value)) return [value.flatMap(visit)];
    if (value === null || value === undefined) return [];
    const tensor = kerasTensorSchema.safeParse(value);
    if (tensor.success) {
      const ref = toRef(tensor.data.config.keras_history);
      refs.push(ref);
      return [ref];
    }
    if (makesMasks && typeof value === 'number') return [value];
    throw unsupported(
      file,
      `the layer ${layer} is called with a constant (${JSON.stringify(value).slice(0, 60)}), which layers do not take; put the constant into a layer of its own, such as Rescaling`,
    );
  };
  const operands = call.data.args.flatMap(visit);
  const { mask = null, ...rest } = call.data.kwargs ?? {};
  if (holdsTensor(rest)) throw extraTensors(file, layer);
  return { refs, mask: maskOf(mask, file, layer), operands };
}

/** The keyword `mask`: a tensor, or of a model with several inputs a list. */
function maskOf(value: unknown, file: string, layer: string): ParsedCall['mask'] {
  const one = (mask: unknown): TensorRef | null => {
    if (mask === null) return null;
    const tensor = kerasTensorSchema.safeParse(mask);
    if (!tensor.success) throw extraTensors(file, layer);
    return toRef(tensor.data.config.keras_history);
  };
  return Array.isArray(value) ? value.map(one) : one(value);
}

function toRef([layer, call, tensor]: z.infer<typeof refSchema>): TensorRef {
  return { layer, call, tensor };
}

function extraTensors(file: string, layer: string) {
  return unsupported(
    file,
    `the layer ${layer} gets tensors by keyword (a mask, an initial state or an operand), which cannot be rebuilt; pass them as ordinary inputs`,
  );
}

function holdsTensor(value: unknown, depth = 0): boolean {
  if (depth > 4 || value === null || typeof value !== 'object') return false;
  if (refSchema.safeParse(Array.isArray(value) ? value.slice(0, 3) : null).success) return true;
  if (kerasTensorSchema.safeParse(value).success) return true;
  return Object.values(value).some((inner) => holdsTensor(inner, depth + 1));
}

/** [name, call, tensor], a list of them, or (Keras 3) a dictionary of them. */
function parseRefs(value: unknown, file: string, where: string): TensorRef[] {
  const one = refSchema.safeParse(value);
  if (one.success) return [toRef(one.data)];
  const list = Array.isArray(value) ? value : value && typeof value === 'object' ? Object.values(value) : [];
  const refs = list.map((entry) => refSchema.safeParse(entry));
  if (refs.length === 0 || refs.some(({ success }) => !success))
    throw invalid(file, `${where} are not given as [layer, call, tensor]`);
  return refs.flatMap(({ data }) => (data ? [toRef(data)] : []));
}
