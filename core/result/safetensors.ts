/**
 * The safetensors file format (huggingface/safetensors): an 8-byte little-endian header length, a JSON header,
 * then the tensors' bytes. Only little-endian machines are supported, as by the format's reference reader.
 */
import { z } from 'zod';
import { DTYPES, type Dtype, type NamedTensor, type TensorData } from './types.ts';

const BYTES: Record<Dtype, number> = { F32: 4, F64: 8, I32: 4, U8: 1, BOOL: 1 };
/** A header of thousands of tensors has less; the reference reader takes 100 MB, which take seconds to parse. */
const MAX_HEADER = 8 * 2 ** 20;
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});

export class SafetensorsError extends Error {
  override name = 'SafetensorsError';
}

/** Such a tensor would get lost, unseen, wherever an object of tensors is copied. */
function refuseKeptName(tensors: unknown): void {
  if (typeof tensors === 'object' && tensors !== null && Object.hasOwn(tensors, '__proto__'))
    throw new SafetensorsError(
      'no tensor may be called __proto__: JavaScript keeps that name. Rename it in the file',
    );
}

/** Writes tensors in the given order, each aligned to 8 bytes from the start of the buffer. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, NamedTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  // The format allows no holes, so wider types go first: every offset is then a multiple of its width.
  const entries = Object.entries(tensors).sort((a, b) => BYTES[b[1].dtype] - BYTES[a[1].dtype]);
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  for (const [name, tensor] of entries) {
    if (name === '__metadata__')
      throw new SafetensorsError('no tensor may be called __metadata__: the format keeps that name');
    refuseKeptName({ [name]: tensor });
    const bytes = tensor.shape.reduce((a, b) => a * b, 1) * BYTES[tensor.dtype];
    if (bytes !== tensor.data.byteLength)
      throw new SafetensorsError(
        `tensor ${name}: shape [${tensor.shape.join(', ')}] of ${tensor.dtype} needs ${bytes} bytes, found ${tensor.data.byteLength}`,
      );
    header[name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(8 + padded + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.fill(0x20, 8, 8 + padded);
  out.set(text, 8);
  let at = 8 + padded;
  for (const [, tensor] of entries) {
    out.set(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength), at);
    at += tensor.data.byteLength;
  }
  return out;
}

export interface Safetensors {
  readonly tensors: Record<string, NamedTensor>;
  readonly metadata: Record<string, string>;
}

/** Reads a whole file; views into `bytes` where aligned, else copies. Throws SafetensorsError on anything malformed. */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { entries, metadata } = openSafetensors(bytes, DTYPES, (dtype) => BYTES[dtype]);
  const tensors: Record<string, NamedTensor> = {};
  for (const [name, { dtype, shape, count, at }] of Object.entries(entries))
    tensors[name] = { dtype, shape, data: viewOf(bytes, at, count, dtype) };
  return { tensors, metadata };
}

export interface SafetensorsEntry<T extends string> {
  readonly dtype: T;
  readonly shape: number[];
  /** Numbers in the tensor. */
  readonly count: number;
  /** Offset of its first byte in the file. */
  readonly at: number;
}

/**
 * The header of a whole file, checked against its length, for the types that the caller can read; `widthOf` gives the
 * bytes of one number. Throws SafetensorsError.
 */
export function openSafetensors<T extends string>(
  bytes: Uint8Array,
  types: readonly T[],
  widthOf: (dtype: T) => number,
): { entries: Record<string, SafetensorsEntry<T>>; metadata: Record<string, string> } {
  if (bytes.byteLength < 8) throw new SafetensorsError(`a file of ${bytes.byteLength} bytes has no header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = Number(view.getBigUint64(0, true));
  if (size > MAX_HEADER && 8 + size <= bytes.byteLength)
    throw new SafetensorsError(`its header has ${size} bytes, at most ${MAX_HEADER} are read`);
  if (8 + size > bytes.byteLength)
    throw new SafetensorsError(`the header says ${size} bytes, the file has ${bytes.byteLength}`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + size)));
  } catch {
    throw new SafetensorsError('the header is not JSON in UTF-8');
  }
  refuseKeptName(json);
  const parsed = z.record(z.string(), z.unknown()).safeParse(json);
  if (!parsed.success) throw new SafetensorsError('the header is not an object');
  const { __metadata__: rawMetadata, ...rest } = parsed.data;
  const metadata = z.record(z.string(), z.string()).safeParse(rawMetadata ?? {});
  if (!metadata.success) throw new SafetensorsError('__metadata__ must map text to text');
  const entries: Record<string, SafetensorsEntry<T>> = {};
  const body = 8 + size;
  for (const [name, raw] of Object.entries(rest)) {
    const entry = entrySchema.safeParse(raw);
    if (!entry.success) throw new SafetensorsError(`tensor ${name}: ${z.prettifyError(entry.error)}`);
    const { shape, data_offsets } = entry.data;
    const [from, to] = data_offsets;
    const count = shape.reduce((a, b) => a * b, 1);
    const dtype = types.find((type) => type === entry.data.dtype);
    if (dtype === undefined)
      throw new SafetensorsError(
        `tensor ${name}: found the type ${entry.data.dtype}, expected one of ${types.join(', ')}`,
      );
    if (to - from !== count * widthOf(dtype) || body + to > bytes.byteLength)
      throw new SafetensorsError(
        `tensor ${name}: offsets [${from}, ${to}] do not fit shape [${shape.join(', ')}] of ${dtype}`,
      );
    entries[name] = { dtype, shape, count, at: body + from };
  }
  return { entries, metadata: metadata.data };
}

function viewOf(bytes: Uint8Array, at: number, count: number, dtype: Dtype): TensorData {
  const width = BYTES[dtype];
  const start = bytes.byteOffset + at;
  const aligned = start % width === 0;
  const buffer = aligned ? bytes.buffer : bytes.slice(at, at + count * width).buffer;
  const offset = aligned ? start : 0;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, offset, count);
    case 'F64':
      return new Float64Array(buffer, offset, count);
    case 'I32':
      return new Int32Array(buffer, offset, count);
    case 'U8':
    case 'BOOL':
      return new Uint8Array(buffer, offset, count);
  }
}
