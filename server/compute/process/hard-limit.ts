/**
 * A limit of the operating system's own on what a worker may allocate. The pool looks at resident memory four times a
 * second; what is asked for at one stroke in between is refused here, before it is had.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { UserError } from '../../../core/errors/index.ts';

const MB = 2 ** 20;
/**
 * What a worker has allocated before its first job: code and data of Node and TensorFlow (300 MiB measured with two
 * cores, on both backends), and the stacks of their threads, a few for each core.
 */
const IDLE_BYTES = 512 * MB + 32 * MB * os.availableParallelism();

const SHELL = '/bin/sh';

/** What `fork` starts, so that the program runs under the limit; the program itself where this system has none. */
export function underLimit(
  execArgv: readonly string[],
  memoryBytes: number,
): { execArgv: string[]; execPath?: string } {
  // macOS and Windows do not enforce one on data.
  if (process.platform !== 'linux' || !existsSync(SHELL)) return { execArgv: [...execArgv] };
  const kilobytes = Math.ceil((memoryBytes + IDLE_BYTES) / 1024);
  // Where it may not be set the worker runs all the same; `limitOf` tells. The shell becomes the program: same process.
  const script = `ulimit -d ${kilobytes} 2>/dev/null; exec "$0" "$@"`;
  return { execPath: SHELL, execArgv: ['-c', script, process.execPath, ...execArgv] };
}

/** The limit on data under which a process runs, in bytes; null where there is none. */
export async function limitOf(pid: number | undefined): Promise<number | null> {
  if (process.platform !== 'linux' || pid === undefined) return null;
  try {
    const limit = /^Max data size\s+(\d+)/m.exec(await readFile(`/proc/${pid}/limits`, 'utf8'));
    return limit ? Number(limit[1]) : null;
  } catch {
    return null;
  }
}

/** How Node, TensorFlow and WebAssembly say that there is no more memory. */
const EXHAUSTED =
  /OOM when allocating|Array buffer allocation failed|Failed to allocate memory|Invalid typed array length: \d|std::bad_alloc|no memory for a tensor/;

export function isExhausted(error: unknown): boolean {
  return error instanceof Error && EXHAUSTED.test(error.message);
}

/** V8 says so on stderr, and ends the process. */
export function tellsOfExhaustion(line: string): boolean {
  return /heap out of memory|process out of memory/.test(line);
}

/** For whoever starts a server whose workers have none. */
export const NO_LIMIT =
  'This system sets no limit on the memory of the workers. What they take is looked at four times a second, so that one step that asks for much at once may take it.';

export function exhausted(expected: string, allowed: string): UserError {
  return new UserError(
    'overloaded',
    `this needed more memory at once than there is for all computations (${allowed}), where about ${expected} were expected, so it was ended; ask about fewer examples (limit) or a smaller layer, or give the server more memory`,
  );
}
