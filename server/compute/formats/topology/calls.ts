/**
 * How a layer is called in a graph: the tensors it is given, and what else. Keras 2 and TensorFlow.js write nested lists,
 * Keras 3 {args, kwargs}. A layer that is called to act as in training, with a mask, a state or a constant computes
 * something else than its configuration says: such calls are refused.
 */
import { z } from 'zod';
import { invalid, unsupported } from '../files/context.ts';
import { type CallForm, formOf } from '../layers/call-forms.ts';
import type { Operand, TensorRef } from './network.ts';

/** [layer, call, tensor]. */
export const tensorRef = z.tuple([
  z.string(),
  z.number().int().nonnegative(),
  z.number().int().nonnegative(),
]);
const kerasTensor = z.object({
  class_name: z.literal('__keras_tensor__'),
  config: z.object({ keras_history: tensorRef, shape: z.array(z.unknown()).optional() }),
});
const callSchema = z.object({
  args: z.array(z.unknown()),
  kwargs: z.record(z.string(), z.unknown()).nullish(),
});

export function refOf([layer, call, tensor]: z.infer<typeof tensorRef>): TensorRef {
  return { layer, call, tensor };
}

export interface ParsedCall {
  readonly refs: readonly TensorRef[];
  /** Of a callee whose arguments matter one by one. */
  readonly form: CallForm | null;
  /** The keyword `mask`: a tensor, or of a model with several inputs a list. */
  readonly mask: Operand | readonly (Operand | null)[] | null;
  /** All that it is given, constants among it: of operators that make masks. */
  readonly operands: readonly Operand[];
}
export interface Callee {
  readonly file: string;
  /** For messages. */
  readonly layer: string;
  /** `x + y`, which takes its operands one by one. */
  readonly operator: boolean;
  readonly makesMasks: boolean;
  /** Its arguments matter one by one: an operator or an attention. */
  readonly formed: boolean;
}

/** One entry of inbound_nodes. Throws UserError. */
export function callArguments(node: unknown, callee: Callee): ParsedCall {
  const { file, layer, operator } = callee;
  if (Array.isArray(node)) return { ...listed(node, callee), mask: null, operands: [] };
  const call = callSchema.safeParse(node);
  if (!call.success)
    throw invalid(file, `the inputs of the layer ${layer} are neither a list nor {args, kwargs}`);
  const { mask = null, ...rest } = call.data.kwargs ?? {};
  if (callee.formed) return formedCall(call.data.args, call.data.kwargs ?? {}, callee);
  checkKeywords(rest, callee);
  const [inputs, ...more] = call.data.args;
  // `layer(x, mask)`, `layer(x, state)`.
  if (!operator && more.some((value) => !isNothing(value)))
    throw unsupported(
      file,
      `the layer ${layer} gets tensors beside its inputs: a mask, an initial state or the values of an attention, with which no layer is computed here; rebuild that part without them, or cut the model before it`,
    );
  const operands = [inputs, ...more.filter((value) => !isNothing(value))].flatMap((value) =>
    operandsOf(value, callee),
  );
  return { refs: refsIn(operands), form: null, mask: maskOf(mask, callee), operands };
}

/** Masks that Keras writes by keyword, each beside the argument that it belongs to. */
const MASKED_ARGUMENTS = ['query', 'value', 'key'] as const;

function formedCall(
  args: readonly unknown[],
  { mask = null, ...kwargs }: Readonly<Record<string, unknown>>,
  callee: Callee,
): ParsedCall {
  checkTraining(kwargs.training, callee);
  const named = MASKED_ARGUMENTS.map((name) => `${name}_mask`);
  const rest = Object.entries(kwargs).filter(([key]) => key !== 'training' && !named.includes(key));
  const { form, refs } = formOf(args, Object.fromEntries(rest), (value) => {
    const tensor = kerasTensor.safeParse(value);
    if (!tensor.success) return null;
    const { keras_history, shape } = tensor.data.config;
    return { ref: refOf(keras_history), rank: shape?.length ?? null };
  });
  // Masks stand in the order of the tensors that they belong to.
  const own = named.map((key) => kwargs[key] ?? null);
  const masks = own.every((value) => value === null) ? mask : refs.map((_, at) => own[at] ?? null);
  const operands = callee.makesMasks
    ? args.filter((value) => !isNothing(value)).flatMap((value) => operandsOf(value, callee))
    : [];
  return { refs, form, mask: maskOf(masks, callee), operands };
}

function refsIn(operands: readonly Operand[]): TensorRef[] {
  return operands.flatMap((operand) =>
    typeof operand === 'number' ? [] : isList(operand) ? refsIn(operand) : [operand],
  );
}

function isList(operand: TensorRef | readonly Operand[]): operand is readonly Operand[] {
  return Array.isArray(operand);
}

function maskOf(value: unknown, callee: Callee): ParsedCall['mask'] {
  const one = (mask: unknown): TensorRef | null => {
    if (isNothing(mask)) return null;
    const tensor = kerasTensor.safeParse(mask);
    if (!tensor.success) throw byKeyword('mask', callee);
    return refOf(tensor.data.config.keras_history);
  };
  return Array.isArray(value) && !isNothing(value) ? value.map(one) : one(value);
}

/** [name, call, tensor, kwargs], alone or in a list of them. */
function listed(node: readonly unknown[], callee: Callee): Pick<ParsedCall, 'refs' | 'form'> {
  const { file, layer } = callee;
  const inputs = typeof node[0] === 'string' ? [node] : node;
  if (callee.formed) {
    const keywords = z.tuple([z.unknown(), z.unknown(), z.unknown(), z.record(z.string(), z.unknown())]);
    const { training, ...kwargs } = keywords.safeParse(inputs[0]).data?.[3] ?? {};
    checkTraining(training, callee);
    const heads = inputs.map((input) => (Array.isArray(input) ? input.slice(0, 3) : input));
    return formOf(heads.length === 1 ? heads : [heads], kwargs, (value) => {
      const parsed = tensorRef.safeParse(value);
      return parsed.success ? { ref: refOf(parsed.data), rank: null } : null;
    });
  }
  const refs = inputs.map((input) => {
    const parsed = Array.isArray(input) ? tensorRef.safeParse(input.slice(0, 3)) : null;
    if (!parsed?.success)
      throw invalid(file, `the inputs of the layer ${layer} are not [name, call, tensor]`);
    const kwargs = z
      .record(z.string(), z.unknown())
      .nullish()
      .safeParse(Array.isArray(input) ? input[3] : undefined);
    if (!kwargs.success)
      throw invalid(file, `the inputs of the layer ${layer} are not [name, call, tensor, {}]`);
    checkKeywords(kwargs.data ?? {}, callee);
    return refOf(parsed.data);
  });
  return { refs, form: null };
}

/** A list among the inputs of a mask's operator is one operand; else lists are of inputs. */
function operandsOf(value: unknown, callee: Callee): Operand[] {
  const { file, layer, makesMasks } = callee;
  if (Array.isArray(value)) {
    const parts = value.flatMap((one) => operandsOf(one, callee));
    return makesMasks ? [parts] : parts;
  }
  if (value === null || value === undefined) return [];
  const tensor = kerasTensor.safeParse(value);
  if (tensor.success) return [refOf(tensor.data.config.keras_history)];
  if (makesMasks && typeof value === 'number') return [value];
  const named = z.record(z.string(), kerasTensor).safeParse(value);
  if (named.success)
    throw unsupported(
      file,
      `the layer ${layer} is given its tensors by name (${Object.keys(named.data).join(', ')}); give them as a list`,
    );
  throw unsupported(
    file,
    `the layer ${layer} is called with a constant (${JSON.stringify(value).slice(0, 60)}), which layers do not take; put the constant into a layer of its own, such as Rescaling`,
  );
}

/** Nothing, false, or lists of nothing: what Keras writes where nothing was said. */
function isNothing(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === false ||
    (Array.isArray(value) && value.every(isNothing))
  );
}

function checkKeywords(kwargs: Readonly<Record<string, unknown>>, callee: Callee): void {
  const { file, layer } = callee;
  for (const [key, value] of Object.entries(kwargs)) {
    if (isNothing(value)) continue;
    if (holdsTensor(value)) throw byKeyword(key, callee);
    if (key === 'training') checkTraining(value, callee);
    throw unsupported(
      file,
      `the layer ${layer} is called with ${key}=${JSON.stringify(value)?.slice(0, 60)}, which is not computed here; call it without`,
    );
  }
}

function checkTraining(value: unknown, { file, layer }: Callee): void {
  if (isNothing(value)) return;
  throw unsupported(
    file,
    `the layer ${layer} is called with training=${JSON.stringify(value)}: it acts at inference as in training, by chance or by the batch, which is not computed here; call it without`,
  );
}

function byKeyword(key: string, { file, layer }: Callee) {
  if (key === 'inputs' || key === 'x')
    return unsupported(
      file,
      `the layer ${layer} gets its inputs by keyword (${key}); give them without it: layer(x)`,
    );
  return unsupported(
    file,
    `the layer ${layer} gets tensors by keyword (${key}: a mask, an initial state or the values of an attention), with which no layer is computed here; rebuild that part without them, or cut the model before it`,
  );
}

function holdsTensor(value: unknown, depth = 0): boolean {
  if (depth > 4 || value === null || typeof value !== 'object') return false;
  if (tensorRef.safeParse(Array.isArray(value) ? value.slice(0, 3) : null).success) return true;
  if (kerasTensor.safeParse(value).success) return true;
  return Object.values(value).some((inner) => holdsTensor(inner, depth + 1));
}
