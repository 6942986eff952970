/** Builds a graph of operators module by module, with the weights of a state dict by their names. */
import type {
  ElementType,
  OperatorAttribute,
  OperatorConstant,
  OperatorGraph,
  OperatorNode,
  OperatorPort,
} from '../../../../core/artifacts/operators.ts';
import { invalid } from '../files/context.ts';
import type { RawParameter } from '../parameters/model.ts';

export interface BuiltWeight {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  read(): Promise<Float32Array | Int32Array>;
}

/** A tensor of the graph, by its name. */
export type Tensor = string;

/** Operators are meant as this version of ONNX has them. */
const OPSETS = { '': 23, 'com.microsoft': 1 };

export class GraphBuilder {
  private readonly nodes: OperatorNode[] = [];
  private readonly constants: Record<string, OperatorConstant> = {};
  private readonly weights = new Map<string, BuiltWeight>();
  private readonly inputs: OperatorPort[] = [];
  private readonly taken = new Set<string>();

  /** `parameters` by the names that the modules have within the model. */
  constructor(
    private readonly file: string,
    private readonly parameters: ReadonlyMap<string, RawParameter>,
  ) {}

  input(name: string, type: ElementType, shape: OperatorPort['shape']): Tensor {
    this.inputs.push({ name, type, shape });
    return name;
  }

  has(name: string): boolean {
    return this.parameters.has(name);
  }

  /** `path`: of the module, in points (`encoder.layer.0.attention`); the node's own name is the last part, the operation where it is not given. */
  node(
    path: string,
    operation: string,
    inputs: readonly Tensor[],
    attributes: Readonly<Record<string, OperatorAttribute>> = {},
    own = operation,
  ): Tensor {
    const scope = scopeOf(path);
    const wanted = [...scope, own].join('/');
    let name = wanted;
    for (let count = 2; this.taken.has(name); count++) name = `${wanted}_${count}`;
    this.taken.add(name);
    const domain = operation.startsWith('com.microsoft.') ? 'com.microsoft' : '';
    const short = domain === '' ? operation : operation.slice(domain.length + 1);
    this.nodes.push({ name, scope, domain, operation: short, attributes, inputs, outputs: [name] });
    return name;
  }

  /** A weight as the file has it. */
  parameter(name: string): Tensor {
    return this.weight(name, this.parameters.get(name)?.shape ?? []);
  }

  /** A weight of this shape; of two axes, turned into inputs before units where that is asked for. */
  weight(name: string, shape: readonly number[], turned = false): Tensor {
    const known = this.weights.get(name);
    if (known) return known.name;
    const found = this.parameters.get(name) ?? this.parameters.get(oldName(name));
    if (!found)
      throw invalid(
        this.file,
        `the configuration asks for the weight ${name} of the shape [${shape.join(', ')}], and it is not in the file; send the files of one and the same model`,
      );
    if (String(found.shape) !== String(shape))
      throw invalid(
        this.file,
        `the weight ${name} has the shape [${found.shape.join(', ')}]; the configuration asks for [${shape.join(', ')}]; send the files of one and the same model`,
      );
    const [rows = 0, columns = 0] = shape;
    this.weights.set(name, {
      ...{ name, type: found.type.includes('float') ? 'float32' : 'int64' },
      shape: turned ? [columns, rows] : [...shape],
      read: turned ? async () => transposed(await found.read(), rows, columns) : found.read,
    });
    return name;
  }

  /** What of the file is part of the graph. */
  get used(): ReadonlySet<string> {
    return new Set(this.weights.keys());
  }

  constant(values: readonly number[], shape: readonly number[], type: ElementType = 'float32'): Tensor {
    const name = `${type}[${shape.join(',')}](${values.join(',')})`;
    this.constants[name] = { type, shape: [...shape], values: [...values] };
    return name;
  }

  /** Whole numbers in a row: axes, sizes. */
  integers(...values: readonly number[]): Tensor {
    return this.constant(values, [values.length], 'int64');
  }

  number(value: number): Tensor {
    return this.constant([value], []);
  }

  /** `outputs`: what the model answers. */
  finish(outputs: readonly Tensor[]): {
    graph: OperatorGraph;
    weights: readonly BuiltWeight[];
  } {
    const weights = [...this.weights.values()];
    const graph: OperatorGraph = {
      opsets: OPSETS,
      nodes: this.nodes,
      inputs: this.inputs,
      outputs: outputs.map((name) => ({ name, type: 'float32', shape: null })),
      constants: this.constants,
      weights: weights.map(({ name, type, shape }) => ({ name, type, shape: [...shape] })),
    };
    return { graph, weights };
  }
}

/** `encoder.layer.0.attention` as people read it: encoder, layer.0, attention. */
function scopeOf(path: string): string[] {
  const scope: string[] = [];
  for (const part of path.split('.').filter((each) => each !== ''))
    if (/^\d+$/.test(part) && scope.length > 0) scope.push(`${scope.pop()}.${part}`);
    else scope.push(part);
  return scope;
}

/** What normalisations are called in weights that came from TensorFlow. */
const oldName = (name: string): string =>
  name.replace(/(LayerNorm)\.weight$/, '$1.gamma').replace(/(LayerNorm)\.bias$/, '$1.beta');

function transposed(data: Float32Array | Int32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      out[column * rows + row] = data[row * columns + column] ?? 0;
  return out;
}
