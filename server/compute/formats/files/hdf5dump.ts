/**
 * What a Keras HDF5 file holds, as plain data: the text attributes of its groups and its tensors of numbers. This
 * function runs in a thread that is made from its text (hdf5thread.ts): it may use its arguments and nothing else.
 */
import type { Module } from 'h5wasm';

export type Hdf5Library = typeof Module;

export interface Hdf5Limits {
  /** All tensors together, as stored. */
  readonly tensorBytes: number;
  /** All attributes that are text together, as they are read. */
  readonly attributeBytes: number;
  /** What the library may take for itself. */
  readonly memoryBytes: number;
  /** Groups, data sets and attributes. */
  readonly entries: number;
}
export interface Hdf5Fault {
  readonly code: 'invalid' | 'unsupported' | 'too_large';
  readonly message: string;
}
export interface Hdf5Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
export interface Hdf5Dump {
  /** By path, '/' for the root. */
  readonly groups: Record<string, { keys: string[]; attributes: Record<string, string[] | Hdf5Fault> }>;
  readonly tensors: Record<string, Hdf5Tensor | Hdf5Fault>;
}

/** The file, read in parts. */
export interface Hdf5Source {
  readonly bytes: number;
  /** How many bytes there were from `at` on, at most as many as `into` holds. */
  read(into: Uint8Array, at: number): number;
}

export function dumpHdf5(library: Hdf5Library, source: Hdf5Source, limits: Hdf5Limits): Hdf5Dump {
  type Metadata = ReturnType<Hdf5Library['get_dataset_metadata']>;
  const groups: Hdf5Dump['groups'] = Object.create(null);
  const tensors: Hdf5Dump['tensors'] = Object.create(null);
  let bytesLeft = limits.tensorBytes;
  let attributesLeft = limits.attributeBytes;
  let entriesLeft = limits.entries;
  const fault = (code: Hdf5Fault['code'], message: string): Hdf5Fault => ({ code, message });

  /** What `take` makes of what `fill` writes to the address that it is given; null when it fails. */
  const read = <T>(
    size: number,
    fill: (address: bigint) => number,
    take: (bytes: Uint8Array, address: bigint) => T,
  ): T | null => {
    const address = library._malloc(Math.max(1, size));
    if (!address) return null;
    try {
      if (fill(BigInt(address)) < 0) return null;
      return take(library.HEAPU8.slice(address, address + size), BigInt(address));
    } finally {
      library._free(address);
    }
  };

  const half = (bits: number): number => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  };

  /** Null for anything but whole and floating-point numbers (classes 0 and 1 of HDF5). */
  const decoderOf = (metadata: Metadata): ((view: DataView, i: number) => number) | null => {
    const { type, size, signed, littleEndian: little } = metadata;
    if (type === 1 && size === 4) return (view, i) => view.getFloat32(4 * i, little);
    if (type === 1 && size === 8) return (view, i) => view.getFloat64(8 * i, little);
    if (type === 1 && size === 2) return (view, i) => half(view.getUint16(2 * i, little));
    if (type !== 0) return null;
    if (size === 1) return signed ? (view, i) => view.getInt8(i) : (view, i) => view.getUint8(i);
    if (size === 2)
      return signed ? (view, i) => view.getInt16(2 * i, little) : (view, i) => view.getUint16(2 * i, little);
    if (size === 4)
      return signed ? (view, i) => view.getInt32(4 * i, little) : (view, i) => view.getUint32(4 * i, little);
    return size === 8 ? (view, i) => Number(view.getBigInt64(8 * i, little)) : null;
  };

  const tensorAt = (path: string): Hdf5Tensor | Hdf5Fault => {
    const metadata = library.get_dataset_metadata(id, path);
    const shape = Array.from(metadata.shape ?? [], Number);
    const count = shape.reduce((a, b) => a * b, 1);
    const size = count * metadata.size;
    if (!Number.isSafeInteger(size) || (metadata.chunks === null && size > source.bytes))
      return fault(
        'invalid',
        `${path} says it is [${shape.join(', ')}], ${size} bytes; the file has ${source.bytes}`,
      );
    const decode = decoderOf(metadata);
    if (!decode)
      return fault('unsupported', `${path} does not hold plain numbers; save the model with float32 weights`);
    bytesLeft -= size;
    if (bytesLeft < 0)
      return fault('too_large', `its tensors unpack to more than ${limits.tensorBytes} bytes`);
    const raw = read(
      size,
      (address) => library.get_dataset_data(id, path, null, null, null, address),
      (own) => own,
    );
    if (!raw) return fault('invalid', `the tensor ${path} cannot be read; the file is damaged or cut off`);
    if (metadata.type === 1 && metadata.size === 4 && metadata.littleEndian)
      return { shape, data: new Float32Array(raw.buffer, raw.byteOffset, count) };
    const view = new DataView(raw.buffer);
    const data = new Float32Array(count);
    for (let i = 0; i < count; i++) data[i] = decode(view, i);
    return { shape, data };
  };

  /** Up to the zero that ends it. Many attributes may name one text of the file: each counts. */
  const textAt = (own: Uint8Array): string => {
    const end = own.indexOf(0);
    const text = end < 0 ? own : own.subarray(0, end);
    attributesLeft -= text.length;
    return attributesLeft < 0 ? '' : new TextDecoder().decode(text);
  };

  /** Null for an attribute that is not text. */
  const textsOf = (group: string, name: string): string[] | Hdf5Fault | null => {
    const metadata = library.get_attribute_metadata(id, group, name);
    // An empty list is stored as an empty array of numbers.
    if (metadata.total_size === 0 || metadata.shape === null) return [];
    if (metadata.type !== library.H5T_class_t.H5T_STRING.value) return null;
    const { total_size: count, size, vlen } = metadata;
    if (!(count * size <= attributesLeft))
      return fault('invalid', `the attribute ${name} of ${group} says it has ${count * size} bytes`);
    const texts = read(
      count * size,
      (address) => library.get_attribute_data(id, group, name, address),
      (raw, address) => {
        const view = new DataView(raw.buffer);
        const out: string[] = [];
        for (let i = 0; i < count && attributesLeft >= 0; i++)
          out.push(
            vlen
              ? textAt(library.HEAPU8.subarray(view.getUint32(4 * i, true)))
              : textAt(raw.subarray(i * size, (i + 1) * size)),
          );
        if (vlen) library.reclaim_vlen_memory(id, group, name, address);
        return out;
      },
    );
    if (attributesLeft < 0)
      return fault('too_large', `its attributes hold more text than ${limits.attributeBytes} bytes`);
    return (
      texts ??
      fault('invalid', `the attribute ${name} of ${group} cannot be read; the file is damaged or cut off`)
    );
  };

  const visit = (path: string, depth: number): void => {
    entriesLeft--;
    if (entriesLeft < 0 || depth > 40) throw new Error('it holds more groups and tensors than any model');
    const type = path === '/' ? library.H5G_GROUP : library.get_type(id, path);
    if (type === library.H5G_DATASET) tensors[path] = tensorAt(path);
    if (type !== library.H5G_GROUP) return;
    const attributes: Record<string, string[] | Hdf5Fault> = Object.create(null);
    for (const name of library.get_attribute_names(id, path)) {
      entriesLeft--;
      const texts = textsOf(path, name);
      if (texts) attributes[name] = texts;
    }
    const keys = Array.from(library.get_names(id, path, false)).sort();
    groups[path] = { keys, attributes };
    for (const key of keys) {
      // What the optimiser remembers is twice the model, and is not looked at.
      if (path === '/' && (key === 'optimizer_weights' || key === 'optimizer')) continue;
      visit(path === '/' ? `/${key}` : `${path}/${key}`, depth + 1);
    }
  };

  library.FS.writeFile('/model.h5', new Uint8Array(0));
  const { node } = library.FS.lookupPath('/model.h5', {});
  Object.assign(node, {
    usedBytes: source.bytes,
    stream_ops: {
      llseek: (stream: { position: number }, offset: number, whence: number) =>
        offset + (whence === 1 ? stream.position : whence === 2 ? source.bytes : 0),
      read: (_: unknown, buffer: Int8Array, offset: number, length: number, position: number) =>
        source.read(new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length), position),
    },
  });
  const id = library.open('/model.h5', library.H5F_ACC_RDONLY, false, -1, -1);
  if (id < 0n) throw new Error('the library cannot open it');
  visit('/', 0);
  return { groups, tensors };
}
