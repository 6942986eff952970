/**
 * An archive of torch.export (.pt2): the graph is JSON, the weights are raw numbers (torch/export/pt2_archive). Its ATen
 * operators are written as those of ONNX, with the modules they lie in.
 */
import type { OperatorPort } from '../../../../core/artifacts/operators.ts';
import { baseName, invalid, type SourceFile, unsupported } from '../files/context.ts';
import { parseFileJson } from '../files/json.ts';
import { counted, listed } from '../files/numbers.ts';
import { GraphBuilder, type Tensor } from '../operators/builder.ts';
import type { RawOperators } from '../operators/model.ts';
import type { RawParameter } from '../parameters/model.ts';
import { arithmetic } from './arithmetic.ts';
import { Call, elementType, type Scope, type Translation } from './call.ts';
import { layers } from './layers.ts';
import { type ExportedModel, type ExportedNode, modelSchema, type TensorMeta } from './schema.ts';
import { shaping } from './shaping.ts';
import { readWeights } from './weights.ts';

const TRANSLATIONS: ReadonlyMap<string, Translation> = new Map(
  Object.entries({ ...arithmetic, ...shaping, ...layers }).map(([name, each]) => [
    `torch.ops.aten.${name}`,
    each,
  ]),
);
/** Python's own, on sizes. */
const ON_SIZES: Readonly<Record<string, string>> = {
  '_operator.add': 'Add',
  '_operator.sub': 'Sub',
  '_operator.mul': 'Mul',
  '_operator.floordiv': 'Div',
};
/** They say what must hold of sizes, and make nothing. */
const CHECKS = /_assert_scalar|sym_constrain_range|_assert_tensor_metadata|^_operator\.(ge|le|gt|lt|eq)$/;

/** Throws UserError. */
export async function readExported(entries: readonly SourceFile[], file: string): Promise<RawOperators> {
  const at = (ending: string) => entries.find(({ name }) => name.endsWith(ending));
  const json = at('models/model.json') ?? at('serialized_exported_program.json');
  if (!json)
    throw unsupported(
      file,
      'it holds no graph of torch.export (models/model.json); save it with torch.export.save(torch.export.export(model, (x,)), "model.pt2")',
    );
  const parsed = modelSchema.safeParse(
    parseFileJson((await json.read()).toString('utf8'), file, 'its graph'),
  );
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(
      file,
      `its graph is not written as torch.export does (${issue?.path.join('.')}: ${issue?.message}); save it again with today's PyTorch`,
    );
  }
  const parameters = await readWeights(entries, file);
  return compile(parsed.data.graph_module, parameters, file);
}

function compile(
  { graph: written, signature }: ExportedModel['graph_module'],
  parameters: ReadonlyMap<string, RawParameter>,
  file: string,
): RawOperators {
  const graph = new GraphBuilder(file, parameters);
  const weights = new Map<string, string>();
  const known = new Map<string, Tensor>();
  const metas = written.tensor_values;
  for (const spec of signature.input_specs) {
    if ('parameter' in spec) weights.set(spec.parameter.arg.name, spec.parameter.parameter_name);
    else if ('buffer' in spec) weights.set(spec.buffer.arg.name, spec.buffer.buffer_name);
    else if ('tensor_constant' in spec)
      weights.set(spec.tensor_constant.arg.name, spec.tensor_constant.tensor_constant_name);
    else {
      const name = spec.user_input.arg.as_tensor?.name;
      if (name === undefined)
        throw unsupported(file, 'one of its inputs is no tensor; export the model with tensors alone');
      known.set(name, graph.input(name, ...portOf(metas[name], name, file)));
    }
  }
  for (const [, name] of weights)
    if (!parameters.has(name))
      throw invalid(file, `the weight ${name} of its graph is not in it; save it again`);
  checkTargets(written.nodes, file);
  const scope: Scope = { graph, file, known, metas, weights, uses: usesOf(written.nodes), shared: new Set() };
  for (const node of written.nodes) run(node, scope);
  const outputs = signature.output_specs.flatMap(({ user_output: output }) => {
    const name = output?.arg.as_tensor?.name;
    const made = name === undefined ? undefined : known.get(name);
    return made === undefined ? [] : [made];
  });
  if (outputs.length === 0) throw unsupported(file, 'none of its outputs is a tensor that its nodes make');
  const { graph: built, weights: used } = graph.finish(outputs);
  const halves = [...parameters.values()].find(({ type }) => type === 'float16' || type === 'bfloat16');
  return {
    ...{
      format: 'torch-export',
      file,
      name: baseName(file).replace(/\.\w+$/, ''),
      graph: built,
      weights: used,
    },
    warnings: halves ? [`The weights are ${halves.type}; here all is computed in float32.`] : [],
  };
}

function portOf(
  meta: TensorMeta | undefined,
  name: string,
  file: string,
): [OperatorPort['type'], OperatorPort['shape']] {
  const type = meta && elementType(meta.dtype);
  if (!meta || !type) throw unsupported(file, `its input ${name} has numbers of a type that is not read`);
  const shape = meta.sizes.map((size) =>
    'as_int' in size
      ? size.as_int
      : (/Symbol\('(\w+)'/.exec(size.as_expr.expr_str)?.[1] ?? size.as_expr.expr_str),
  );
  return [type, shape];
}

function checkTargets(nodes: readonly ExportedNode[], file: string): void {
  const unknown = new Map<string, number>();
  for (const { target } of nodes)
    if (!TRANSLATIONS.has(target) && !(target in ON_SIZES) && !CHECKS.test(target))
      unknown.set(target, (unknown.get(target) ?? 0) + 1);
  if (unknown.size === 0) return;
  const all = [...unknown].map(
    ([name, count]) => `${name.replace(/^torch\.ops\./, '')} (${counted(count, 'node', 'nodes')})`,
  );
  throw unsupported(
    file,
    `its graph has operators that are not known here: ${listed(all, 12)}; in Python, torch.onnx.export(torch.export.load("${baseName(file)}"), f="model.onnx", dynamo=True) makes an ONNX file of it`,
  );
}

function usesOf(nodes: readonly ExportedNode[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const { inputs } of nodes)
    for (const { arg } of inputs)
      for (const each of [arg.as_tensor, ...(arg.as_tensors ?? [])])
        if (each) uses.set(each.name, (uses.get(each.name) ?? 0) + 1);
  return uses;
}

function run(node: ExportedNode, scope: Scope): void {
  if (CHECKS.test(node.target)) return;
  const call = new Call(scope, node);
  const onSizes = ON_SIZES[node.target];
  const [first] = node.outputs;
  if (onSizes !== undefined) {
    const symbol = first?.as_sym_int;
    const operands = node.inputs.map(({ name }) => call.operand(name, 'int64'));
    if (symbol && 'as_name' in symbol) scope.known.set(symbol.as_name, call.emit(onSizes, operands));
    return;
  }
  const translate = TRANSLATIONS.get(node.target);
  if (!translate) return;
  const made = [translate(call)].flat();
  const symbol = first?.as_sym_int;
  const names =
    symbol && 'as_name' in symbol
      ? [symbol.as_name]
      : first?.as_tensors
        ? first.as_tensors.map(({ name }) => name)
        : node.outputs.map((output) => output.as_tensor?.name);
  names.forEach((name, at) => {
    const tensor = made[at];
    if (name !== undefined && tensor !== undefined) scope.known.set(name, tensor);
  });
  share(call, node, names, made[0]);
}

/** What writes over its input is what that name means from then on; others that share its numbers would change too. */
function share(
  call: Call,
  { target, inputs }: ExportedNode,
  names: readonly (string | undefined)[],
  made: Tensor | undefined,
): void {
  const { shared, known } = call.scope;
  const over = inputs.find(({ name }) => name === 'self')?.arg.as_tensor?.name;
  if (/^torch\.ops\.aten\.\w*[a-z]_\./.test(target) && over !== undefined && made !== undefined) {
    if (shared.has(over) && !/dropout/.test(target))
      throw call.refused(
        'it writes over numbers that other tensors share; replace the operation in place by a plain one',
      );
    known.set(over, made);
  } else if (
    shaping[target.replace(/^torch\.ops\.aten\./, '')] &&
    !/^torch\.ops\.aten\.(cat|stack|pad|constant_pad|clone)/.test(target)
  ) {
    if (over !== undefined) shared.add(over);
    for (const name of names) if (name !== undefined) shared.add(name);
  }
}
