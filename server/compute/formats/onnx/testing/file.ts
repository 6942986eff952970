/** ONNX files written by hand, so that they can be wrong in any way. */
import protobuf from 'protobufjs/minimal.js';

type Message = (writer: protobuf.Writer) => void;

export type { Message };

/** Fields of a message, by number: text, bytes, whole number, float, message, or any of these several times. */
export type Value = string | Uint8Array | number | { readonly float: number } | Message | readonly Value[];

export const message =
  (fields: Readonly<Record<number, Value | null>>): Message =>
  (writer) => {
    for (const [id, value] of Object.entries(fields)) if (value !== null) write(writer, Number(id), value);
  };

export function bytesOf(root: Message): Buffer {
  const writer = protobuf.Writer.create();
  root(writer);
  return Buffer.from(writer.finish());
}

function write(writer: protobuf.Writer, id: number, value: Value): void {
  if (typeof value === 'string') writer.uint32((id << 3) | 2).string(value);
  else if (typeof value === 'number') writer.uint32(id << 3).int64(value);
  else if (value instanceof Uint8Array) writer.uint32((id << 3) | 2).bytes(value);
  else if (typeof value === 'function') {
    writer.uint32((id << 3) | 2).fork();
    value(writer);
    writer.ldelim();
  } else if ('float' in value) writer.uint32((id << 3) | 5).float(value.float);
  else for (const each of value) write(writer, id, each);
}

/** Whole numbers in a packed list. */
export function packed(values: readonly number[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const value of values) writer.int64(value);
  return writer.finish();
}

export const attribute = (name: string, type: number, at: number, value: Value): Message =>
  message({ 1: name, 20: type, [at]: value });
export const ints = (name: string, values: readonly number[]) => attribute(name, 7, 8, values);
export const int = (name: string, value: number) => attribute(name, 2, 3, value);
export const float = (name: string, value: number) => attribute(name, 1, 2, { float: value });
export const text = (name: string, value: string) => attribute(name, 3, 4, value);
export const inner = (name: string, graph: Message) => attribute(name, 5, 6, graph);

interface NodeParts {
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: readonly Message[];
  readonly metadata?: Readonly<Record<string, string>>;
}

export const node = (
  operation: string,
  inputs: readonly string[],
  outputs: readonly string[],
  { name, domain, attributes = [], metadata = {} }: NodeParts = {},
): Message =>
  message({
    ...{ 1: inputs, 2: outputs, 3: name ?? null, 4: operation, 5: attributes, 7: domain ?? null },
    9: entries(metadata),
  });

export const entries = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([key, value]) => message({ 1: key, 2: value }));

/** `type`: code of the number type; `data`: the values in one of the ways of the format, by field number. */
export const tensor = (
  name: string,
  type: number,
  shape: readonly number[],
  data: Readonly<Record<number, Value>>,
): Message => message({ 1: shape, 2: type, 8: name, ...data });
export const floats = (name: string, shape: readonly number[], values: readonly number[]): Message =>
  tensor(name, 1, shape, { 9: new Uint8Array(Float32Array.from(values).buffer) });
export const wholes = (name: string, shape: readonly number[], values: readonly number[]): Message =>
  tensor(name, 7, shape, { 7: packed(values) });

export const port = (name: string, type: number, shape: readonly (number | string | null)[]): Message =>
  message({
    1: name,
    2: message({
      1: message({
        1: type,
        2: message({
          1: shape.map((size) =>
            message(size === null ? {} : typeof size === 'string' ? { 2: size } : { 1: size }),
          ),
        }),
      }),
    }),
  });

interface GraphParts {
  readonly name?: string;
  readonly nodes?: readonly Message[];
  readonly initializers?: readonly Message[];
  readonly sparse?: readonly Message[];
  readonly inputs?: readonly Message[];
  readonly outputs?: readonly Message[];
}

export const graph = ({
  name = 'g',
  nodes = [],
  initializers = [],
  sparse = [],
  inputs = [],
  outputs = [],
}: GraphParts): Message =>
  message({ 1: nodes, 2: name, 5: initializers, 11: inputs, 12: outputs, 15: sparse });

interface ModelParts extends GraphParts {
  readonly opsets?: Readonly<Record<string, number>>;
  readonly functions?: readonly Message[];
  readonly metadata?: Readonly<Record<string, string>>;
}

export const opsetsOf = (opsets: Readonly<Record<string, number>>) =>
  Object.entries(opsets).map(([domain, version]) => message({ 1: domain, 2: version }));

/** One input `x` and one output `y`, two numbers each, where nothing else is said. */
export function modelFile({
  opsets = { '': 17 },
  functions = [],
  metadata = {},
  inputs = [port('x', 1, [2])],
  outputs = [port('y', 1, [2])],
  ...parts
}: ModelParts): Buffer {
  return bytesOf(
    message({
      ...{ 1: 9, 2: 'by hand', 3: '1', 7: graph({ inputs, outputs, ...parts }) },
      ...{ 8: opsetsOf(opsets), 14: entries(metadata), 25: functions },
    }),
  );
}

/** A function: `y = f(x)`. */
export const functionOf = (
  name: string,
  parts: {
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly nodes: readonly Message[];
    readonly attributes?: readonly string[];
    readonly defaults?: readonly Message[];
    readonly opsets?: Readonly<Record<string, number>>;
  },
): Message =>
  message({
    ...{ 1: name, 4: parts.inputs, 5: parts.outputs, 6: parts.attributes ?? [], 7: parts.nodes },
    ...{ 9: opsetsOf(parts.opsets ?? { '': 17 }), 10: 'own', 11: parts.defaults ?? [] },
  });
