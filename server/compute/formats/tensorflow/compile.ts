/** From a GraphDef with its weights to a graph of operators: tensors named once, nodes in order. */
import type {
  ElementType,
  OperatorAttribute,
  OperatorConstant,
  OperatorGraph,
  OperatorNode,
  OperatorPort,
} from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import { knowsOperator } from '../../operators/index.ts';
import { freeNames } from '../../operators/names.ts';
import { invalid, unsupported } from '../files/context.ts';
import { counted } from '../files/numbers.ts';
import { Names } from '../onnx/names.ts';
import { inOrder } from '../onnx/order.ts';
import {
  attributeOf,
  elementType,
  type GraphDef,
  type NodeDef,
  type Signature,
  shapeOf,
} from './graph-def.ts';

export interface GraphWeight {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  read(): Float32Array | Int32Array;
}
export interface CompiledGraph {
  readonly graph: OperatorGraph;
  readonly weights: readonly GraphWeight[];
}

const MAX_NODES = 100_000;
/** Whole numbers beyond so many are kept as weights are: JSON is no place for them. */
const MAX_INLINE = 1000;
/** Gives on what it gets: what it makes is called as that is. */
const PASSES = new Set(['Identity', 'Snapshot', 'StopGradient', 'PreventGradient']);
const SILENT = new Set(['NoOp', 'Const', 'Placeholder']);

/** What an operation that is not computed is about. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /^(If|While|Stateless(If|While)|Switch|Merge|Enter|Exit|NextIteration|LoopCond|Tensor(List|Array).*|EmptyTensorList)$/,
    'choices and loops of TensorFlow graphs are not run here; with LSTM or GRU layers, save the Keras model (.keras or .h5), or convert the model to ONNX with tf2onnx',
  ],
  [/Table/, 'tables that look up texts are not read; export the model from its numbers on'],
  [
    /Random|Multinomial|TruncatedNormal/,
    'random numbers are drawn, which no answer can be checked against; export the model for inference',
  ],
  [
    /String|Regex|SimpleML/,
    'texts or trees are no part of a neural network; export the model from its numbers on',
  ],
];

/** `name:0` is `name`. */
function tensorName(input: string): string {
  const told = input.replace(/^\^/, '');
  return told.endsWith(':0') ? told.slice(0, -2) : told;
}
const makerOf = (tensor: string): string => tensor.replace(/:\d+$/, '');

/** `weights`: by the names of the constants. Throws UserError. */
export function compileGraphDef(
  def: GraphDef,
  weights: ReadonlyMap<string, GraphWeight>,
  signature: Signature | null,
  file: string,
): CompiledGraph {
  if (def.node.length > MAX_NODES)
    throw new UserError('too_large', `${file}: it has more than ${MAX_NODES} nodes`, file);
  const nodes = new Map<string, NodeDef>();
  for (const node of def.node) {
    if (nodes.has(node.name))
      throw invalid(file, `two nodes are called ${node.name}; export the model again`);
    nodes.set(node.name, node);
  }
  const inputsOf = (node: NodeDef) =>
    (node.input ?? []).filter((input) => !input.startsWith('^')).map(tensorName);
  /** What a name stands for, through nodes that give on what they get. */
  const meant = (name: string): string => {
    let own = name;
    for (const seen = new Set<string>(); ; seen.add(own)) {
      const node = nodes.get(own);
      const [from] = node && PASSES.has(node.op) ? inputsOf(node) : [];
      if (from === undefined) return own;
      if (seen.has(own)) throw invalid(file, `the node ${own} waits for itself; a graph has no such cycles`);
      own = from;
    }
  };
  const told = Object.values(signature?.outputs ?? {}).map(({ name }) => tensorName(name));
  const used = new Set(def.node.flatMap((node) => inputsOf(node).map(makerOf)));
  const ends = def.node.filter(({ name, op }) => !used.has(name) && !SILENT.has(op)).map(({ name }) => name);
  const outputs = [...new Set((told.length > 0 ? told : ends).map(meant))];
  if (outputs.length === 0) throw invalid(file, 'the graph has no outputs; export the model again');

  const reached = new Set<string>();
  const waiting = outputs.map(makerOf);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const node = nodes.get(name);
    if (!node) throw invalid(file, `a node takes ${name}, which nothing in the file makes`);
    waiting.push(...inputsOf(node).map((input) => makerOf(meant(input))));
  }
  const live = def.node.filter(({ name, op }) => reached.has(name) && !PASSES.has(op));
  checkKnown(live, file);

  const ports = Object.values(signature?.inputs ?? {});
  const inputs = live
    .filter(({ op }) => op === 'Placeholder')
    .map(({ name, attr }): OperatorPort => {
      const port = ports.find((each) => tensorName(each.name) === name);
      const own = shapeOf(attr?.shape?.shape);
      return {
        name,
        type: elementType(attr?.dtype?.type, `the input ${name}`, file),
        shape: own && own.length > 0 ? own : shapeOf(port?.tensorShape),
      };
    });
  if (inputs.length === 0)
    throw invalid(file, 'the graph has no inputs (Placeholder), so it computes nothing');
  const constants: Record<string, OperatorConstant> = {};
  const kept: GraphWeight[] = [];
  for (const { name, op } of live) {
    if (op !== 'Const') continue;
    const weight = weights.get(name);
    if (!weight) throw invalid(file, `the numbers of the constant ${name} are not in its list of weights`);
    const size = weight.shape.reduce((a, b) => a * b, 1);
    const float = /float/.test(weight.type);
    if (float ? weight.shape.length > 0 : size > MAX_INLINE) kept.push(weight);
    else
      constants[name] = {
        ...{ type: weight.type, shape: [...weight.shape] },
        values: Array.from(weight.read(), (value) => (Number.isFinite(value) ? value : String(value))),
      };
  }
  const places = new Names();
  const outputCounts = countsOf(live.flatMap((node) => inputsOf(node).map(meant)).concat(outputs));
  const compiled = live.flatMap((node): OperatorNode[] => {
    if (SILENT.has(node.op)) return [];
    const count = outputCounts.get(node.name) ?? 1;
    const own = Array.from({ length: count }, (_, at) => (at === 0 ? node.name : `${node.name}:${at}`));
    const place = places.place(
      { name: node.name, operation: node.op, inputs: [], outputs: own, metadata: new Map() },
      null,
    );
    return [
      {
        ...{ name: place.name, scope: place.scope, domain: 'tensorflow', operation: node.op },
        attributes: Object.fromEntries(
          Object.entries(node.attr ?? {}).flatMap(([name, value]): [string, OperatorAttribute][] => {
            const read = attributeOf(value);
            return read === null ? [] : [[name, read]];
          }),
        ),
        ...{ inputs: inputsOf(node).map(meant), outputs: own },
      },
    ];
  });
  const given = new Set([...inputs.map(({ name }) => name), ...live.map(({ name }) => name)]);
  const { order } = inOrder(compiled, outputs, (name) => given.has(name), file);
  const needed = new Set([...order.flatMap(freeNames), ...outputs]);
  const held = kept.filter(({ name }) => needed.has(name));
  const graph: OperatorGraph = {
    opsets: { tensorflow: def.versions?.producer ?? 1 },
    ...{ nodes: order, inputs, constants },
    outputs: outputs.map((name) => ({ name, type: 'float32', shape: null })),
    weights: held.map(({ name, type, shape }) => ({ name, type, shape: [...shape] })),
  };
  return { graph, weights: held };
}

/** How many outputs of each node are asked for. */
function countsOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) {
    const at = Number(/:(\d+)$/.exec(name)?.[1] ?? 0);
    if (at >= 4096) continue;
    const maker = makerOf(name);
    counts.set(maker, Math.max(counts.get(maker) ?? 1, at + 1));
  }
  return counts;
}

function checkKnown(nodes: readonly NodeDef[], file: string): void {
  const unknown = new Map<string, string[]>();
  for (const { op, name } of nodes)
    if (!SILENT.has(op) && !knowsOperator({ domain: 'tensorflow', operation: op }))
      unknown.set(op, [...(unknown.get(op) ?? []), name]);
  const [first] = unknown;
  if (!first) return;
  const [operation, [node = '']] = first;
  const reason = REASONS.find(([pattern]) => [...unknown.keys()].some((op) => pattern.test(op)));
  const named = [...unknown].slice(0, 12).map(([op, of]) => `${op} (${counted(of.length, 'node', 'nodes')})`);
  throw unsupported(
    file,
    `operations of its graph are not known here: ${named.join(', ')}, first at the node ${node} (${operation}); ${
      reason?.[1] ?? 'convert the model to ONNX with tf2onnx, or send the Keras model (.keras or .h5)'
    }`,
  );
}
