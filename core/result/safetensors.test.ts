import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DTYPES,
  decodeSafetensors,
  encodeSafetensors,
  type NamedTensor,
  SafetensorsError,
  type TensorData,
} from './index.ts';

const reference = new Uint8Array(readFileSync(new URL('./goldens/reference.safetensors', import.meta.url)));

/** A file with this header, and `body` bytes of data. */
function file(header: unknown, body = 0, size?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + body);
  new DataView(out.buffer).setBigUint64(0, size ?? BigInt(text.length), true);
  out.set(text, 8);
  return out;
}

const shape = fc.array(fc.nat({ max: 4 }), { maxLength: 4 });
const tensor: fc.Arbitrary<NamedTensor> = fc
  .tuple(fc.constantFrom(...DTYPES), shape, fc.infiniteStream(fc.integer({ min: -128, max: 127 })))
  .map(([dtype, dims, stream]) => {
    const count = dims.reduce((a, b) => a * b, 1);
    const numbers = [...stream.take(count)];
    return { dtype, shape: dims, data: dataOf(dtype, numbers) };
  });
function dataOf(dtype: NamedTensor['dtype'], numbers: number[]): TensorData {
  switch (dtype) {
    case 'F32':
      return Float32Array.from(numbers, (n) => n / 3);
    case 'F64':
      return Float64Array.from(numbers, (n) => n / 3);
    case 'I32':
      return Int32Array.from(numbers, (n) => n * 16_777_216);
    case 'U8':
      return Uint8Array.from(numbers, (n) => n + 128);
    case 'BOOL':
      return Uint8Array.from(numbers, (n) => (n > 0 ? 1 : 0));
  }
}
const name = fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }).filter((n) => n !== '__proto__');

describe('safetensors', () => {
  it('reads what the reference library wrote', () => {
    const { tensors, metadata } = decodeSafetensors(reference);
    const { library: writer } = metadata;
    expect(writer).toMatch(/^safetensors \d/);
    expect(tensors.values?.shape).toEqual([2, 3, 4]);
    expect([...(tensors.values?.data ?? [])]).toEqual(Array.from({ length: 24 }, (_, i) => i / 8 - 1));
    expect([...(tensors.exact?.data ?? [])]).toEqual([Math.PI, -0, Number.POSITIVE_INFINITY, 5e-324]);
    expect([...(tensors.label?.data ?? [])]).toEqual([7, -1, 2 ** 31 - 1]);
    expect(tensors.pixels).toEqual({ dtype: 'U8', shape: [1, 3], data: Uint8Array.of(0, 255, 16) });
    expect(tensors.dead).toEqual({ dtype: 'BOOL', shape: [5], data: Uint8Array.of(1, 0, 1, 1, 0) });
    expect(tensors.none?.shape).toEqual([0, 5]);
    expect(tensors.scalar).toEqual({ dtype: 'F32', shape: [], data: Float32Array.of(2.5) });
    expect([...(tensors.größe?.data ?? [])]).toEqual([1]);
  });

  it('what is read from the reference and written again is read alike', () => {
    const read = decodeSafetensors(reference);
    expect(decodeSafetensors(encodeSafetensors(read.tensors, read.metadata))).toEqual(read);
  });

  it('decode(encode(tensors)) = tensors, of all types and shapes, wherever the bytes lie', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, tensor), { maxLength: 5, selector: ([n]) => n }),
        fc.dictionary(name, fc.string(), { maxKeys: 3 }),
        fc.nat({ max: 9 }),
        (entries, metadata, shift) => {
          const tensors = Object.fromEntries(entries);
          const bytes = encodeSafetensors(tensors, metadata);
          // A view at an odd offset cannot be read in place: it must be copied.
          const moved = new Uint8Array(bytes.length + shift).subarray(shift);
          moved.set(bytes);
          const read = decodeSafetensors(moved);
          expect(read.tensors).toEqual(tensors);
          expect({ ...read.metadata }).toEqual({ ...metadata });
        },
      ),
    );
  });

  it('begins every tensor at a multiple of its width, without holes, as the format wants', () => {
    const bytes = encodeSafetensors({
      flags: { dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) },
      wide: { dtype: 'F64', shape: [1], data: Float64Array.of(1) },
      mid: { dtype: 'F32', shape: [3], data: Float32Array.of(1, 2, 3) },
    });
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerBytes % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)));
    expect(header.wide.data_offsets).toEqual([0, 8]);
    expect(header.mid.data_offsets).toEqual([8, 20]);
    expect(header.flags.data_offsets).toEqual([20, 23]);
  });

  it('refuses to write data that do not fit their shape, or a tensor in the place of the metadata', () => {
    expect(() =>
      encodeSafetensors({ a: { dtype: 'F32', shape: [2, 3], data: new Float32Array(5) } }),
    ).toThrow('tensor a: shape [2, 3] of F32 needs 24 bytes, found 20');
    expect(() =>
      encodeSafetensors({ __metadata__: { dtype: 'U8', shape: [1], data: new Uint8Array(1) } }),
    ).toThrow('no tensor may be called __metadata__: the format keeps that name');
    const kept = Object.fromEntries([
      ['__proto__', { dtype: 'U8', shape: [1], data: new Uint8Array(1) }],
    ] as const);
    expect(() => encodeSafetensors(kept)).toThrow(
      'no tensor may be called __proto__: JavaScript keeps that name',
    );
  });
});

describe('malformed safetensors', () => {
  const entry = (change: object) => ({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change } });
  it.each([
    ['no header', new Uint8Array(7), /7 bytes has no header/],
    ['a header longer than the file', file('{}', 0, 3n), /the header says 3 bytes, the file has 10/],
    ['a header of 2^63 bytes', file('{}', 0, 2n ** 63n), /the header says/],
    ['a header that is not JSON', file('{"a":'), /not JSON/],
    ['a header that is not UTF-8', file('{"é"}').fill(0xff, 10, 11), /not JSON in UTF-8/],
    ['a list as header', file('[]'), /the header is not an object/],
    [
      'a tensor called __proto__',
      file(JSON.parse('{"__proto__": {}}')),
      /no tensor may be called __proto__: JavaScript keeps that name. Rename it in the file/,
    ],
    ['a number as metadata', file({ __metadata__: { a: 1 } }), /__metadata__ must map text to text/],
    ['an unknown type', file(entry({ dtype: 'F128' }), 8), /tensor a/],
    ['a negative size', file(entry({ shape: [-2] }), 8), /tensor a/],
    ['a size that is no whole number', file(entry({ shape: [0.5] }), 8), /tensor a/],
    ['offsets that do not fit the shape', file(entry({ shape: [3] }), 8), /do not fit shape \[3\] of F32/],
    ['offsets in the wrong order', file(entry({ data_offsets: [8, 0] }), 8), /do not fit/],
    ['offsets behind the end', file(entry({}), 4), /do not fit/],
    [
      'offsets behind the end of an empty tensor',
      file(entry({ shape: [0], data_offsets: [9, 9] }), 8),
      /do not fit/,
    ],
    ['a shape whose product is not finite', file(entry({ shape: [2 ** 52, 2 ** 52] }), 8), /do not fit/],
    ['a tensor without offsets', file({ a: { dtype: 'U8', shape: [1] } }, 1), /tensor a/],
  ])('%s is refused with a sentence', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  it('any bytes, and any damage to a good file, give tensors or a SafetensorsError', () => {
    const damaged = fc
      .array(fc.tuple(fc.nat({ max: reference.length - 1 }), fc.nat({ max: 255 })), {
        minLength: 1,
        maxLength: 6,
      })
      .map((changes) => {
        const bytes = reference.slice();
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    const cut = fc.nat({ max: reference.length }).map((length) => reference.slice(0, length));
    const json = fc.tuple(fc.json(), fc.nat({ max: 40 })).map(([text, body]) => file(text, body));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged, cut, json), (bytes) => {
        try {
          const { tensors } = decodeSafetensors(bytes);
          for (const { shape: dims, data } of Object.values(tensors))
            expect(data.length).toBe(dims.reduce((a, b) => a * b, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
