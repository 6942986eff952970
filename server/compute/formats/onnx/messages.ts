/**
 * The messages of an ONNX file that are read. Values of tensors stay bytes of the file until somebody asks for them.
 */

export interface TensorMessage {
  name: string;
  readonly dims: number[];
  dataType: number;
  /** Little-endian values. */
  raw: Buffer | null;
  /** Values in a list of their number type instead: parts of it, in order. */
  readonly floats: Buffer[];
  readonly int32s: Buffer[];
  readonly int64s: Buffer[];
  readonly doubles: Buffer[];
  readonly uint64s: Buffer[];
  readonly texts: string[];
  /** `location`, `offset` and `length`, where the values are in a file of their own. */
  readonly external: Map<string, string>;
  isExternal: boolean;
}
export interface SparseTensorMessage {
  values: TensorMessage;
  indices: TensorMessage;
  readonly dims: number[];
}

export interface TypeMessage {
  kind: 'tensor' | 'sequence' | 'map' | 'optional' | 'sparse' | 'opaque' | 'none';
  dataType: number;
  /** Null where not even the rank is known. */
  shape: (number | string | null)[] | null;
  /** Of what a sequence or an optional holds, and of a map's values. */
  inner: TypeMessage | null;
}
export interface PortMessage {
  name: string;
  type: TypeMessage;
}

export interface AttributeMessage {
  name: string;
  /** In the body of a function: the attribute of its call that is meant. */
  reference: string;
  /** 0 in old files, which say by what they hold. */
  type: number;
  float: number | null;
  whole: number | null;
  text: string | null;
  tensor: TensorMessage | null;
  graph: GraphMessage | null;
  sparse: SparseTensorMessage | null;
  readonly floats: number[];
  readonly wholes: number[];
  readonly texts: string[];
}

export interface NodeMessage {
  readonly inputs: string[];
  readonly outputs: string[];
  name: string;
  operation: string;
  domain: string;
  overload: string;
  readonly attributes: AttributeMessage[];
  readonly metadata: Map<string, string>;
}

export interface GraphMessage {
  name: string;
  readonly nodes: NodeMessage[];
  readonly initializers: TensorMessage[];
  readonly sparse: SparseTensorMessage[];
  readonly inputs: PortMessage[];
  readonly outputs: PortMessage[];
}

export interface FunctionMessage {
  name: string;
  domain: string;
  overload: string;
  readonly inputs: string[];
  readonly outputs: string[];
  readonly attributes: string[];
  readonly defaults: AttributeMessage[];
  readonly nodes: NodeMessage[];
  readonly opsets: OpsetMessage[];
}
export interface OpsetMessage {
  domain: string;
  version: number;
}

export interface ModelMessage {
  irVersion: number;
  producer: string;
  producerVersion: string;
  domain: string;
  version: number;
  description: string;
  graph: GraphMessage | null;
  readonly opsets: OpsetMessage[];
  readonly metadata: Map<string, string>;
  readonly functions: FunctionMessage[];
}
