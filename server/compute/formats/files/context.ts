/** What an importer gets and gives, whatever the format. */
import { randomUUID } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';

export { baseName, extension } from '../../../../core/formats/index.ts';

import { UserError } from '../../../../core/errors/index.ts';
import type { Progress } from '../../contract.ts';

export type Tf = typeof import('@tensorflow/tfjs');

export interface ImportContext {
  /** Model import needs it; data sets only for JPEG. */
  readonly tf: Tf;
  /** Folder for the outcome's files: nothing is written anywhere else. */
  readonly spool: string;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A file as the importers see it: uploaded, or an entry of an uploaded archive. */
export interface SourceFile {
  /** What the user called it, with folders: `weights/group1-shard1of2.bin`. */
  readonly name: string;
  /** Size when unpacked. */
  readonly bytes: number;
  /** The whole content; throws UserError when it cannot be read. */
  read(): Promise<Buffer>;
  /** Where the content lies on the disk as it is, so that it can be read in parts; null where it is packed, or small. */
  place?(): Promise<FilePlace | null>;
}

/** Bytes within a file of this machine. */
export interface FilePlace {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
}

/** In place where it lies on the disk, else read. */
export async function placeOrContent(file: SourceFile): Promise<FilePlace | Buffer> {
  return (await file.place?.()) ?? file.read();
}

/** A part of what lies in a place; throws where the file ends before. */
export async function readPart(place: FilePlace, at: number, bytes: number): Promise<Buffer> {
  const handle = await open(place.path, 'r');
  try {
    const part = Buffer.alloc(bytes);
    for (let done = 0; done < bytes; ) {
      // One call reads less than 2 GiB.
      const { bytesRead } = await handle.read(
        part,
        done,
        Math.min(bytes - done, 2 ** 30),
        place.offset + at + done,
      );
      if (bytesRead === 0) throw new Error(`${place.path} ends at byte ${place.offset + at + done}`);
      done += bytesRead;
    }
    return part;
  } finally {
    await handle.close();
  }
}

/** `invalid`: the file is of a known kind, but wrong. The message begins with the file's name. */
export function invalid(file: string, message: string): UserError {
  return new UserError('invalid', `${file}: ${message}`, file);
}
export function unsupported(file: string, message: string): UserError {
  return new UserError('unsupported', `${file}: ${message}`, file);
}

/** Of several models in one upload. */
export function secondModel(second: SourceFile, first: SourceFile): UserError {
  return invalid(second.name, `a second model beside ${first.name}; send one model at a time`);
}

/** Reports, and stops when the task was cancelled. `done` is 0 to 1. */
export function step(context: ImportContext, done: number, note: string): void {
  if (context.signal?.aborted) throw new UserError('cancelled', 'the import was cancelled');
  context.onProgress?.({ done, note });
}

/** Writes one file of the outcome; returns its path. */
export async function spoolFile(
  context: ImportContext,
  kind: string,
  parts: readonly Uint8Array[],
): Promise<string> {
  const file = path.join(context.spool, `${kind}-${randomUUID()}`);
  await writeFile(file, parts, { flag: 'wx' });
  return file;
}

/**
 * Number of elements of a shape read from a file. Throws before anyone allocates: dimensions must be whole and not
 * negative, and the product must stay below 2^40.
 */
export function elementsOf(shape: readonly number[], file: string, what: string): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0)
      throw invalid(file, `${what} has the shape [${shape.join(', ')}], whose sizes are not whole numbers`);
    count *= size;
    if (count > 2 ** 40)
      throw invalid(file, `${what} has the shape [${shape.join(', ')}], which is too large to be true`);
  }
  return count;
}
