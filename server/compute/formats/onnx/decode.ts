/** Messages of an ONNX file by the field numbers of onnx.proto. */
import { type Field, type Handlers, readProtobuf } from '../files/protobuf.ts';
import type {
  AttributeMessage,
  FunctionMessage,
  GraphMessage,
  ModelMessage,
  NodeMessage,
  OpsetMessage,
  PortMessage,
  SparseTensorMessage,
  TensorMessage,
  TypeMessage,
} from './messages.ts';

/** Throws UserError for what is no protobuf; one without a graph is no model. */
export function readModel(bytes: Buffer, file: string): ModelMessage {
  const model: ModelMessage = {
    ...{ irVersion: 0, producer: '', producerVersion: '', domain: '', version: 0, description: '' },
    ...{ graph: null, opsets: [], metadata: new Map(), functions: [] },
  };
  readProtobuf(bytes, file, 'model', {
    1: (field) => {
      model.irVersion = field.whole();
    },
    2: (field) => {
      model.producer = field.text();
    },
    3: (field) => {
      model.producerVersion = field.text();
    },
    4: (field) => {
      model.domain = field.text();
    },
    5: (field) => {
      model.version = field.whole();
    },
    6: (field) => {
      model.description = field.text();
    },
    7: (field) => {
      model.graph = graphOf(field);
    },
    8: (field) => {
      model.opsets.push(opsetOf(field));
    },
    14: (field) => entryOf(field, model.metadata),
    25: (field) => {
      model.functions.push(functionOf(field));
    },
  });
  return model;
}

/** Whatever its name is. */
export function looksLikeOnnx(bytes: Buffer): boolean {
  try {
    const { irVersion, graph, opsets } = readModel(bytes, '');
    return irVersion > 0 && irVersion < 100 && graph !== null && graph.nodes.length > 0 && opsets.length > 0;
  } catch {
    return false;
  }
}

/** A tensor in a file of its own. */
export function readTensorFile(bytes: Buffer, file: string): TensorMessage {
  const tensor = emptyTensor();
  readProtobuf(bytes, file, 'tensor', tensorHandlers(tensor));
  return tensor;
}

function graphOf(field: Field): GraphMessage {
  const graph: GraphMessage = { name: '', nodes: [], initializers: [], sparse: [], inputs: [], outputs: [] };
  field.message('graph', {
    1: (inner) => {
      graph.nodes.push(nodeOf(inner));
    },
    2: (inner) => {
      graph.name = inner.text();
    },
    5: (inner) => {
      graph.initializers.push(tensorOf(inner, 'initializer'));
    },
    11: (inner) => {
      graph.inputs.push(portOf(inner, 'input'));
    },
    12: (inner) => {
      graph.outputs.push(portOf(inner, 'output'));
    },
    15: (inner) => {
      graph.sparse.push(sparseOf(inner));
    },
  });
  return graph;
}

function nodeOf(field: Field): NodeMessage {
  const node: NodeMessage = {
    ...{ inputs: [], outputs: [], name: '', operation: '', domain: '', overload: '' },
    ...{ attributes: [], metadata: new Map() },
  };
  field.message('node', {
    1: (inner) => {
      node.inputs.push(inner.text());
    },
    2: (inner) => {
      node.outputs.push(inner.text());
    },
    3: (inner) => {
      node.name = inner.text();
    },
    4: (inner) => {
      node.operation = inner.text();
    },
    5: (inner) => {
      node.attributes.push(attributeOf(inner));
    },
    7: (inner) => {
      node.domain = inner.text();
    },
    8: (inner) => {
      node.overload = inner.text();
    },
    9: (inner) => entryOf(inner, node.metadata),
  });
  return node;
}

function attributeOf(field: Field): AttributeMessage {
  const attribute: AttributeMessage = {
    ...{ name: '', reference: '', type: 0, float: null, whole: null, text: null, tensor: null },
    ...{ graph: null, sparse: null, floats: [], wholes: [], texts: [] },
  };
  field.message('attribute', {
    1: (inner) => {
      attribute.name = inner.text();
    },
    2: (inner) => {
      attribute.float = inner.float();
    },
    3: (inner) => {
      attribute.whole = inner.whole();
    },
    4: (inner) => {
      attribute.text = inner.text();
    },
    5: (inner) => {
      attribute.tensor = tensorOf(inner, 'tensor');
    },
    6: (inner) => {
      attribute.graph = graphOf(inner);
    },
    7: (inner) => inner.floats(attribute.floats),
    8: (inner) => inner.wholes(attribute.wholes),
    9: (inner) => {
      attribute.texts.push(inner.text());
    },
    20: (inner) => {
      attribute.type = inner.whole();
    },
    21: (inner) => {
      attribute.reference = inner.text();
    },
    22: (inner) => {
      attribute.sparse = sparseOf(inner);
    },
  });
  return attribute;
}

function functionOf(field: Field): FunctionMessage {
  const own: FunctionMessage = {
    ...{ name: '', domain: '', overload: '', inputs: [], outputs: [], attributes: [], defaults: [] },
    ...{ nodes: [], opsets: [] },
  };
  field.message('function', {
    1: (inner) => {
      own.name = inner.text();
    },
    4: (inner) => {
      own.inputs.push(inner.text());
    },
    5: (inner) => {
      own.outputs.push(inner.text());
    },
    6: (inner) => {
      own.attributes.push(inner.text());
    },
    7: (inner) => {
      own.nodes.push(nodeOf(inner));
    },
    9: (inner) => {
      own.opsets.push(opsetOf(inner));
    },
    10: (inner) => {
      own.domain = inner.text();
    },
    11: (inner) => {
      own.defaults.push(attributeOf(inner));
    },
    13: (inner) => {
      own.overload = inner.text();
    },
  });
  return own;
}

function opsetOf(field: Field): OpsetMessage {
  const opset: OpsetMessage = { domain: '', version: 0 };
  field.message('opset', {
    1: (inner) => {
      opset.domain = inner.text();
    },
    2: (inner) => {
      opset.version = inner.whole();
    },
  });
  return opset;
}

function entryOf(field: Field, into: Map<string, string>): void {
  let [key, value] = ['', ''];
  field.message('entry', {
    1: (inner) => {
      key = inner.text();
    },
    2: (inner) => {
      value = inner.text();
    },
  });
  into.set(key, value);
}

function emptyTensor(): TensorMessage {
  return {
    ...{ name: '', dims: [], dataType: 0, raw: null, external: new Map(), isExternal: false },
    ...{ floats: [], int32s: [], int64s: [], doubles: [], uint64s: [], texts: [] },
  };
}

function tensorOf(field: Field, what: string): TensorMessage {
  const tensor = emptyTensor();
  field.message(what, tensorHandlers(tensor));
  return tensor;
}

const tensorHandlers = (tensor: TensorMessage): Handlers => ({
  1: (inner) => inner.wholes(tensor.dims),
  2: (inner) => {
    tensor.dataType = inner.whole();
  },
  4: (inner) => {
    tensor.floats.push(inner.packed());
  },
  5: (inner) => {
    tensor.int32s.push(inner.packed());
  },
  6: (inner) => {
    tensor.texts.push(inner.text());
  },
  7: (inner) => {
    tensor.int64s.push(inner.packed());
  },
  8: (inner) => {
    tensor.name = inner.text();
  },
  9: (inner) => {
    tensor.raw = inner.bytes();
  },
  10: (inner) => {
    tensor.doubles.push(inner.packed());
  },
  11: (inner) => {
    tensor.uint64s.push(inner.packed());
  },
  13: (inner) => entryOf(inner, tensor.external),
  14: (inner) => {
    tensor.isExternal = inner.whole() === 1;
  },
});

function sparseOf(field: Field): SparseTensorMessage {
  const sparse: SparseTensorMessage = { values: emptyTensor(), indices: emptyTensor(), dims: [] };
  field.message('sparse tensor', {
    1: (inner) => {
      sparse.values = tensorOf(inner, 'values');
    },
    2: (inner) => {
      sparse.indices = tensorOf(inner, 'indices');
    },
    3: (inner) => inner.wholes(sparse.dims),
  });
  return sparse;
}

function portOf(field: Field, what: string): PortMessage {
  const port: PortMessage = { name: '', type: emptyType() };
  field.message(what, {
    1: (inner) => {
      port.name = inner.text();
    },
    2: (inner) => {
      port.type = typeOf(inner);
    },
  });
  return port;
}

const emptyType = (): TypeMessage => ({ kind: 'none', dataType: 0, shape: null, inner: null });

function typeOf(field: Field): TypeMessage {
  const type = emptyType();
  const array = (kind: 'tensor' | 'sparse') => (inner: Field) => {
    type.kind = kind;
    inner.message(`${kind} type`, {
      1: (part) => {
        type.dataType = part.whole();
      },
      2: (part) => {
        type.shape = shapeOf(part);
      },
    });
  };
  /** `at`: the field that says what it holds. */
  const holder = (kind: 'sequence' | 'map' | 'optional', at: number) => (inner: Field) => {
    type.kind = kind;
    inner.message(`${kind} type`, {
      [at]: (part) => {
        type.inner = typeOf(part);
      },
    });
  };
  field.message('type', {
    1: array('tensor'),
    4: holder('sequence', 1),
    5: holder('map', 2),
    7: (inner) => {
      type.kind = 'opaque';
      inner.bytes();
    },
    8: array('sparse'),
    9: holder('optional', 1),
  });
  return type;
}

function shapeOf(field: Field): (number | string | null)[] {
  const shape: (number | string | null)[] = [];
  field.message('shape', {
    1: (inner) => {
      let size: number | string | null = null;
      inner.message('size', {
        1: (part) => {
          const value = part.whole();
          size = value < 0 ? null : value;
        },
        2: (part) => {
          size = part.text() || null;
        },
      });
      shape.push(size);
    },
  });
  return shape;
}
