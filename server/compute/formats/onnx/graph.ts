/** From the graph of an ONNX file to a graph of operators: tensors named once, nodes in order, subgraphs too. */
import type {
  OperatorAttribute,
  OperatorConstant,
  OperatorGraph,
  OperatorNode,
  OperatorPort,
} from '../../../../core/artifacts/operators.ts';
import { freeNames } from '../../operators/names.ts';
import { invalid, unsupported } from '../files/context.ts';
import { attributeOf, constantNode } from './attributes.ts';
import { elementTypeName, elementTypeOf, isFloating } from './element-types.ts';
import type { FlatNode, Inliner, Surroundings } from './inline.ts';
import type { GraphMessage, PortMessage, TypeMessage } from './messages.ts';
import { inOrder } from './order.ts';
import { constantOf, denseTensor, type StoredTensor, storedTensor, type TensorSource } from './tensors.ts';

/** A tensor for the checkpoint. */
export interface Weight extends Pick<StoredTensor, 'type' | 'shape' | 'count' | 'at' | 'bytes' | 'read'> {
  readonly name: string;
}

/** Of one file, while its graph and its subgraphs are compiled. */
export interface Compilation extends TensorSource {
  readonly inliner: Inliner;
  readonly opsets: Readonly<Record<string, number>>;
  /** Of subgraphs too. */
  readonly weights: Map<string, Weight>;
  /** Names of nodes that feed no output. */
  readonly idle: string[];
  /** Inputs and outputs that are lists of tensors. */
  readonly sequences: Set<string>;
}

/** Whole numbers and constants beyond so many are kept as weights are: JSON is no place for them. */
const MAX_INLINE = 1000;

/** `known`: names of the graphs around a subgraph; null for the whole. */
export function compileGraph(
  graph: GraphMessage,
  around: Surroundings,
  known: ReadonlySet<string> | null,
  compilation: Compilation,
): OperatorGraph {
  const { file, weights, inliner, opsets } = compilation;
  const constants = new Map<string, OperatorConstant>();
  const made = new Map<string, string>();
  const declare = (name: string, maker: string) => {
    const other = made.get(name);
    if (other !== undefined)
      throw invalid(file, `two things are called ${name}: ${other} and ${maker}; export the model again`);
    made.set(name, maker);
  };
  // Weights of subgraphs lie beside those of the whole, and branches may have the same names.
  const renamed = new Map<string, string>();
  const seenFrom = (written: Surroundings): Surroundings => ({
    ...written,
    tensor: (name) => renamed.get(written.tensor(name)) ?? written.tensor(name),
  });
  const here = seenFrom(around);
  /** `told`: the name in the file. */
  const keep = (name: string, told: string, tensor: StoredTensor, inline: boolean) => {
    declare(name, 'a constant');
    if (tensor.at === null || inline) {
      constants.set(name, constantOf(tensor));
      return;
    }
    let own = known === null ? name : `${around.place?.name ?? ''}/${told}`;
    while (known !== null && weights.has(own)) own += "'";
    if (own !== name) renamed.set(name, own);
    weights.set(own, { ...tensor, name: own });
  };

  for (const { name, read } of [
    ...graph.initializers.map((each) => ({ name: each.name, read: storedTensor.bind(null, each) })),
    ...graph.sparse.map((each) => ({ name: each.values.name, read: denseTensor.bind(null, each) })),
  ]) {
    if (name === '') throw invalid(file, 'an initializer has no name');
    const tensor = read(compilation, name);
    keep(around.tensor(name), name, tensor, !isFloating(tensor.type) && tensor.count <= MAX_INLINE);
  }
  // Up to version 3 of the format each initializer is an input too.
  const inputs = graph.inputs
    .map((port) => portOf(port, around, compilation))
    .filter(({ name }) => !made.has(name));
  for (const { name } of inputs) declare(name, 'an input');

  const nodes: FlatNode[] = [];
  const wanted = new Set(graph.outputs.map(({ name }) => around.tensor(name)));
  for (const node of inliner.flatten(graph.nodes, here)) {
    const [name = ''] = node.outputs;
    const value = constantNode(node, compilation);
    if (value !== null) {
      keep(name, name, value, value.count <= MAX_INLINE);
      continue;
    }
    for (const each of node.outputs)
      if (each !== '') declare(each, `an output of the node ${node.place.name}`);
    const alias = wanted.has(name) ? undefined : constantAlias(node, constants, weights, renamed);
    if (alias === undefined) nodes.push(node);
    else renamed.set(name, alias);
  }
  const outputs = graph.outputs.map((port) => portOf(port, here, compilation));
  const names = new Set([...(known ?? []), ...made.keys()]);
  const compiled = nodes.map(
    (node): OperatorNode => ({
      ...{ name: node.place.name, scope: node.place.scope, domain: node.domain, operation: node.operation },
      attributes: Object.fromEntries(
        [...node.attributes].flatMap(
          ([name, { message, around: written }]): [string, OperatorAttribute][] => {
            const subgraph = (inner: GraphMessage) =>
              compileGraph(inner, { ...seenFrom(written), place: node.place }, names, compilation);
            const value = attributeOf(message, node, compilation, subgraph);
            return value === null ? [] : [[name, value]];
          },
        ),
      ),
      inputs: node.inputs.map((name) => renamed.get(name) ?? name),
      outputs: node.outputs,
    }),
  );
  const needed = outputs.map(({ name }) => name);
  const { order, idle } = inOrder(compiled, needed, (name) => names.has(name) || weights.has(name), file);
  compilation.idle.push(...idle);
  const used = new Set([...order.flatMap(freeNames), ...needed]);
  return {
    ...{ opsets, nodes: order, inputs, outputs },
    constants: Object.fromEntries([...constants].filter(([name]) => used.has(name))),
    weights: [],
  };
}

/**
 * PyTorch's older exporter keeps one of several equal weights, and copies it for the others: the weight that such a copy
 * is of, so that it belongs to the nodes that compute with it.
 */
function constantAlias(
  { operation, domain, inputs }: FlatNode,
  constants: ReadonlyMap<string, unknown>,
  weights: ReadonlyMap<string, unknown>,
  renamed: ReadonlyMap<string, string>,
): string | undefined {
  if (operation !== 'Identity' || domain !== '') return undefined;
  const [name = ''] = inputs;
  const own = renamed.get(name) ?? name;
  return constants.has(own) || weights.has(own) ? own : undefined;
}

function portOf({ name, type }: PortMessage, around: Surroundings, compilation: Compilation): OperatorPort {
  const { file } = compilation;
  const own = around.tensor(name);
  let tensor: TypeMessage = type;
  while (tensor.inner) tensor = tensor.inner;
  if (tensor !== type) compilation.sequences.add(own);
  const element = tensor.kind === 'none' ? 'float32' : elementTypeOf(tensor.dataType);
  if (element === null)
    throw unsupported(
      file,
      `${name} is of the number type ${elementTypeName(tensor.dataType)}, which is not read`,
    );
  return { name: own, type: element, shape: tensor === type ? tensor.shape : null };
}
