/** One call of an ATen operator: its arguments by name, and what it is written as in operators of ONNX. */
import type { ElementType, OperatorAttribute } from '../../../../core/artifacts/operators.ts';
import { unsupported } from '../files/context.ts';
import type { GraphBuilder, Tensor } from '../operators/builder.ts';
import type { Argument, ExportedNode, TensorMeta } from './schema.ts';

/** Numbers of schema.ScalarType. Floats of any width are computed in float32. */
export function elementType(dtype: number): ElementType | null {
  if ([6, 7, 8, 13].includes(dtype)) return 'float32';
  const types: Readonly<Record<number, ElementType>> = {
    1: 'uint8',
    2: 'int8',
    3: 'int16',
    4: 'int32',
    5: 'int64',
    12: 'bool',
  };
  return types[dtype] ?? null;
}
/** As ONNX' Cast calls them. */
const CAST: Readonly<Partial<Record<ElementType, number>>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
};

export interface Scope {
  readonly graph: GraphBuilder;
  readonly file: string;
  /** Tensors and symbolic numbers of the graph under the names that the file has for them. */
  readonly known: Map<string, Tensor>;
  readonly metas: Readonly<Record<string, TensorMeta>>;
  /** Names of weights by the names that the graph has for them. */
  readonly weights: ReadonlyMap<string, string>;
  /** Names in the file of tensors that share their numbers with others. */
  readonly shared: Set<string>;
  /** How often each name is read. */
  readonly uses: ReadonlyMap<string, number>;
}

export class Call {
  readonly target: string;
  readonly path: string;
  private readonly given: ReadonlyMap<string, Argument>;

  constructor(
    readonly scope: Scope,
    readonly node: ExportedNode,
  ) {
    this.target = node.target.replace(/^torch\.ops\./, '');
    this.given = new Map(node.inputs.map(({ name, arg }) => [name, arg]));
    // `L__self__,,M;L__self__c,c,torch.nn.Conv2d`: the last module's path is the second of three.
    const [, path = ''] = (node.metadata.nn_module_stack ?? '').split(';').at(-1)?.split(',') ?? [];
    this.path = path;
  }

  emit(
    operation: string,
    inputs: readonly Tensor[],
    attributes: Readonly<Record<string, OperatorAttribute>> = {},
  ): Tensor {
    return this.scope.graph.node(this.path, operation, inputs, attributes);
  }

  has(name: string): boolean {
    const arg = this.given.get(name);
    return arg !== undefined && !('as_none' in arg && arg.as_none === true);
  }

  /** The name in the file of a tensor that is given. */
  nameOf(argument: string): string {
    const name = this.given.get(argument)?.as_tensor?.name;
    if (name === undefined) throw this.refused(`its ${argument} is no tensor`);
    return name;
  }

  tensor(argument: string): Tensor {
    return this.known(this.nameOf(argument));
  }

  optional(argument: string): Tensor {
    return this.given.get(argument)?.as_tensor ? this.tensor(argument) : '';
  }

  tensors(argument: string): Tensor[] {
    const list = this.given.get(argument)?.as_tensors;
    if (!list) throw this.refused(`its ${argument} is no list of tensors`);
    return list.map(({ name }) => this.known(name));
  }

  private known(name: string): Tensor {
    const found = this.scope.known.get(name);
    if (found !== undefined) return found;
    const weight = this.scope.weights.get(name);
    if (weight === undefined) throw this.refused(`nothing makes ${name}`);
    const kept = this.scope.graph.parameter(weight);
    // Truth values are kept as whole numbers.
    const made = this.typeOf(name) === 'bool' ? this.cast(kept, 'bool') : kept;
    this.scope.known.set(name, made);
    return made;
  }

  /** A tensor, or a number as a tensor of this type. */
  operand(argument: string, type: ElementType): Tensor {
    const arg = this.given.get(argument);
    if (arg?.as_tensor) {
      const own = this.typeOf(arg.as_tensor.name);
      const tensor = this.known(arg.as_tensor.name);
      return own === type ? tensor : this.cast(tensor, type);
    }
    const symbol = arg?.as_sym_int;
    if (symbol && 'as_name' in symbol) {
      const tensor = this.known(symbol.as_name);
      return type === 'int64' ? tensor : this.cast(tensor, type);
    }
    return this.scope.graph.constant([this.number(argument)], [], type);
  }

  cast(tensor: Tensor, type: ElementType): Tensor {
    const to = CAST[type];
    if (to === undefined) throw new Error(`no cast to ${type}`);
    return this.emit('Cast', [tensor], { to });
  }

  number(argument: string, fallback?: number): number {
    const arg = this.given.get(argument);
    const symbol = arg?.as_sym_int;
    const value =
      arg?.as_int ??
      arg?.as_float ??
      (arg?.as_bool === undefined ? undefined : Number(arg.as_bool)) ??
      (symbol && 'as_int' in symbol ? symbol.as_int : undefined) ??
      (this.has(argument) ? undefined : fallback);
    const number = typeof value === 'string' ? Number(value.replace(/inf/i, 'Infinity')) : value;
    if (number === undefined || Number.isNaN(number))
      throw this.refused(`its ${argument} is no plain number`);
    return number;
  }

  flag(argument: string, fallback: boolean): boolean {
    const value = this.given.get(argument)?.as_bool ?? (this.has(argument) ? undefined : fallback);
    if (value === undefined) throw this.refused(`its ${argument} is neither true nor false`);
    return value;
  }

  text(argument: string, fallback: string): string {
    const value = this.given.get(argument)?.as_string ?? (this.has(argument) ? undefined : fallback);
    if (value === undefined) throw this.refused(`its ${argument} is no text`);
    return value;
  }

  numbers(argument: string, fallback?: readonly number[]): readonly number[] {
    const arg = this.given.get(argument);
    const found =
      arg?.as_ints ??
      (arg?.as_int === undefined ? undefined : [arg.as_int]) ??
      (this.has(argument) ? undefined : fallback);
    if (!found) throw this.refused(`its ${argument} are no plain numbers`);
    return found;
  }

  /** Sizes, of which some may be symbolic: a tensor of whole numbers. */
  sizes(argument: string): Tensor {
    const arg = this.given.get(argument);
    const { graph } = this.scope;
    if (arg?.as_ints) return graph.integers(...arg.as_ints);
    const symbols = arg?.as_sym_ints;
    if (!symbols) throw this.refused(`its ${argument} are no sizes`);
    const parts = symbols.map((each) =>
      'as_int' in each
        ? graph.integers(each.as_int)
        : this.emit('Unsqueeze', [this.known(each.as_name), graph.integers(0)]),
    );
    return parts.length === 1 ? (parts[0] ?? '') : this.emit('Concat', parts, { axis: 0 });
  }

  /** Known sizes of a tensor by its name in the file; null where one depends on the input. */
  shapeOf(name: string): readonly (number | null)[] {
    const meta = this.scope.metas[name];
    if (!meta) throw this.refused(`the sizes of ${name} are not told`);
    return meta.sizes.map((size) => ('as_int' in size ? size.as_int : null));
  }

  typeOf(name: string): ElementType {
    const type = elementType(this.scope.metas[name]?.dtype ?? 7);
    if (type === null) throw this.refused(`numbers of ${name} are of a type that is not read`);
    return type;
  }

  /** The first tensor that it makes. */
  get output(): string {
    const [first] = this.node.outputs;
    return first?.as_tensor?.name ?? '';
  }

  refused(why: string) {
    return unsupported(
      this.scope.file,
      `the node ${this.node.name ?? this.output} (${this.target}) is not computed here: ${why}; in Python, torch.onnx.export(torch.export.load("model.pt2"), f="model.onnx", dynamo=True) makes an ONNX file of it`,
    );
  }
}

/** What a call is written as; several outputs in order. */
export type Translation = (call: Call) => Tensor | readonly Tensor[];
