/** Attributes of nodes as a graph of operators has them, and the values of Constant nodes. */
import type { ElementType, OperatorAttribute, OperatorGraph } from '../../../../core/artifacts/operators.ts';
import { invalid, unsupported } from '../files/context.ts';
import type { BoundAttribute, FlatNode } from './inline.ts';
import type { AttributeMessage, GraphMessage } from './messages.ts';
import {
  constantOf,
  denseTensor,
  madeTensor,
  type StoredTensor,
  storedTensor,
  type TensorSource,
} from './tensors.ts';

/** Tensors in attributes are small; what is large is a weight or a table of another kind of model. */
const MAX_TENSOR = 100_000;

/** What an attribute holds, by its code; old files tell by what is there. */
const KINDS: Readonly<Record<number, keyof AttributeMessage>> = {
  1: 'float',
  2: 'whole',
  3: 'text',
  4: 'tensor',
  5: 'graph',
  6: 'floats',
  7: 'wholes',
  8: 'texts',
  11: 'sparse',
};
/** Types of sequences and optionals: an operator tells them by what it is given. */
const TYPES = [13, 14];

/** Null for one that says nothing that is needed. `subgraph` compiles a graph. Throws UserError. */
export function attributeOf(
  message: AttributeMessage,
  node: FlatNode,
  source: TensorSource,
  subgraph: (graph: GraphMessage) => OperatorGraph,
): OperatorAttribute | null {
  const { file } = source;
  const what = `the attribute ${message.name} of the node ${node.place.name} (${node.operation})`;
  switch (KINDS[message.type] ?? guessed(message)) {
    case 'float':
      return message.float ?? 0;
    case 'whole':
      return message.whole ?? 0;
    case 'text':
      return message.text ?? '';
    case 'floats':
      return message.floats;
    case 'wholes':
      return message.wholes;
    case 'texts':
      return message.texts;
    case 'graph':
      if (message.graph === null) throw invalid(file, `${what} is a graph, which is not there`);
      return { graph: subgraph(message.graph) };
    case 'tensor': {
      if (message.tensor === null) throw invalid(file, `${what} is a tensor, which is not there`);
      const tensor = storedTensor(message.tensor, source, `of ${node.place.name}`);
      if (tensor.count <= MAX_TENSOR) return { tensor: constantOf(tensor) };
      throw unsupported(
        file,
        `${what} is a tensor of ${tensor.count} values, at most ${MAX_TENSOR} are read; export the model with it as an initializer`,
      );
    }
    default:
      if (TYPES.includes(message.type)) return null;
      throw unsupported(
        file,
        `${what} is of a kind that is not read (code ${message.type}: lists of tensors or graphs); export the model with operators of ONNX only`,
      );
  }
}

function guessed(message: AttributeMessage): keyof AttributeMessage | null {
  const one = (['float', 'whole', 'text', 'tensor', 'graph', 'sparse'] as const).find(
    (key) => message[key] !== null,
  );
  if (message.type !== 0) return null;
  return one ?? (['floats', 'wholes', 'texts'] as const).find((key) => message[key].length > 0) ?? 'wholes';
}

type Maker = (message: AttributeMessage, source: TensorSource, name: string) => StoredTensor;

/** The ways to write the value of a Constant node. */
const CONSTANTS: Readonly<Record<string, Maker>> = {
  value: ({ tensor }, source, name) => {
    if (tensor === null) throw invalid(source.file, `the constant ${name} has no value`);
    return storedTensor(tensor, source, name);
  },
  sparse_value: ({ sparse }, source, name) => {
    if (sparse === null) throw invalid(source.file, `the constant ${name} has no value`);
    return denseTensor(sparse, source, name);
  },
  value_float: ({ float }) => single('float32', float ?? 0),
  value_floats: ({ floats }) => list('float32', floats),
  value_int: ({ whole }) => single('int64', whole ?? 0),
  value_ints: ({ wholes }) => list('int64', wholes),
  value_string: ({ text }) => texts([], [text ?? '']),
  value_strings: (message) => texts([message.texts.length], message.texts),
};

const single = (type: ElementType, value: number) => madeTensor(type, [], 1, () => value);
const list = (type: ElementType, values: readonly number[]) =>
  madeTensor(type, [values.length], values.length, (index) => values[index]!);
const texts = (shape: readonly number[], values: readonly string[]): StoredTensor => ({
  ...madeTensor('string', shape, values.length, () => 0),
  ...{ at: null, texts: values },
});

/** The value of a Constant node; null for any other node. Throws UserError. */
export function constantNode(node: FlatNode, source: TensorSource): StoredTensor | null {
  if (node.operation !== 'Constant' || node.domain !== '') return null;
  for (const [key, make] of Object.entries(CONSTANTS)) {
    const bound: BoundAttribute | undefined = node.attributes.get(key);
    if (bound) return make(bound.message, source, node.outputs[0] ?? node.place.name);
  }
  throw invalid(source.file, `the constant ${node.place.name} has no value`);
}
