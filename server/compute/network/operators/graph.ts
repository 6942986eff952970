/** A graph of operators as a program's graph: nodes with their weights, tensors looked at with their units last. */
import type { Tensor } from '@tensorflow/tfjs';
import type { OperatorNode, OperatorProgram } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { Operand } from '../../operators/contract.ts';
import { evaluateNode, type Run } from '../../operators/evaluate.ts';
import { nodeConfig, weightOwners } from '../../operators/layers.ts';
import { freeNames } from '../../operators/names.ts';
import { typesOf } from '../../operators/types.ts';
import { unitAxesOf } from '../../operators/unit-axes.ts';
import { storedAs, tensorOf } from '../../operators/values.ts';
import type { Tf } from '../../tf.ts';
import { guided } from '../guided.ts';
import type { Call, CallOptions, Held, NodeWeight, ProgramGraph, ProgramNode, Value } from '../node.ts';
import { Kept } from './kept.ts';

export interface LoadedOperators {
  readonly graph: ProgramGraph;
  /** Of what is kept beside the weights. */
  keptBytes(): number;
  dispose(): void;
}

/** `weights`, in the order of the graph's, are the program's from now on. */
export function graphOfOperators(
  tf: Tf,
  program: OperatorProgram,
  weights: readonly Tensor[],
  name: string,
): LoadedOperators {
  const { graph, shapes, batch } = program;
  const held = new Map<string, Tensor>();
  graph.weights.forEach(({ name: of }, at) => {
    const tensor = weights[at];
    if (tensor) held.set(of, tensor);
  });
  for (const [of, constant] of Object.entries(graph.constants)) held.set(of, tensorOf(tf, constant));
  const types = typesOf(graph);
  const size = (tensor: Tensor) => 4 * tensor.size;
  const kept = new Kept(tf, weights.reduce((sum, tensor) => sum + size(tensor), 0) / 2);
  const run: Run = {
    ...{ tf, opsets: graph.opsets, types },
    prepared: (node, name, make) => (held.has(name) ? kept.get(`${node} ${name}`, make) : make()),
  };
  const fixed = new Set(held.keys());
  const axes = unitAxesOf(program);
  const weightsOf = new Map<string, { readonly of: string; readonly name: string }[]>();
  for (const [of, { node, name: short }] of weightOwners(graph))
    weightsOf.set(node, [...(weightsOf.get(node) ?? []), { of, name: short }]);
  const values = new Map<string, Value>();
  const calls: Call[] = [];
  let ids = 0;
  const outputOf = (call: Call, of: string): Value => {
    const shape = shapes[of] ?? [];
    const type = types.get(of);
    const axis = axes.get(of) ?? shape.length - 1;
    const value: Value = {
      ...{ id: ids++, name: of, dtype: storedAs(type ?? 'float32'), call, masked: false },
      maps: shape.length === 4 && axis === 1,
      ...seenUnitsLast(shape, axis),
    };
    values.set(of, value);
    return value;
  };
  const inputs = graph.inputs.map(({ name: of, type }) => {
    const node: ProgramNode = {
      ...NOTHING,
      name: of,
      type: 'InputLayer',
      config: { dtype: type },
      isInput: true,
    };
    const call = new InputCall(node);
    calls.push(call);
    call.outputs.push(outputOf(call, of));
    return call.outputs[0]!;
  });
  for (const node of graph.nodes) {
    const read = [...new Set(freeNames(node))];
    const own = weightsOf.get(node.name) ?? [];
    const taken = read.flatMap((of) => values.get(of) ?? []);
    const made: ProgramNode = {
      name: node.name,
      type: node.operation,
      config: nodeConfig(node, program, axes),
      weights: own.map(({ of, name: short }) => weightOf(tf, held, of, short, () => kept.clear())),
      isInput: false,
      looksUp: node.operation === 'Gather' && own.length > 0,
    };
    const isFixed = dependsOnNone(node, read, fixed);
    if (isFixed) for (const of of node.outputs) fixed.add(of);
    const call = new OperatorUse(run, node, made, taken, held, isFixed ? kept : null);
    calls.push(call);
    for (const of of node.outputs) if (of !== '') call.outputs.push(outputOf(call, of));
  }
  const outputs = graph.outputs.map(({ name: of }) => {
    const value = values.get(of);
    if (!value) throw new UserError('invalid', `nothing makes the output ${of}`);
    return value;
  });
  return {
    graph: { name, inputs, calls, outputs, batch },
    keptBytes: () => kept.bytes,
    dispose: () => {
      kept.clear();
      for (const tensor of held.values()) tensor.dispose();
    },
  };
}

/** What comes of these is another each time. */
const DRAWN = /^(Random|Multinomial$|Bernoulli$|Dropout$)/;

/** One tensor made of what no input has a part in; subgraphs may draw, or make sequences. */
function dependsOnNone(node: OperatorNode, read: readonly string[], fixed: ReadonlySet<string>): boolean {
  const { operation, outputs, attributes } = node;
  const plain =
    outputs.length === 1 && !DRAWN.test(operation) && !/^Sequence|^Optional|^SplitTo/.test(operation);
  const inner = Object.values(attributes).some((value) => typeof value === 'object' && 'graph' in value);
  return plain && !inner && read.every((name) => fixed.has(name));
}

const NOTHING = { weights: [], config: {}, isInput: false, looksUp: false };

/** What stands for the axis of units goes last, and back. */
function seenUnitsLast(
  shape: readonly (number | null)[],
  axis: number,
): Pick<Value, 'shape' | 'shown' | 'held'> {
  const last = shape.length - 1;
  const order = [...shape.keys()].filter((at) => at !== axis);
  if (axis >= last) return { shape, shown: one, held: (tensor) => tensor };
  const there = [...order, axis];
  const back = [...shape.keys()].map((at) => there.indexOf(at));
  return {
    shape: there.map((at) => shape[at] ?? null),
    shown: (held) => transposed(one(held), there),
    held: (tensor) => transposed(tensor, back),
  };
}

const transposed = (tensor: Tensor, order: readonly number[]): Tensor => tensor.transpose([...order]);

function one(held: Held): Tensor {
  if ('dataId' in held) return held;
  throw new UserError(
    'unsupported',
    'a sequence of tensors cannot be looked at; ask about what is made of it',
  );
}

/** A change writes into the copy that is run. */
function weightOf(
  tf: Tf,
  held: Map<string, Tensor>,
  of: string,
  name: string,
  written: () => void,
): NodeWeight {
  const read = (): Tensor => {
    const tensor = held.get(of);
    if (!tensor) throw new Error(`the weight ${of} is not there`);
    return tensor;
  };
  return {
    name,
    shape: read().shape,
    read,
    write: (values) => {
      const before = read();
      written();
      // It outlives whatever scope it is written in.
      held.set(of, tf.keep(tf.cast(values, before.dtype).clone()));
      before.dispose();
    },
  };
}

class InputCall implements Call {
  readonly inputs: readonly Value[] = [];
  readonly outputs: Value[] = [];
  readonly first = true;
  readonly looksAtMasks = false;
  readonly masksReadValues = false;
  constructor(readonly node: ProgramNode) {}
  run(): never {
    throw new Error('an input is given, not computed');
  }
  unactivated(): never {
    throw new Error('an input has no activation');
  }
  masksAfter(): [] {
    return [];
  }
}

/** Rectifiers: what is below a bound of at least 0 becomes that. */
const RECTIFIERS = new Set(['Relu', 'ThresholdedRelu']);

class OperatorUse implements Call {
  readonly outputs: Value[] = [];
  readonly first = true;
  readonly looksAtMasks = false;
  readonly masksReadValues = false;
  private readonly read: readonly string[];

  constructor(
    private readonly running: Run,
    private readonly operator: OperatorNode,
    readonly node: ProgramNode,
    readonly inputs: readonly Value[],
    private readonly constants: ReadonlyMap<string, Tensor>,
    /** Where it depends on weights and constants only. */
    private readonly kept: Kept | null,
  ) {
    this.read = [...new Set(freeNames(operator))];
  }

  run(inputs: readonly Held[], _: readonly (Tensor | null)[], options: CallOptions): readonly Held[] {
    const { kept } = this;
    if (kept === null) return this.evaluate(inputs, options);
    return [
      kept.get(this.operator.name, () => {
        const [made] = this.evaluate(inputs, options);
        if (made && 'dataId' in made) return made;
        throw new Error(`${this.operator.name} makes no tensor`);
      }),
    ];
  }

  private evaluate(inputs: readonly Held[], options: CallOptions): readonly Held[] {
    const { tf } = this.running;
    const { operation, outputs } = this.operator;
    const given = new Map<string, Operand>(this.inputs.map(({ name }, at) => [name, inputs[at] ?? null]));
    const lookup = (name: string) => given.get(name) ?? this.constants.get(name);
    // An operator may hand on what it was given, which is not its own to dispose of.
    const taken = new Set(this.read.flatMap((name) => lookup(name) ?? []));
    const apart = (tensor: Tensor): Tensor => (taken.has(tensor) ? tensor.clone() : tensor);
    const made: (Tensor | Tensor[])[] = [];
    // What an operator makes on its way goes with it.
    tf.tidy(() => {
      evaluateNode(this.running, this.operator, lookup).forEach((value, at) => {
        if (!outputs[at] || value === null) return;
        if ('dataId' in value) {
          const tensor = apart(value);
          made.push(options.guided && RECTIFIERS.has(operation) ? guided(tf, tensor) : tensor);
        } else made.push(value.map(apart));
      });
      return made;
    });
    return made;
  }

  unactivated(): never {
    throw new Error(`${this.node.name} has no activation of its own`);
  }

  masksAfter(): [] {
    return [];
  }
}
