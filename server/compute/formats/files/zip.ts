/**
 * Zip archives from strangers. Entries are inflated in memory one at a time; nothing is unpacked to disk. Refused: names
 * that lead out of the archive, links, encryption, archives that unpack to far more than they are (zip bombs).
 */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import yauzl from 'yauzl';
import { UserError } from '../../../../core/errors/index.ts';
import { type FilePlace, invalid, type SourceFile } from './context.ts';
import { crc32 } from './crc32.ts';

export interface ZipLimits {
  readonly entries: number;
  /** All entries, unpacked. */
  readonly totalBytes: number;
  /** Unpacked to packed size, of an entry and of the whole, from `ratioFrom` bytes unpacked. */
  readonly ratio: number;
  readonly ratioFrom: number;
}
export const ZIP_LIMITS: ZipLimits = {
  entries: 200_000,
  totalBytes: 2 * 2 ** 30,
  ratio: 200,
  ratioFrom: 16 * 2 ** 20,
};

export interface Archive {
  /** Files only, in the archive's order. */
  readonly files: readonly SourceFile[];
  /** Folders that the archive names, also empty ones: `set/cat/`. */
  readonly folders: readonly string[];
  close(): void;
}

/** Smaller archives are read at once: thousands of entries are thousands of reads otherwise. */
const WHOLE_BYTES = 64 * 2 ** 20;
/** An archive with more files that hold nothing was not made to be read. */
const MAX_EMPTY = 1000;

/** True when the bytes begin as a zip archive does (an empty one included). */
export function looksLikeZip(head: Uint8Array): boolean {
  return (
    head[0] === 0x50 &&
    head[1] === 0x4b &&
    ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6))
  );
}

/** `from` is a path or the archive's bytes; `name` is what the user called it. Throws UserError. */
export async function openZip(
  from: string | Buffer,
  name: string,
  limits: ZipLimits = ZIP_LIMITS,
): Promise<Archive> {
  const options = { lazyEntries: true, autoClose: false };
  const small = typeof from === 'string' && (await stat(from)).size <= WHOLE_BYTES;
  const source = small ? await readFile(from) : from;
  const zip = await (typeof source === 'string'
    ? yauzl.openPromise(source, options)
    : yauzl.fromBufferPromise(source, options)
  ).catch((error: unknown) => {
    throw brokenZip(name, error);
  });
  try {
    const files: SourceFile[] = [];
    const folders: string[] = [];
    const seen = new Set<string>();
    let total = 0;
    let packed = 0;
    let empty = 0;
    if (zip.entryCount > limits.entries)
      throw tooLarge(name, `it has ${zip.entryCount} entries; the limit is ${limits.entries}`);
    for await (const entry of zip.eachEntry()) {
      checkEntry(entry, name);
      total += entry.uncompressedSize;
      packed += entry.compressedSize;
      if (total > limits.totalBytes)
        throw tooLarge(name, `it unpacks to more than ${mebibytes(limits.totalBytes)} MiB, the limit`);
      checkRatio(entry.uncompressedSize, entry.compressedSize, `${name}/${entry.fileName}`, limits);
      checkRatio(total, packed, name, limits);
      if (isLitter(entry.fileName)) continue;
      if (entry.fileName.endsWith('/')) {
        folders.push(entry.fileName);
        continue;
      }
      if (seen.has(entry.fileName)) throw invalid(name, `holds two entries named ${entry.fileName}`);
      seen.add(entry.fileName);
      if (entry.uncompressedSize === 0 && ++empty > MAX_EMPTY)
        throw tooLarge(name, `it has more than ${MAX_EMPTY} empty files; leave them out`);
      files.push({
        name: entry.fileName,
        bytes: entry.uncompressedSize,
        read: () => readEntry(zip, entry, `${name}/${entry.fileName}`),
        place: () => placeOf(zip, source, entry, `${name}/${entry.fileName}`),
      });
    }
    return { files, folders, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw brokenZip(name, error);
  }
}

function checkEntry(entry: yauzl.Entry, name: string): void {
  // The upper half holds the Unix mode where the archive was made on Unix; 0o120000 is a symbolic link.
  if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000)
    throw invalid(name, `the entry ${entry.fileName} is a symbolic link; pack the file itself`);
  if (entry.isEncrypted())
    throw invalid(name, `the entry ${entry.fileName} is encrypted; pack it without a password`);
}

function checkRatio(unpacked: number, packed: number, name: string, limits: ZipLimits): void {
  if (unpacked > limits.ratioFrom && unpacked > packed * limits.ratio)
    throw tooLarge(
      name,
      `${packed} bytes unpack to ${unpacked}, more than ${limits.ratio} times as many, as in an archive made to overwhelm; pack it without compression if it is genuine`,
    );
}

async function readEntry(zip: yauzl.ZipFile, entry: yauzl.Entry, name: string): Promise<Buffer> {
  try {
    const stream = await zip.openReadStreamPromise(entry);
    // Pages of it are had when they are written to: what an entry only declares takes nothing.
    const content = Buffer.alloc(entry.uncompressedSize);
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      // yauzl ends the stream with an error beyond the declared size: this is only a second bolt.
      if (bytes + chunk.length > content.length)
        stream.destroy(new Error('more data than the entry declares'));
      else content.set(chunk, bytes);
      bytes += chunk.length;
    });
    await once(stream, 'end');
    if (bytes !== content.length) throw new Error(`${bytes} of ${content.length} bytes`);
    if (crc32(content) !== entry.crc32) throw new Error('its checksum is wrong');
    return content;
  } catch (error) {
    throw brokenZip(name, error);
  }
}

/** An entry that is stored as it is, in an archive on the disk, need not be read as a whole; its checksum is looked at all the same. */
async function placeOf(
  zip: yauzl.ZipFile,
  source: string | Buffer,
  entry: yauzl.Entry,
  name: string,
): Promise<FilePlace | null> {
  if (typeof source !== 'string' || entry.compressionMethod !== 0 || entry.uncompressedSize === 0)
    return null;
  if (entry.compressedSize !== entry.uncompressedSize)
    throw brokenZip(name, new Error(`${entry.compressedSize} of ${entry.uncompressedSize} bytes`));
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    let sum = 0;
    for await (const chunk of createReadStream(source, {
      ...{ start: fileDataStart, end: fileDataStart + entry.compressedSize - 1, highWaterMark: 2 ** 20 },
    }))
      sum = crc32(chunk, sum);
    if (sum !== entry.crc32) throw new Error('its checksum is wrong');
    return { path: source, offset: fileDataStart, bytes: entry.uncompressedSize };
  } catch (error) {
    throw brokenZip(name, error);
  }
}

/** What operating systems add to archives by themselves. */
function isLitter(entry: string): boolean {
  return entry.startsWith('__MACOSX/') || /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$/.test(entry);
}

function tooLarge(name: string, message: string): UserError {
  return new UserError('too_large', `${name}: ${message}`, name);
}

function brokenZip(name: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const cause = error instanceof Error ? error.message : String(error);
  // The list of an archive's files stands at its end.
  if (/end of central directory/i.test(cause))
    return invalid(name, 'this is no zip archive, or its end is missing; save or copy the file again');
  return invalid(
    name,
    `the zip archive is damaged or unsafe (${cause}); make it again, with plain names and without links`,
  );
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
