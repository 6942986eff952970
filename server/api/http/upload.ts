/** Multipart uploads, streamed to files under generated names in the spool folder, and always cleaned up. */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { isDiskFull, UserError } from '../../../core/errors/index.ts';
import type { UploadedFile } from '../../compute/contract.ts';
import type { App } from '../app/app.ts';

/** Each becomes a file of its own here; the interface asks for a zip beyond as many. */
const MOST_FILES = 500;
const NAME_LENGTH = 500;
const MOST_DRAINED = 64 * 1024 * 1024;
const NO_FILE = 'The upload holds no file.';

export const spoolFolder = (app: Pick<App, 'config'>): string => path.join(app.config.dataFolder, 'spool');

/** A folder that lasts as long as `use` runs. */
export async function withFolder<T>(app: App, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = path.join(spoolFolder(app), `upload-${randomUUID()}`);
  // Not `recursive`: with it Node says ENOENT where the disk is full.
  await mkdir(folder);
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs `use` with the files of the request. Throws `too_large`, `bad_request` (no files, not multipart, broken off). */
export function withUpload<T>(
  app: App,
  request: Request,
  use: (files: readonly UploadedFile[]) => Promise<T>,
): Promise<T> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > app.config.maxUploadBytes + 1024 * 1024) throw tooLarge(app);
  return withFolder(app, async (folder) => use(await receive(app, request, folder)));
}

function tooLarge(app: App): UserError {
  const megabytes = app.config.maxUploadBytes / 1024 / 1024;
  return new UserError(
    'too_large',
    `The upload is larger than ${megabytes < 1 ? `${app.config.maxUploadBytes} bytes` : `${Math.floor(megabytes)} MiB`}. Whoever runs this server can raise INTERLAYER_MAX_UPLOAD.`,
  );
}

async function receive(app: App, request: Request, folder: string): Promise<UploadedFile[]> {
  if (!/^multipart\/form-data\b/i.test(request.headers.get('content-type') ?? ''))
    throw new UserError('unsupported', 'Files were expected as multipart/form-data.');
  if (!request.body) throw new UserError('bad_request', NO_FILE);
  const parser = form(request.headers);
  const files: UploadedFile[] = [];
  const writing: Promise<void>[] = [];
  let total = 0;
  let failure: Error | null = null;
  const fail = (error: Error) => {
    failure ??= error;
    parser.destroy(failure);
  };
  parser.on('file', (field, stream, { filename }) => {
    // What the user called it is a label; on this machine the file has a name of ours.
    const name = (filename ?? field).replaceAll(/\p{Cc}/gu, '').slice(-NAME_LENGTH) || 'file';
    const file = path.join(folder, String(files.length));
    const entry = { name, path: file, bytes: 0 };
    files.push(entry);
    stream.on('data', (chunk: Buffer) => {
      entry.bytes += chunk.byteLength;
      total += chunk.byteLength;
      if (total > app.config.maxUploadBytes) fail(tooLarge(app));
    });
    const written = pipeline(stream, createWriteStream(file, { flags: 'wx' }));
    // Otherwise the parser would wait for ever for a file that takes nothing more.
    written.catch(fail);
    writing.push(written);
  });
  parser.on('filesLimit', () =>
    fail(new UserError('too_large', `At most ${MOST_FILES} files can be uploaded at once. Send a zip.`)),
  );
  // Web streams of the platform and of Node are one thing under two types.
  const source = Readable.fromWeb(request.body as import('node:stream/web').ReadableStream);
  try {
    await fed(source, parser, request.signal);
    await Promise.all(writing);
  } catch (error) {
    source.unpipe(parser);
    parser.destroy();
    await Promise.allSettled(writing);
    void drained(source);
    const cause = failure ?? error;
    if (cause instanceof UserError || isDiskFull(cause)) throw cause;
    if (request.signal.aborted) throw new UserError('cancelled', 'The upload was broken off.');
    throw new UserError(
      'bad_request',
      `The upload is broken: ${cause instanceof Error ? cause.message : 'unreadable'}. Send it again.`,
    );
  }
  if (failure) throw failure;
  if (files.length === 0) throw new UserError('bad_request', NO_FILE);
  return files;
}

/** Not a pipeline: that would end the source with the parser, and cut the connection before the answer is read. */
function fed(source: Readable, parser: busboy.Busboy, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.on('close', resolve).on('error', reject);
    source.on('error', reject);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
    else source.pipe(parser);
  });
}

/** Reads what still comes of an upload that failed while it is answered, so that its sender reads that; much more is cut off. */
async function drained(source: Readable): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of source) {
      bytes += chunk.byteLength;
      if (bytes > MOST_DRAINED) return;
    }
  } catch {
    // Its sender is gone.
  }
}

function form(headers: Headers): busboy.Busboy {
  try {
    return busboy({
      headers: { 'content-type': headers.get('content-type') ?? '' },
      preservePath: true,
      limits: { files: MOST_FILES, fields: 20, fieldSize: 10_000, parts: MOST_FILES + 20 },
    });
  } catch {
    throw new UserError('bad_request', 'The upload is not multipart/form-data with a boundary.');
  }
}
