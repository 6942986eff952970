import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { zipOf } from '../testing/bench.ts';
import { readPart } from './context.ts';
import { readHdf5 } from './hdf5thread.ts';
import { openZip } from './zip.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'places-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const written = (name: string, bytes: Buffer): string => {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

describe('what lies on the disk as it is', () => {
  it('is read in parts, up to its end', async () => {
    const file = written('parts.bin', Buffer.from('0123456789'));
    const place = { path: file, offset: 2, bytes: 6 };
    expect((await readPart(place, 1, 3)).toString()).toBe('345');
    await expect(readPart(place, 7, 4)).rejects.toThrow('ends at byte 10');
  });

  it('in a large archive, where it is not packed and its checksum is right', async () => {
    const data = Buffer.alloc(65 * 2 ** 20, 'weights');
    const bytes = zipOf([
      { name: 'stored.bin', data, store: true },
      { name: 'packed.bin', data: 'a'.repeat(100) },
    ]);
    const archive = await openZip(written('large.zip', bytes), 'large.zip');
    const [stored, packed] = archive.files;
    const place = (await stored?.place?.()) ?? null;
    expect(place).toMatchObject({ bytes: data.length });
    expect(await readPart(place!, 7, 14)).toEqual(data.subarray(7, 21));
    expect(await packed?.place?.()).toBeNull();
    archive.close();
    bytes[1000] = 0;
    const damaged = await openZip(written('large.zip', bytes), 'large.zip');
    await expect(damaged.files[0]?.place?.()).rejects.toThrow(
      'large.zip/stored.bin: the zip archive is damaged or unsafe (its checksum is wrong)',
    );
    damaged.close();
  });

  it('is for the HDF5 library the same as in memory', async () => {
    const golden = readFileSync(path.join(import.meta.dirname, '..', 'goldens', 'branched.h5'));
    const file = written('within.bin', Buffer.concat([Buffer.from('before'), golden, Buffer.from('behind')]));
    const limits = {
      ...{ tensorBytes: 2 ** 30, attributeBytes: 2 ** 26, memoryBytes: 2 ** 31, entries: 10_000 },
    };
    const whole = await readHdf5(golden, limits, 20_000);
    const place = { path: file, offset: 6, bytes: golden.length };
    expect(await readHdf5(place, limits, 20_000)).toEqual(whole);
    expect(Object.keys(whole.tensors)).not.toEqual([]);
  });
});
