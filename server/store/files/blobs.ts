/**
 * Content-addressed files: `<folder>/ab/ab12...`, named by the SHA-256 of their bytes. A file appears under its name
 * only when it is whole and on the disk, so a crash leaves at most a temporary file behind.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { blobPath } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { VerifyingBlobs } from '../contract.ts';

export interface Blobs extends VerifyingBlobs {
  /** Deletes the blob unless it was put (again) within `graceMs`: its row may be about to be written. */
  deleteUnlessFresh(hash: string, graceMs: number): Promise<boolean>;
  /** Names of the blobs last put longer than `graceMs` ago. */
  olderThan(graceMs: number): AsyncIterable<string>;
}

const NAME = /^[0-9a-f]{64}$/;
const TEMPORARY = 'tmp';
/** Bytes of a streamed blob that are in memory at once. */
const CHUNK = 256 * 1024;

export async function openBlobs(folder: string): Promise<Blobs> {
  await mkdir(join(folder, TEMPORARY), { recursive: true });
  await removeStaleTemporaries(join(folder, TEMPORARY));
  const made = new Set<string>();
  /** Of what was asked about: a project's quota is looked at for each of its uploads. */
  const sizes = new Map<string, number>();

  /** The name is checked before it becomes part of a path. */
  function pathOf(hash: string): string {
    if (!NAME.test(hash)) {
      throw new UserError(
        'bad_request',
        `${JSON.stringify(String(hash).slice(0, 80))} is no name of a blob: expected 64 hexadecimal digits.`,
      );
    }
    return join(folder, blobPath(hash));
  }

  async function has(hash: string): Promise<boolean> {
    try {
      await stat(pathOf(hash));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async function keep(temporary: string, hash: string): Promise<void> {
    const target = pathOf(hash);
    const parent = dirname(target);
    if (!made.has(parent)) {
      await makeFolder(parent);
      await syncFolder(folder);
      made.add(parent);
    }
    await rename(temporary, target);
    await syncFolder(parent);
  }

  /** Marks an existing blob as wanted, so that no eviction in progress takes it. */
  async function refresh(hash: string): Promise<boolean> {
    const now = new Date();
    try {
      await utimes(pathOf(hash), now, now);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async function read(hash: string): Promise<Uint8Array> {
    try {
      const bytes = await readFile(pathOf(hash));
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      if (isMissing(error)) throw new UserError('not_found', `There is no blob ${hash}.`);
      throw error;
    }
  }

  async function stream(hash: string) {
    try {
      const file = await open(pathOf(hash), 'r');
      const { size } = await file.stat();
      // Web streams of the platform and of Node are one thing under two types.
      const body = Readable.toWeb(
        file.createReadStream({ highWaterMark: CHUNK }),
      ) as ReadableStream<Uint8Array>;
      return { bytes: size, body };
    } catch (error) {
      if (isMissing(error)) throw new UserError('not_found', `There is no blob ${hash}.`);
      throw error;
    }
  }

  return {
    read,
    stream,
    has,
    async size(hash) {
      const known = sizes.get(hash);
      if (known !== undefined) return known;
      try {
        const { size } = await stat(pathOf(hash));
        sizes.set(hash, size);
        return size;
      } catch (error) {
        if (isMissing(error)) return 0;
        throw error;
      }
    },
    async put(bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex');
      if (await refresh(hash)) return hash;
      const temporary = join(folder, TEMPORARY, randomUUID());
      try {
        const file = await open(temporary, 'wx');
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await keep(temporary, hash);
      } finally {
        await rm(temporary, { force: true });
      }
      return hash;
    },
    async adopt(source) {
      const hash = await hashOf(source);
      if (await refresh(hash)) {
        await rm(source, { force: true });
        return hash;
      }
      const temporary = join(folder, TEMPORARY, randomUUID());
      try {
        await moveFile(source, temporary);
        await syncFile(temporary);
        await keep(temporary, hash);
      } finally {
        await rm(temporary, { force: true });
      }
      return hash;
    },
    async delete(hash) {
      await rm(pathOf(hash), { force: true });
    },
    async verify(hash) {
      const bytes = await read(hash);
      const found = createHash('sha256').update(bytes).digest('hex');
      if (found !== hash) {
        throw new UserError(
          'internal',
          `The blob ${hash} is damaged: its bytes have the SHA-256 ${found}. Restore it from a backup, or import it again.`,
        );
      }
      return bytes;
    },
    /** Moved aside before its age is read: a `put` then either made it young in time, or writes it anew. */
    async deleteUnlessFresh(hash, graceMs) {
      const path = pathOf(hash);
      const aside = join(folder, TEMPORARY, randomUUID());
      try {
        if (Date.now() - (await stat(path)).mtimeMs < graceMs) return false;
        await rename(path, aside);
      } catch (error) {
        if (isMissing(error)) return true;
        throw error;
      }
      if (Date.now() - (await stat(aside)).mtimeMs < graceMs) {
        await rename(aside, path);
        return false;
      }
      await rm(aside);
      return true;
    },
    async *olderThan(graceMs) {
      for (const prefix of await readdir(folder)) {
        if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
        for (const name of await readdir(join(folder, prefix))) {
          if (!NAME.test(name)) continue;
          const found = await stat(join(folder, prefix, name)).catch(() => null);
          if (found && Date.now() - found.mtimeMs >= graceMs) yield name;
        }
      }
    },
  };
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

/** Across file systems a rename is refused; then it is copied. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    await copyFile(from, to);
    await rm(from);
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is on the disk when its folder is. Windows cannot open folders, and needs no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A day: no upload takes that long, and other processes may be writing now. */
async function removeStaleTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found && Date.now() - found.mtimeMs > 86_400_000) await rm(path, { force: true });
  }
}

/** Not `recursive`: with it Node says ENOENT where the disk is full. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
