/** Tensors of an ONNX file: where their values lie, whether they fit their shape, and their numbers. */
import type { ElementType, OperatorConstant } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import { elementsOf, invalid, unsupported } from '../files/context.ts';
import { eachVarint } from '../files/protobuf.ts';
import { bitsOf, elementTypeName, elementTypeOf, isFloating, READ } from './element-types.ts';
import type { External } from './external.ts';
import type { SparseTensorMessage, TensorMessage } from './messages.ts';

export interface StoredTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly count: number;
  /** Row-major; null for texts. */
  readonly at: ((index: number) => number) | null;
  readonly texts: readonly string[];
  /** The values as the file has them, where they are numbers of it. */
  readonly bytes: Buffer | null;
  /** float32 for floats, int32 for whole numbers (the nearest that fits) and bools (0 and 1). */
  read(): Float32Array | Int32Array;
}

export interface TensorSource {
  /** For messages. */
  readonly file: string;
  readonly external: External;
}

/** A dense tensor of a sparse one has at most so many numbers, and so have texts. */
const MAX_MADE = 2 ** 28;
const MAX_TEXTS = 1_000_000;
/** As many as NumPy has. */
const MAX_AXES = 64;

/** `name`: for messages. Throws UserError where values and shape do not fit. */
export function storedTensor(
  tensor: TensorMessage,
  { file, external }: TensorSource,
  name: string,
): StoredTensor {
  const what = `the tensor ${name}`;
  const type = elementTypeOf(tensor.dataType);
  if (type === null)
    throw unsupported(
      file,
      `${what} is of the number type ${elementTypeName(tensor.dataType)}, which is not read; convert it to float32 and export the model again`,
    );
  const shape = [...tensor.dims];
  if (shape.length > MAX_AXES)
    throw invalid(file, `${what} has ${shape.length} axes, at most ${MAX_AXES} are read`);
  const count = elementsOf(shape, file, what);
  if (type === 'string') {
    if (count > MAX_TEXTS || tensor.texts.length !== count)
      throw invalid(
        file,
        `${what} [${shape.join(', ')}] is of ${count} texts (at most ${MAX_TEXTS}); found ${tensor.texts.length}`,
      );
    return {
      type,
      shape,
      count,
      at: null,
      texts: tensor.texts,
      bytes: null,
      read: () => new Float32Array(0),
    };
  }
  const bits = bitsOf(type);
  const bytes = tensor.isExternal ? external.bytesOf(tensor, name) : ownBytes(tensor, type, bits, file, what);
  const needed = Math.ceil((count * bits) / 8);
  if (bytes.length !== needed)
    throw invalid(
      file,
      `${what} [${shape.join(', ')}] of ${type} takes ${needed} bytes; found ${bytes.length}, so the file is damaged or was not written to its end`,
    );
  return tensorOfBytes(type, shape, count, bytes);
}

/** `bytes`: as many as the numbers take. */
export function tensorOfBytes(
  type: Exclude<ElementType, 'string'>,
  shape: readonly number[],
  count: number,
  bytes: Buffer,
): StoredTensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = READ[type];
  return madeTensor(type, shape, count, (index) => read(view, index), bytes);
}

/** `bytes`: its values as a file has them, where it comes from one. */
export function madeTensor(
  type: ElementType,
  shape: readonly number[],
  count: number,
  at: (index: number) => number,
  bytes: Buffer | null = null,
): StoredTensor {
  return { type, shape, count, at, texts: [], bytes, read: () => numbersOf(type, count, at, bytes) };
}

/** A sparse tensor as a dense one: indices are places in the row-major order, or coordinates. */
export function denseTensor(sparse: SparseTensorMessage, source: TensorSource, name: string): StoredTensor {
  const { file } = source;
  const what = `the sparse tensor ${name}`;
  const values = storedTensor(sparse.values, source, name);
  const indices = storedTensor(sparse.indices, source, `${name} (indices)`);
  const shape = [...sparse.dims];
  const count = elementsOf(shape, file, what);
  if (count > MAX_MADE)
    throw new UserError(
      'too_large',
      `${file}: ${what} [${shape.join(', ')}] has ${count} numbers, at most ${MAX_MADE} are made of a sparse one`,
      file,
    );
  const wide = indices.shape.length === 2;
  const at = values.at;
  if (at === null || indices.at === null || indices.count !== values.count * (wide ? shape.length : 1))
    throw invalid(
      file,
      `${what} has ${values.count} values and indices of the shape [${indices.shape.join(', ')}]`,
    );
  const numbers = new Float64Array(count);
  for (let value = 0; value < values.count; value++) {
    let place = 0;
    if (wide)
      for (const [axis, size] of shape.entries()) {
        const index = indices.at(value * shape.length + axis);
        place = index >= 0 && index < size ? place * size + index : Number.NaN;
      }
    else place = indices.at(value);
    if (!(place >= 0 && place < count)) throw invalid(file, `${what} has an index outside of its shape`);
    numbers[place] = at(value);
  }
  return madeTensor(values.type, shape, count, (index) => numbers[index]!);
}

/** For a graph. */
export function constantOf({ type, shape, count, at, texts }: StoredTensor): OperatorConstant {
  if (at === null) return { type, shape: [...shape], values: [...texts] };
  return { type, shape: [...shape], values: Array.from({ length: count }, (_, index) => spelled(at(index))) };
}

/** JSON has no NaN and no infinities. */
export function spelled(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

const [LEAST, LARGEST] = [-(2 ** 31), 2 ** 31 - 1];

function numbersOf(
  type: ElementType,
  count: number,
  at: (index: number) => number,
  bytes: Buffer | null,
): Float32Array | Int32Array {
  if (bytes && (type === 'float32' || type === 'int32')) {
    // Typed arrays lie at multiples of their width.
    const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
    return type === 'float32'
      ? new Float32Array(buffer, byteOffset, count)
      : new Int32Array(buffer, byteOffset, count);
  }
  if (isFloating(type)) {
    const out = new Float32Array(count);
    for (let index = 0; index < count; index++) out[index] = at(index);
    return out;
  }
  const out = new Int32Array(count);
  for (let index = 0; index < count; index++) out[index] = Math.min(LARGEST, Math.max(LEAST, at(index)));
  return out;
}

/** How many numbers are beyond the range of 32 bits, so that they become others. */
export function lossOf({ type, count, at }: Pick<StoredTensor, 'type' | 'count' | 'at'>): {
  infinite: number;
  clipped: number;
} {
  const loss = { infinite: 0, clipped: 0 };
  if (at === null || !['float64', 'int64', 'uint64', 'uint32'].includes(type)) return loss;
  for (let index = 0; index < count; index++) {
    const value = at(index);
    if (type !== 'float64') {
      if (value < LEAST || value > LARGEST) loss.clipped++;
    } else if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) loss.infinite++;
  }
  return loss;
}

/** Little-endian, as raw values are. */
function ownBytes(
  tensor: TensorMessage,
  type: ElementType,
  bits: number,
  file: string,
  what: string,
): Buffer {
  if (tensor.raw !== null && tensor.raw.length > 0) return tensor.raw;
  if (type === 'float32') return joined(tensor.floats);
  if (type === 'float64') return joined(tensor.doubles);
  const is64 =
    type === 'int64' ? tensor.int64s : type === 'uint64' || type === 'uint32' ? tensor.uint64s : null;
  return narrowed(joined(is64 ?? tensor.int32s), Math.max(1, bits / 8), file, what);
}

const joined = (parts: readonly Buffer[]): Buffer => (parts.length === 1 ? parts[0]! : Buffer.concat(parts));

/** The lowest bytes of whole numbers. */
function narrowed(varints: Buffer, width: number, file: string, what: string): Buffer {
  // The last byte of a varint is below 128.
  let count = 0;
  for (const byte of varints) if (byte < 128) count++;
  const out = Buffer.alloc(count * width);
  let to = 0;
  eachVarint(varints, file, what, (low, high) => {
    if (width === 8) {
      out.writeInt32LE(low, to);
      out.writeInt32LE(high, to + 4);
    } else out.writeUIntLE((low >>> 0) % 2 ** (8 * width), to, width);
    to += width;
  });
  return out;
}
