/** How the process that serves ends: told to, by an error that nobody caught, or because its parent is gone. */
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';

/** Boards are saved and answers finished within this time. */
export const SHUTDOWN_MS = 15_000;
/** After an error that nobody caught, what is in memory is only trusted to be saved. */
const FAULT_MS = 5_000;
/** Exit code after such an error. */
export const FAULT_EXIT = 70;

/** Connections that break while something is written to them: the error of one request, not of the process. */
const BROKEN_OFF =
  /^(AbortError|ResponseAborted)$|^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)$/;

/**
 * Ends this process in order when it is told to and, under a supervisor, after an error that nobody caught. Node would end it at once, but
 * the page server adds handlers of its own, which only write such an error down.
 */
export function endInOrder(close: () => Promise<void>, log: Logger, supervised: boolean): void {
  let ending = false;
  const end = async (code: number, withinMs: number) => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(code || 1), withinMs).unref();
    try {
      await close();
      process.exit(code);
    } catch (error) {
      log.error({ err: error }, 'the server did not stop in order');
      process.exit(code || 1);
    }
  };
  process.on('SIGTERM', () => void end(0, SHUTDOWN_MS));
  // A terminal's Ctrl-C reaches the whole group; where there is a parent, it decides.
  process.on('SIGINT', () => {
    if (!supervised) void end(0, SHUTDOWN_MS);
  });
  // Without a parent nothing would start it again: development, where the page server tells such errors on the page.
  if (!supervised) return;
  const fault = (error: unknown) => {
    log.fatal({ err: error }, 'an error that nobody caught: the process is replaced');
    void end(FAULT_EXIT, FAULT_MS);
  };
  process.on('uncaughtException', fault);
  process.on('unhandledRejection', (reason) => {
    const { name = '', code = '' } = reason instanceof Error ? (reason as NodeJS.ErrnoException) : {};
    if (BROKEN_OFF.test(name) || BROKEN_OFF.test(code))
      log.warn({ err: reason }, 'a connection was broken off');
    else fault(reason);
  });
}

/** Looks from a thread of its own, so that it also works while this process is busy. */
const WATCH = `const parent = process.ppid;
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, 500);`;

/** Ends this process when its parent is gone, however that ended: a server without one could not be found or stopped. */
export function endWithParent(): void {
  process.on('disconnect', () => process.exit(0));
  new Worker(WATCH, { eval: true, execArgv: [], env: {} }).unref();
}
