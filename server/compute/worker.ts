/**
 * A compute worker: one child process, one job at a time. It hears of jobs and cancellations over IPC, writes results
 * to the spool folder, and ends when its parent is gone.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { blobPath } from '../../core/artifacts/index.ts';
import { DISK_FULL, isDiskFull, UserError } from '../../core/errors/index.ts';
import { loadBackend } from './backend/backend.ts';
import type { ComputeOutcome, ComputeTask, Progress } from './contract.ts';
import { Engine } from './engine/engine.ts';
import { isExhausted } from './process/hard-limit.ts';
import { startHeartbeat } from './process/heartbeat.ts';
import { type FromWorker, toWorkerSchema, type WorkerConfig } from './process/messages.ts';

/** Progress is told at most this often. */
const PROGRESS_MS = 100;

let started = false;

/** Turns this process into a worker; does so once. */
export function startWorker(): void {
  if (started) return;
  started = true;
  if (!process.send) throw new Error('a compute worker is started by the server, not by hand');
  startHeartbeat();
  let ready: Promise<Worker> | undefined;
  process.on('disconnect', () => process.exit(0));
  // A terminal's Ctrl-C reaches the whole group; the parent decides when workers end.
  process.on('SIGINT', () => undefined);
  process.on('message', (raw) => {
    const message = toWorkerSchema.parse(raw);
    if (message.type === 'start') {
      ready ??= Worker.start(message.config);
      ready.then(
        ({ engine: { backend } }) =>
          send({
            type: 'ready',
            backend: backend.name,
            why: backend.why,
            engineVersion: backend.engineVersion,
          }),
        (error: unknown) =>
          send({ type: 'unable', message: String(error instanceof Error ? error.message : error) }),
      );
      return;
    }
    void ready?.then((worker) =>
      message.type === 'run' ? worker.run(message.job, message.task) : worker.cancel(message.job),
    );
  });
}

function send(message: FromWorker): void {
  // A failed send means that the server is going, and this process with it.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

class Worker {
  private readonly running = new Map<number, AbortController>();

  private constructor(
    readonly engine: Engine,
    private readonly spool: string,
  ) {}

  static async start(config: WorkerConfig): Promise<Worker> {
    const blobs = {
      read: async (blob: string) => {
        try {
          return await readFile(path.join(config.blobs, blobPath(blob)));
        } catch {
          throw new UserError('not_found', `the stored file ${blob.slice(0, 12)}… is missing`);
        }
      },
    };
    const backend = await loadBackend(config.backend);
    return new Worker(new Engine(backend, blobs, config.cacheBytes), config.spool);
  }

  cancel(job: number): void {
    this.running.get(job)?.abort();
  }

  async run(job: number, task: ComputeTask): Promise<void> {
    const controller = new AbortController();
    this.running.set(job, controller);
    try {
      const outcome = await this.perform(task, controller.signal, throttled(job));
      send({ type: 'done', job, outcome, counters: this.engine.counters() });
    } catch (error) {
      send({
        ...{ type: 'failed', job, exhausted: isExhausted(error), counters: this.engine.counters() },
        error: known(error).toBody().error,
      });
      // What a trap leaves of WebAssembly's memory nobody knows.
      if (error instanceof WebAssembly.RuntimeError) process.disconnect();
    } finally {
      this.running.delete(job);
    }
  }

  private async perform(
    task: ComputeTask,
    signal: AbortSignal,
    progress: (done: number, note: string) => void,
  ): Promise<ComputeOutcome> {
    switch (task.kind) {
      case 'query': {
        const { meta, bytes } = await this.engine.answer(task.plan, { signal, progress });
        return { kind: 'query', meta, file: await this.keep(bytes) };
      }
      case 'trial':
        return {
          kind: 'trial',
          trial: await this.engine.tryScales(task.plan, task.ways, { signal, progress }),
        };
      case 'import-model':
      case 'import-dataset':
        return this.import(task, signal, progress);
    }
  }

  /** Importers write into a folder of their own: what a failed one leaves behind goes with it. */
  private async import(
    task: Extract<ComputeTask, { kind: 'import-model' | 'import-dataset' }>,
    signal: AbortSignal,
    progress: (done: number, note: string) => void,
  ): Promise<ComputeOutcome> {
    // Read when first needed: most workers never see a file.
    const formats = await import('./formats/index.ts');
    const folder = path.join(this.spool, `import-${randomUUID()}`);
    await mkdir(folder);
    const context = {
      tf: this.engine.backend.tf,
      spool: folder,
      signal,
      onProgress: ({ done, note }: Progress) => progress(done, note),
    };
    const keep = async <T extends { readonly file: string }>(entry: T): Promise<T> => {
      const file = path.join(this.spool, path.basename(entry.file));
      await rename(entry.file, file);
      return { ...entry, file };
    };
    try {
      if (task.kind === 'import-model') {
        const outcome = await formats.importModel(task.files, context);
        return { ...outcome, weights: await Promise.all(outcome.weights.map(keep)) };
      }
      const outcome = await formats.importDataset(task.files, context);
      return { ...outcome, splits: await Promise.all(outcome.splits.map(keep)) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Writes a finished file into the spool folder: whole or not at all. */
  private async keep(bytes: Uint8Array): Promise<string> {
    const file = path.join(this.spool, `${randomUUID()}.safetensors`);
    const partial = `${file}.partial`;
    try {
      await writeFile(partial, bytes);
      await rename(partial, file);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
    return file;
  }
}

function known(error: unknown): UserError {
  if (error instanceof UserError) return error;
  if (isDiskFull(error)) return new UserError('overloaded', DISK_FULL);
  return new UserError(
    'internal',
    `the computation failed: ${error instanceof Error ? error.message : error}`,
  );
}

function throttled(job: number): (done: number, note: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (done, note) => {
    const now = performance.now();
    if (now - last < PROGRESS_MS) return;
    last = now;
    send({ type: 'progress', job, done, note });
  };
}

// Forked by itself, as in tests; within the server's bundle the role decides.
if (/[\\/]compute[\\/]worker\.ts$/.test(process.argv[1] ?? '')) startWorker();
