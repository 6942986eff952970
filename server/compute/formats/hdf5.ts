/** HDF5 files from strangers: attributes that are text, and tensors of numbers. Every size is checked before a read. */
import { randomUUID } from 'node:crypto';
import { UserError } from '../../../core/errors/index.ts';
import { elementsOf, invalid, unsupported } from './context.ts';
import { type Hdf5Library, loadHdf5Library } from './hdf5library.ts';
import { halfToNumber } from './npy.ts';

export interface Hdf5Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
type Metadata = ReturnType<Hdf5Library['get_dataset_metadata']>;

/** Compressed data may unpack to this many times the file's size, in all. */
const MAX_RATIO = 200;
const MAX_BYTES = 2 ** 30;
/** Of an attribute as stored; Keras splits lists at 64 KiB, but an architecture is one text. */
const MAX_ATTRIBUTE = 64 * 2 ** 20;

export function looksLikeHdf5(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 8)).toString('hex') === '894844460d0a1a0a';
}

export class Hdf5File {
  private left: number;
  private constructor(
    private readonly library: Hdf5Library,
    private readonly id: bigint,
    private readonly name: string,
    private readonly size: number,
  ) {
    this.left = Math.min(MAX_BYTES, MAX_RATIO * size);
  }

  /** Opens the bytes for the time of `use`. Throws UserError; `name` is the file's name in messages. */
  static async with<T>(bytes: Uint8Array, name: string, use: (file: Hdf5File) => T): Promise<T> {
    if (!looksLikeHdf5(bytes))
      throw invalid(
        name,
        'not an HDF5 file: its signature is missing, so it is of another kind or its beginning is lost',
      );
    const library = await loadHdf5Library();
    const path = `/${randomUUID()}.h5`;
    try {
      library.FS.writeFile(path, bytes);
      const id = library.open(path, library.H5F_ACC_RDONLY, false, -1, -1);
      if (id < 0n) throw new Error('the library cannot open it');
      return use(new Hdf5File(library, id, name, bytes.length));
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw broken(name, error);
    }
  }

  /** Text of an attribute, null where there is none. */
  text(group: string, attribute: string): string | null {
    return this.attribute(group, attribute)?.[0] ?? null;
  }

  /** A list of texts, null where there is none. Keras splits long lists: NAME0, NAME1, ... */
  texts(group: string, attribute: string): string[] | null {
    const whole = this.attribute(group, attribute);
    if (whole) return whole;
    const out: string[] = [];
    for (let part = 0; ; part++) {
      const texts = this.attribute(group, `${attribute}${part}`);
      if (!texts) return part === 0 ? null : out;
      out.push(...texts);
    }
  }

  /** Names in a group, sorted; null where there is no such group. */
  keys(group: string): string[] | null {
    const { library, id } = this;
    return this.isGroup(group) ? [...library.get_names(id, group, false)].sort() : null;
  }

  /** Null where there is no such data set. */
  tensor(path: string): Hdf5Tensor | null {
    const { library, id } = this;
    if (library.get_type(id, path) !== library.H5G_DATASET) return null;
    const metadata = library.get_dataset_metadata(id, path);
    const shape = [...(metadata.shape ?? [])].map(Number);
    const count = elementsOf(shape, this.name, path);
    const bytes = count * metadata.size;
    if (metadata.chunks === null && bytes > this.size)
      throw invalid(
        this.name,
        `${path} says it is [${shape.join(', ')}], which is ${bytes} bytes; the file has ${this.size}`,
      );
    this.left -= bytes;
    if (this.left < 0)
      throw new UserError(
        'too_large',
        `${this.name}: its tensors unpack to more than ${MAX_RATIO} times the file`,
        this.name,
      );
    const decode = decoderOf(metadata);
    if (!decode)
      throw unsupported(
        this.name,
        `${path} does not hold plain numbers; save the model with float32 weights`,
      );
    const raw = this.read(bytes, `the tensor ${path}`, (at) =>
      library.get_dataset_data(id, path, null, null, null, at),
    );
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    return { shape, data: Float32Array.from({ length: count }, (_, i) => decode(view, i)) };
  }

  private isGroup(path: string): boolean {
    return path === '/' || this.library.get_type(this.id, path) === this.library.H5G_GROUP;
  }

  private attribute(group: string, attribute: string): string[] | null {
    const { library, id } = this;
    if (!this.isGroup(group) || !library.get_attribute_names(id, group).includes(attribute)) return null;
    const metadata = library.get_attribute_metadata(id, group, attribute);
    // An empty list is stored as an empty array of numbers.
    if (metadata.total_size === 0 || metadata.shape === null) return [];
    const what = `the attribute ${attribute} of ${group}`;
    if (metadata.type !== library.H5T_class_t.H5T_STRING.value)
      throw invalid(this.name, `${what} is not text`);
    const bytes = metadata.total_size * metadata.size;
    if (!(bytes <= MAX_ATTRIBUTE)) throw invalid(this.name, `${what} says it has ${bytes} bytes`);
    const raw = this.read(bytes, what, (at) => library.get_attribute_data(id, group, attribute, at));
    return Array.from({ length: metadata.total_size }, (_, i) => {
      if (metadata.vlen) return library.UTF8ToString(raw.readUInt32LE(4 * i));
      const own = raw.subarray(i * metadata.size, (i + 1) * metadata.size);
      const end = own.indexOf(0);
      return own.toString('utf8', 0, end < 0 ? own.length : end);
    });
  }

  /** A copy of what `fill` writes to the address that it is given; a negative status is a failure. */
  private read(bytes: number, what: string, fill: (address: bigint) => number): Buffer {
    const { library } = this;
    const address = library._malloc(Math.max(1, bytes));
    if (!address)
      throw new UserError('too_large', `${this.name}: ${what} does not fit into memory`, this.name);
    try {
      if (fill(BigInt(address)) < 0)
        throw invalid(this.name, `${what} cannot be read; the file is damaged or cut off`);
      return Buffer.from(library.HEAPU8.slice(address, address + bytes));
    } finally {
      library._free(address);
    }
  }
}

/** Null for anything but whole and floating-point numbers (classes 0 and 1 of HDF5). */
function decoderOf({
  type,
  size,
  signed,
  littleEndian,
}: Metadata): ((view: DataView, i: number) => number) | null {
  const little = littleEndian;
  if (type === 1) {
    if (size === 4) return (view, i) => view.getFloat32(4 * i, little);
    if (size === 8) return (view, i) => view.getFloat64(8 * i, little);
    return size === 2 ? (view, i) => halfToNumber(view.getUint16(2 * i, little)) : null;
  }
  if (type !== 0) return null;
  if (size === 1) return signed ? (view, i) => view.getInt8(i) : (view, i) => view.getUint8(i);
  if (size === 2)
    return signed ? (view, i) => view.getInt16(2 * i, little) : (view, i) => view.getUint16(2 * i, little);
  if (size === 4)
    return signed ? (view, i) => view.getInt32(4 * i, little) : (view, i) => view.getUint32(4 * i, little);
  return size === 8 ? (view, i) => Number(view.getBigInt64(8 * i, little)) : null;
}

function broken(name: string, error: unknown): UserError {
  const cause = error instanceof Error ? error.message : String(error);
  return invalid(
    name,
    `the HDF5 file is damaged or cut off (${(cause.split('\n')[0] ?? '').slice(0, 160)}); copy it again`,
  );
}
