import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SourceFile } from '../files/context.ts';
import { readOnnx } from './read.ts';
import { entries, floats, modelFile, node, tensor } from './testing/file.ts';
import { readThin } from './thin.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'thin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of an upload: it lies on the disk, and whoever reads it whole is found out where that is not expected. */
function onDisk(name: string, bytes: Buffer, whole = false): SourceFile {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  const read = async () => {
    if (!whole) throw new Error(`${name} is read as a whole`);
    return bytes;
  };
  return {
    name,
    bytes: bytes.length,
    read,
    place: async () => ({ path: file, offset: 0, bytes: bytes.length }),
  };
}

const LARGE = Float32Array.from({ length: 20_000 }, (_, at) => at / 7);
const raw = Buffer.from(LARGE.buffer);
/** Large and small weights, of 32 bits and of 64; `external`: in place of the large one's values. */
const model = (external: Record<string, string> | null) =>
  modelFile({
    nodes: [
      node('Add', ['x', 'small'], ['a']),
      node('Add', ['a', 'large'], ['b']),
      node('Add', ['b', 'wide'], ['y']),
    ],
    initializers: [
      floats('small', [2], [3, 4]),
      tensor('large', 1, [20_000], external ? { 13: entries(external), 14: 1 } : { 9: raw }),
      tensor('wide', 11, [10_000], {
        9: Buffer.from(Float64Array.from({ length: 10_000 }, () => 1e300).buffer),
      }),
    ],
  });
const valuesOf = async (file: SourceFile, all = [file]) => {
  const { weights, warnings } = await readOnnx(file, all);
  const named = new Map<string, ArrayLike<number>>();
  for (const { name, read } of weights) named.set(name, await read());
  return { named, warnings };
};

describe('weights of a file on the disk', () => {
  it('are left there, but for those that are looked at', async () => {
    const bytes = model(null);
    const thin = await readThin(onDisk('m.onnx', bytes));
    const at = bytes.indexOf(raw);
    expect(thin.length).toBe(bytes.length);
    expect(thin.subarray(at, at + raw.length).every((byte) => byte === 0)).toBe(true);
    expect(thin.subarray(0, at)).toEqual(bytes.subarray(0, at));
    expect(thin.subarray(at + raw.length)).toEqual(bytes.subarray(at + raw.length));
  });

  it('are read from there, with the same numbers and warnings as from memory', async () => {
    const bytes = model(null);
    const inMemory = await valuesOf({ name: 'm.onnx', bytes: bytes.length, read: async () => bytes });
    expect(await valuesOf(onDisk('m.onnx', bytes))).toEqual(inMemory);
    expect(inMemory.named.get('large')).toEqual(LARGE);
    expect(inMemory.warnings).toEqual([
      'Weights of 64 bits are beyond what 32 bits hold, and became infinite: wide.',
    ]);
  });

  it('are read from files beside it', async () => {
    const file = onDisk('m.onnx', model({ location: 'w.bin', offset: '16' }));
    const beside = onDisk('w.bin', Buffer.concat([Buffer.alloc(16), raw]));
    expect((await valuesOf(file, [file, beside])).named.get('large')).toEqual(LARGE);
  });

  it('are read with all of a file that is damaged, which is told as ever', async () => {
    const bytes = model(null);
    for (const cut of [bytes.length - 10, bytes.indexOf(raw) + 100]) {
      const damaged = bytes.subarray(0, cut);
      expect(await readThin(onDisk('m.onnx', damaged))).toEqual(damaged);
      await expect(readOnnx(onDisk('m.onnx', damaged))).rejects.toMatchObject({ code: 'invalid' });
    }
  });
});
