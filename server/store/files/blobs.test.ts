import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobPath } from '../../../core/artifacts/index.ts';
import { type Blobs, openBlobs } from './blobs.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const some = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 255);

describe('blobs', () => {
  let folder: string;
  let blobs: Blobs;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interlayer-blobs-'));
    blobs = await openBlobs(folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const temporaries = () => readdir(join(folder, 'tmp'));

  it('are named by their SHA-256, and stored once', async () => {
    const hash = await blobs.put(some);
    expect(hash).toBe(sha256(some));
    expect(await blobs.put(some.slice())).toBe(hash);
    expect(await blobs.read(hash)).toEqual(some);
    expect(await blobs.has(hash)).toBe(true);
    expect(await readdir(join(folder, hash.slice(0, 2)))).toEqual([hash]);
    expect(await temporaries()).toEqual([]);
  });
  it('may be empty', async () => {
    const hash = await blobs.put(new Uint8Array());
    expect(await blobs.read(hash)).toEqual(new Uint8Array());
  });
  it('may be views into greater buffers', async () => {
    const view = new Uint8Array(some.buffer, 100, 50);
    expect(await blobs.read(await blobs.put(view))).toEqual(some.slice(100, 150));
  });
  it('come in parts where they are large, and not at all where they are not there', async () => {
    const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31) & 255);
    const { bytes, body } = await blobs.stream(await blobs.put(large));
    expect(bytes).toBe(large.length);
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(1_000_000);
    expect(new Uint8Array(Buffer.concat(parts))).toEqual(large);
    await expect(blobs.stream('0'.repeat(64))).rejects.toMatchObject({ code: 'not_found' });
  });
  it('are put by many at once', async () => {
    const hashes = await Promise.all(Array.from({ length: 20 }, (_, i) => blobs.put(some.subarray(i % 2))));
    expect(new Set(hashes).size).toBe(2);
    expect(await temporaries()).toEqual([]);
  });
  it('are taken from finished files, which are then gone', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'interlayer-spool-'));
    try {
      for (let i = 0; i < 2; i++) {
        await writeFile(join(outside, 'upload'), some);
        expect(await blobs.adopt(join(outside, 'upload'))).toBe(sha256(some));
        expect(await readdir(outside)).toEqual([]);
      }
      expect(await blobs.verify(sha256(some))).toEqual(some);
      expect(await temporaries()).toEqual([]);
    } finally {
      await rm(outside, { recursive: true });
    }
  });
  it('that are not there are said to be not found', async () => {
    const hash = sha256(some);
    await expect(blobs.read(hash)).rejects.toMatchObject({
      code: 'not_found',
      message: `There is no blob ${hash}.`,
    });
    expect(await blobs.has(hash)).toBe(false);
    await blobs.delete(hash);
  });
  it('are deleted', async () => {
    const hash = await blobs.put(some);
    await blobs.delete(hash);
    expect(await blobs.has(hash)).toBe(false);
  });
  it('that are damaged are found out by verify', async () => {
    const hash = await blobs.put(some);
    await truncate(join(folder, blobPath(hash)), 999);
    await expect(blobs.verify(hash)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringMatching(
        /is damaged: its bytes have the SHA-256 [0-9a-f]{64}\. Restore it from a backup/,
      ),
    });
  });
  it.each([
    '',
    '..',
    '../../etc/passwd',
    'a'.repeat(63),
    `${'a'.repeat(63)}G`,
    `${'a'.repeat(64)}\n`,
    'A'.repeat(64),
  ])('refuse the name %j', async (name) => {
    await expect(blobs.read(name)).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('is no name of a blob: expected 64 hexadecimal digits.'),
    });
    await expect(blobs.has(name)).rejects.toMatchObject({ code: 'bad_request' });
    await expect(blobs.delete(name)).rejects.toMatchObject({ code: 'bad_request' });
  });
  it('that were put again lately are not deleted by an eviction', async () => {
    const hash = await blobs.put(some);
    const old = new Date(Date.now() - 7_200_000);
    await utimes(join(folder, blobPath(hash)), old, old);
    expect(await collect(blobs.olderThan(3_600_000))).toEqual([hash]);
    await blobs.put(some);
    expect(await collect(blobs.olderThan(3_600_000))).toEqual([]);
    expect(await blobs.deleteUnlessFresh(hash, 3_600_000)).toBe(false);
    expect(await blobs.has(hash)).toBe(true);
    expect(await blobs.deleteUnlessFresh(hash, 0)).toBe(true);
    expect(await blobs.has(hash)).toBe(false);
    expect(await temporaries()).toEqual([]);
  });
  it('leave no old temporary files behind when opened again', async () => {
    await writeFile(join(folder, 'tmp', 'old'), '');
    await writeFile(join(folder, 'tmp', 'new'), '');
    const old = new Date(Date.now() - 2 * 86_400_000);
    await utimes(join(folder, 'tmp', 'old'), old, old);
    await openBlobs(folder);
    expect(await temporaries()).toEqual(['new']);
  });
});

async function collect(items: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const item of items) all.push(item);
  return all;
}
