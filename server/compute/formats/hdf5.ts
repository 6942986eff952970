/**
 * HDF5 files from strangers, read by the HDF5 library compiled to WebAssembly. It is given a file system of its own, in
 * memory: an HDF5 file may name other files as the place of its data (external links, external storage, virtual data
 * sets), and none of this machine's can be reached from there.
 */
import { randomUUID } from 'node:crypto';
import * as h5wasm from 'h5wasm';
import { UserError } from '../../../core/errors/index.ts';
import { elementsOf, invalid, unsupported } from './context.ts';

export interface Hdf5Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Compressed data may unpack to this many times the file's size, in all. */
const MAX_RATIO = 200;
const MAX_BYTES = 2 ** 31;

export function looksLikeHdf5(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 8)).toString('hex') === '894844460d0a1a0a';
}

export class Hdf5File {
  private left: number;
  private constructor(
    private readonly file: h5wasm.File,
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
    const { FS } = await h5wasm.ready;
    const path = `/${randomUUID()}.h5`;
    let file: h5wasm.File | null = null;
    try {
      FS.writeFile(path, bytes);
      file = new h5wasm.File(path, 'r');
      return use(new Hdf5File(file, name, bytes.length));
    } catch (error) {
      if (error instanceof UserError) throw error;
      const cause = error instanceof Error ? error.message : String(error);
      throw invalid(
        name,
        `the HDF5 file is damaged or cut off (${(cause.split('\n')[0] ?? '').slice(0, 200)}); copy it again`,
      );
    } finally {
      close(file);
      FS.unlink(path);
    }
  }

  /** Text of an attribute, null where there is none. Long lists are split by Keras: NAME0, NAME1, ... */
  text(path: string, attribute: string): string | null {
    const value = this.attribute(path, attribute);
    return typeof value === 'string' ? value : null;
  }

  texts(path: string, attribute: string): string[] | null {
    const whole = this.attribute(path, attribute);
    if (whole !== null) return this.list(whole, path, attribute);
    const out: string[] = [];
    for (let part = 0; ; part++) {
      const value = this.attribute(path, `${attribute}${part}`);
      if (value === null) return part === 0 ? null : out;
      out.push(...this.list(value, path, attribute));
    }
  }

  private list(value: unknown, path: string, attribute: string): string[] {
    if (typeof value === 'string') return [value];
    const list: unknown[] = Array.isArray(value) ? value.flat(4) : ArrayBuffer.isView(value) ? [] : [null];
    return list.map((entry) => {
      if (typeof entry !== 'string')
        throw invalid(this.name, `the attribute ${attribute} of ${path} is not a list of names`);
      return entry;
    });
  }

  private attribute(path: string, attribute: string): unknown {
    const group = this.group(path);
    if (!group) return null;
    return group.attrs[attribute]?.value ?? null;
  }

  /** Names in a group, sorted; null where there is no such group. */
  keys(path: string): string[] | null {
    return this.group(path)?.keys().sort() ?? null;
  }

  private group(path: string): h5wasm.Group | null {
    const entity = path === '/' ? this.file : this.file.get(path);
    return entity instanceof h5wasm.Group ? entity : null;
  }

  /** Null where there is no such data set. Sizes are checked before anything is read. */
  tensor(path: string): Hdf5Tensor | null {
    const entity = this.file.get(path);
    if (!(entity instanceof h5wasm.Dataset)) return null;
    const { metadata } = entity;
    const shape = metadata.shape ?? [];
    const bytes = elementsOf(shape, this.name, path) * metadata.size;
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
    return { shape, data: this.numbers(entity.value, path) };
  }

  private numbers(value: unknown, path: string): Float32Array {
    if (value instanceof Float32Array) return value.slice();
    if (value instanceof BigInt64Array || value instanceof BigUint64Array)
      return Float32Array.from(value, (entry) => Number(entry));
    if (
      value instanceof Float64Array ||
      value instanceof Int8Array ||
      value instanceof Uint8Array ||
      value instanceof Int16Array ||
      value instanceof Uint16Array ||
      value instanceof Int32Array ||
      value instanceof Uint32Array
    )
      return Float32Array.from(value);
    if (typeof value === 'number') return Float32Array.of(value);
    throw unsupported(this.name, `${path} does not hold numbers`);
  }
}

function close(file: h5wasm.File | null): void {
  try {
    file?.close();
  } catch {
    // The library could not make sense of the file: there is nothing open then.
  }
}
