/** A graph of ONNX' operators as an .onnx file (onnx.proto3), with the weights of the checkpoint. */
import protobuf from 'protobufjs/minimal.js';
import type { ModelManifest } from '../../../../core/artifacts/index.ts';
import type {
  ElementType,
  OperatorAttribute,
  OperatorConstant,
  OperatorGraph,
  OperatorNode,
  OperatorPort,
} from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import { elementsOf, piecesOf, type WeightSource } from './weights.ts';

type Writer = protobuf.Writer;

/** Codes of TensorProto.DataType, for types whose numbers are kept to the last bit. */
const CODES: Readonly<Partial<Record<ElementType, number>>> = {
  ...{ float32: 1, uint8: 2, int8: 3, uint16: 4, int16: 5, int32: 6, int64: 7, string: 8, bool: 9 },
  ...{ float64: 11, uint32: 12, uint64: 13 },
};
/** Bytes of a number, where its weights can be written. */
const WIDTHS: Readonly<Partial<Record<ElementType, number>>> = {
  ...{ float32: 4, uint8: 1, int8: 1, uint16: 2, int16: 2, int32: 4, int64: 8, bool: 1 },
};
const DOMAINS = new Set(['', 'ai.onnx', 'com.microsoft']);
/** What protobuf can tell the length of. */
const MOST_BYTES = 2 ** 31 - 1;
/** Attributes that are fractions, by name: a whole 1 would else be written as a whole number. */
const FRACTIONS = new Set(
  (
    'alpha beta gamma epsilon momentum ratio bias lambd spatial_scale value_float value_floats scale mean high low seed ' +
    'max min clip activation_alpha activation_beta scales cubic_coeff_a extrapolation_value norm_coefficient threshold ' +
    'softcap mask_filter_value'
  ).split(' '),
);

export function onnxRefusal({ operators, format }: ModelManifest): string | null {
  if (!operators)
    return 'it is made of layers, not of operators; download it for TensorFlow.js or its weights as safetensors';
  const { graph } = operators;
  if (graph.nodes.length === 0)
    return 'it holds weights without a graph, and an ONNX file needs one; download them as safetensors';
  const foreign = graph.nodes.find(({ domain }) => !DOMAINS.has(domain));
  if (foreign || graph.opsets[''] === undefined)
    return `it has operators of another vocabulary (${foreign?.operation ?? format}); download its weights as safetensors`;
  const narrow = graph.weights.find(({ type }) => WIDTHS[type] === undefined);
  if (narrow)
    return `its weight ${narrow.name} is ${narrow.type} in the file and float32 here, so that it cannot be given back as it was; download its weights as safetensors`;
  const bytes = graph.weights.reduce((sum, { shape }) => sum + elementsOf(shape) * 4, 0);
  if (bytes > MOST_BYTES * 0.95)
    return 'it has more than 2 GB of weights, and one ONNX file holds less; download its weights as safetensors';
  return null;
}

export async function onnxFile(source: WeightSource): Promise<AsyncIterable<Uint8Array>> {
  const program = source.manifest.operators;
  if (!program) throw new Error(`${source.name} is no graph of operators`);
  const { graph } = program;
  const body = protobuf.Writer.create();
  writeGraphFields(body, graph, source.name);
  const start = body.finish();
  const weights = await Promise.all(graph.weights.map((weight, at) => stored(source, weight, at)));
  const length = weights.reduce((sum, { head, bytes }) => sum + head.length + bytes, start.length);
  const outer = protobuf.Writer.create();
  outer.uint32(tag(1, VARINT)).int64(irVersion(graph));
  outer.uint32(tag(2, BYTES)).string('Interlayer');
  for (const [domain, version] of Object.entries(graph.opsets))
    message(outer, 8, (opset) => {
      opset.uint32(tag(1, BYTES)).string(domain);
      opset.uint32(tag(2, VARINT)).int64(version);
    });
  outer.uint32(tag(7, BYTES)).uint32(length);
  const head = outer.finish();
  return (async function* () {
    yield head;
    yield start;
    for (const weight of weights) {
      yield weight.head;
      yield* weight.pieces();
    }
  })();
}

/** The first version of the file format that may hold operators of these versions (onnx/docs/Versioning.md). */
function irVersion({ opsets }: OperatorGraph): number {
  const opset = opsets[''] ?? 1;
  return opset <= 18 ? 8 : opset <= 20 ? 9 : opset <= 22 ? 10 : opset === 23 ? 11 : 12;
}

interface StoredWeight {
  /** Up to where the numbers begin. */
  readonly head: Uint8Array;
  readonly bytes: number;
  pieces(): AsyncIterable<Uint8Array>;
}

/** An initializer. Numbers of four bytes are handed on as they lie there. */
async function stored(
  source: WeightSource,
  { name, type, shape }: OperatorGraph['weights'][number],
  at: number,
): Promise<StoredWeight> {
  const tensor = source.tensors[at];
  const width = WIDTHS[type];
  if (!tensor || width === undefined || String(tensor.shape) !== String(shape))
    throw new Error(`the checkpoint holds another weight than ${name} [${shape.join(', ')}]`);
  const bytes = elementsOf(shape) * width;
  const fields = protobuf.Writer.create();
  for (const size of shape) fields.uint32(tag(1, VARINT)).int64(size);
  fields.uint32(tag(2, VARINT)).int32(CODES[type] ?? 0);
  fields.uint32(tag(8, BYTES)).string(name);
  fields.uint32(tag(9, BYTES)).uint32(bytes);
  const inner = fields.finish();
  const outer = protobuf.Writer.create();
  outer.uint32(tag(5, BYTES)).uint32(inner.length + bytes);
  const head = Buffer.concat([outer.finish(), inner]);
  if (type === 'float32' || type === 'int32')
    return { head, bytes, pieces: () => piecesOf(source, tensor.blob) };
  const narrowed = whole(await source.blobs.read(tensor.blob), type, width, name);
  return {
    ...{ head, bytes },
    pieces: async function* () {
      yield narrowed;
    },
  };
}

/** Whole numbers, kept as 32 bits, in the width of their type. Throws where those cut them off. */
function whole(from: Uint8Array, type: ElementType, width: number, name: string): Uint8Array {
  const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
  const out = Buffer.alloc((from.byteLength / 4) * width);
  for (let at = 0; at < from.byteLength / 4; at++) {
    const value = view.getInt32(at * 4, true);
    if (type === 'int64' && (value === 2 ** 31 - 1 || value === -(2 ** 31)))
      throw new UserError(
        'unsupported',
        `The weight ${name} has whole numbers of 64 bits, which were cut to 32 bits when the model was imported, so that they cannot be given back; use the file that it was imported from.`,
      );
    writeWhole(out, at * width, value, type);
  }
  return out;
}

function writeWhole(out: Buffer, at: number, value: number, type: ElementType): void {
  switch (type) {
    case 'int64':
      out.writeBigInt64LE(BigInt(value), at);
      return;
    case 'uint16':
    case 'int16':
      out.writeUInt16LE(value & 0xffff, at);
      return;
    default:
      out.writeUInt8(value & 0xff, at);
  }
}

const [VARINT, EIGHT, BYTES, FOUR] = [0, 1, 2, 5];
const tag = (field: number, wire: number): number => ((field << 3) | wire) >>> 0;

function message(writer: Writer, field: number, write: (inner: Writer) => void): void {
  writer.uint32(tag(field, BYTES)).fork();
  write(writer);
  writer.ldelim();
}

/** Nodes, name, constants, inputs and outputs; weights are written behind them. */
function writeGraphFields(writer: Writer, graph: OperatorGraph, name: string): void {
  for (const node of graph.nodes) message(writer, 1, (inner) => writeNode(inner, node));
  writer.uint32(tag(2, BYTES)).string(name);
  for (const [constant, value] of Object.entries(graph.constants))
    message(writer, 5, (inner) => writeConstant(inner, value, constant));
  for (const port of graph.inputs) message(writer, 11, (inner) => writePort(inner, port));
  for (const port of graph.outputs) message(writer, 12, (inner) => writePort(inner, port));
}

function writeNode(writer: Writer, node: OperatorNode): void {
  for (const name of node.inputs) writer.uint32(tag(1, BYTES)).string(name);
  for (const name of node.outputs) writer.uint32(tag(2, BYTES)).string(name);
  writer.uint32(tag(3, BYTES)).string(node.name);
  writer.uint32(tag(4, BYTES)).string(node.operation);
  for (const [name, value] of Object.entries(node.attributes))
    message(writer, 5, (inner) => writeAttribute(inner, name, value));
  if (node.domain !== '') writer.uint32(tag(7, BYTES)).string(node.domain);
}

function writeAttribute(writer: Writer, name: string, value: OperatorAttribute): void {
  writer.uint32(tag(1, BYTES)).string(name);
  const kind = (code: number) => writer.uint32(tag(20, VARINT)).int32(code);
  const fraction = (numbers: readonly number[]) =>
    FRACTIONS.has(name) || numbers.some((number) => !Number.isSafeInteger(number));
  if (typeof value === 'string') {
    kind(3).uint32(tag(4, BYTES)).string(value);
  } else if (typeof value === 'number') {
    if (fraction([value])) kind(1).uint32(tag(2, FOUR)).float(value);
    else kind(2).uint32(tag(3, VARINT)).int64(value);
  } else if ('tensor' in value) {
    kind(4);
    message(writer, 5, (inner) => writeConstant(inner, value.tensor, ''));
  } else if ('graph' in value) {
    kind(5);
    message(writer, 6, (inner) => writeGraphFields(inner, value.graph, name));
  } else {
    writeList(writer, value, fraction, kind);
  }
}

function writeList(
  writer: Writer,
  list: readonly number[] | readonly string[],
  fraction: (numbers: readonly number[]) => boolean,
  kind: (code: number) => Writer,
): void {
  const numbers = list.filter((item) => typeof item === 'number');
  if (numbers.length < list.length) {
    kind(8);
    for (const item of list) writer.uint32(tag(9, BYTES)).string(String(item));
  } else if (fraction(numbers)) {
    kind(6);
    for (const number of numbers) writer.uint32(tag(7, FOUR)).float(number);
  } else {
    kind(7);
    for (const number of numbers) writer.uint32(tag(8, VARINT)).int64(number);
  }
}

function writePort(writer: Writer, { name, type, shape }: OperatorPort): void {
  writer.uint32(tag(1, BYTES)).string(name);
  message(writer, 2, (of) =>
    message(of, 1, (tensor) => {
      tensor.uint32(tag(1, VARINT)).int32(codeOf(type, name));
      if (shape === null) return;
      message(tensor, 2, (sizes) => {
        for (const size of shape)
          message(sizes, 1, (dimension) => {
            if (typeof size === 'number') dimension.uint32(tag(1, VARINT)).int64(size);
            else if (size !== null) dimension.uint32(tag(2, BYTES)).string(size);
          });
      });
    }),
  );
}

function codeOf(type: ElementType, name: string): number {
  const code = CODES[type];
  if (code === undefined)
    throw new UserError(
      'unsupported',
      `The tensor ${name} is ${type}, which is not written to ONNX files; download the weights as safetensors.`,
    );
  return code;
}

/** Small tensors, in the fields that hold numbers one by one. */
function writeConstant(writer: Writer, { type, shape, values }: OperatorConstant, name: string): void {
  for (const size of shape) writer.uint32(tag(1, VARINT)).int64(size);
  writer.uint32(tag(2, VARINT)).int32(codeOf(type, name));
  if (name !== '') writer.uint32(tag(8, BYTES)).string(name);
  for (const value of values) {
    if (type === 'string') writer.uint32(tag(6, BYTES)).string(String(value));
    else if (type === 'float32') writer.uint32(tag(4, FOUR)).float(Number(value));
    else if (type === 'float64') writer.uint32(tag(10, EIGHT)).double(Number(value));
    else if (type === 'int64') writer.uint32(tag(7, VARINT)).int64(clamped(Number(value)));
    else if (type === 'uint32' || type === 'uint64') writer.uint32(tag(11, VARINT)).uint64(Number(value));
    else writer.uint32(tag(5, VARINT)).int32(Number(value));
  }
}

/** As a text where a double holds more than 64 bits do: the largest whole number means "to the end". */
function clamped(value: number): number | string {
  if (value >= 2 ** 63) return '9223372036854775807';
  return value <= -(2 ** 63) ? '-9223372036854775808' : value;
}
