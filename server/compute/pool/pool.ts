/**
 * Worker processes and their queue. Jobs run in fair turns (lanes.ts), as memory allows; a worker that crashed is
 * replaced and its job tried once more; one that does not heed a cancellation is killed. Beside the workers that take
 * every job there is one for small jobs, started when the others are all at long ones. A worker that hangs, or takes
 * more memory than there is for computations, is killed (supervisor.ts).
 */
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../../../core/errors/index.ts';
import type { BackendChoice } from '../backend/backend.ts';
import type { ComputeOutcome, ComputePool, ComputeTask, Progress, Turn } from '../contract.ts';
import { exhausted, limitOf } from '../process/hard-limit.ts';
import { type Counters, type FromWorker, taskSchema } from '../process/messages.ts';
import { estimateBytes, readableBytes } from './admission.ts';
import { Child, type WorkerEntry, type WorkerExit } from './child.ts';
import { type Health, newHealth, TIMEOUTS, type Timeouts } from './health.ts';
import { Lanes, reserved } from './lanes.ts';
import { answerRecorded, isRecorded } from './recorded.ts';
import { Supervisor } from './supervisor.ts';
import { estimateSeconds, SMALL_SECONDS } from './work.ts';

export interface PoolOptions {
  /** Number of worker processes that take every job. */
  readonly workers: number;
  /** Folder of the blob store. */
  readonly blobs: string;
  /** Folder that results are written to, on the blob store's file system. */
  readonly spool: string;
  /** What all workers together may use, warm models included. */
  readonly memoryBytes: number;
  readonly backend: BackendChoice;
  /** What to fork; by default this program with `--role worker`. */
  readonly entry?: WorkerEntry;
  /** Time in which a cancelled job must stop before its worker is killed. Default 5 s. */
  readonly cancelGraceMs?: number;
  /** Before a worker without a sign of life is killed. */
  readonly timeouts?: Timeouts;
  /** Jobs that may wait, everybody's together. Default 2000. */
  readonly queueLimit?: number;
}

export interface Pool extends ComputePool {
  /** Counters of each worker at the end of its last job. */
  counters(): readonly (Counters | null)[];
  /** Process ids of the living workers. */
  pids(): readonly number[];
}

interface Job {
  readonly id: number;
  readonly task: ComputeTask;
  readonly turn: Turn;
  readonly bytes: number;
  readonly seconds: number;
  readonly small: boolean;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  /** Settles the caller's promise; later calls do nothing. */
  settle(result: ComputeOutcome | UserError): void;
  settled: boolean;
  crashes: number;
}

interface Slot {
  /** Takes small jobs only. */
  readonly small: boolean;
  child: Child | null;
  ready: boolean;
  job: Job | null;
  /** Models that this worker has had; the last one is most likely warm. */
  lastModel: string | null;
  counters: Counters | null;
  killTimer: NodeJS.Timeout | null;
  health: Health;
  /** Why the pool is killing it. */
  endReason: string | UserError | null;
  /** Starts that failed in a row. */
  failedStarts: number;
}

/** Share of the memory for models and data that stay warm between jobs. */
const WARM_SHARE = 0.25;
const MAX_FAILED_STARTS = 3;
const END_GRACE_MS = 2000;
/** Memory that a worker may keep between jobs beyond what is warm; with more it is replaced. */
const KEPT_BYTES = 512 * 2 ** 20;
/** Of what the server itself asks. */
const OWN_TURN: Turn = { project: '', person: '', mostWaiting: Number.POSITIVE_INFINITY };

export function createPool(options: PoolOptions): Pool {
  return new ProcessPool(options);
}

class ProcessPool implements Pool {
  private readonly slots: Slot[];
  private readonly queue: Lanes<Job>;
  private readonly entry: WorkerEntry;
  private readonly budget: number;
  private backend = 'starting';
  private restarts = 0;
  private limitBytes: number | null = null;
  private nextJob = 1;
  private closed = false;
  private readonly supervisor: Supervisor<Slot>;

  constructor(private readonly options: PoolOptions) {
    this.entry = options.entry ?? {
      file: process.argv[1] ?? '',
      args: ['--role', 'worker'],
      execArgv: process.execArgv,
    };
    this.budget = Math.floor(options.memoryBytes * (1 - WARM_SHARE));
    this.queue = new Lanes(this.budget, options.queueLimit ?? 2000);
    this.slots = Array.from({ length: options.workers + 1 }, (_, i) => ({
      small: i === options.workers,
      child: null,
      ready: false,
      job: null,
      lastModel: null,
      counters: null,
      killTimer: null,
      health: newHealth(0),
      endReason: null,
      failedStarts: 0,
    }));
    this.startIdle();
    const { memoryBytes, timeouts = TIMEOUTS } = options;
    const limits = { memoryBytes, keptBytes: this.cacheBytes() + KEPT_BYTES, timeouts };
    this.supervisor = new Supervisor(this.slots, limits, (slot, why) => this.end(slot, why));
  }

  run(
    task: ComputeTask,
    { signal, onProgress, turn = OWN_TURN }: NonNullable<Parameters<ComputePool['run']>[1]> = {},
  ): Promise<ComputeOutcome> {
    return new Promise((resolve, reject) => {
      if (this.closed) throw new UserError('cancelled', 'the server is shutting down');
      if (signal?.aborted) throw cancelled();
      // A task that the worker could not read would end it, twice.
      const parsed = taskSchema.safeParse(task);
      if (!parsed.success)
        throw new UserError('internal', `the task is malformed: ${z.prettifyError(parsed.error)}`);
      if (task.kind === 'query' && isRecorded(task.plan)) {
        resolve(answerRecorded(task.plan, this.options.spool));
        return;
      }
      const bytes = estimateBytes(task);
      const seconds = estimateSeconds(task);
      const reserve = reserved(this.budget);
      const upload = task.kind === 'import-model' || task.kind === 'import-dataset';
      const small = (seconds <= SMALL_SECONDS || upload) && (reserve === 0 || bytes <= reserve);
      const most = this.budget - (small ? 0 : reserve);
      if (bytes > most)
        throw new UserError(
          'overloaded',
          `this needs about ${readableBytes(bytes)} of memory, ${readableBytes(most)} are allowed; ask about fewer examples (limit 1000) or a smaller layer, or give the server more memory`,
        );
      const job: Job = {
        id: this.nextJob++,
        ...{ task, turn, bytes, seconds, small, onProgress },
        settled: false,
        crashes: 0,
        settle: (result) => {
          if (job.settled) return;
          job.settled = true;
          signal?.removeEventListener('abort', abort);
          if (result instanceof UserError) reject(result);
          else resolve(result);
        },
      };
      const abort = () => this.cancel(job);
      this.queue.push(job);
      signal?.addEventListener('abort', abort, { once: true });
      this.startIdle();
      this.dispatch();
    });
  }

  status() {
    return {
      backend: this.backend,
      workers: this.slots.filter((s) => s.ready).length,
      busy: this.slots.filter((s) => s.job).length,
      queued: this.queue.size,
      restarts: this.restarts,
      limitBytes: this.limitBytes,
    };
  }

  counters() {
    return this.slots.flatMap((slot) => (slot.child ? [slot.counters] : []));
  }

  pids() {
    return this.slots.flatMap((slot) => slot.child?.pid ?? []);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.supervisor.stop();
    for (const job of this.queue.takeAll()) job.settle(cancelled());
    await Promise.all(
      this.slots.map(async (slot) => {
        slot.job?.settle(cancelled());
        if (slot.killTimer) clearTimeout(slot.killTimer);
        await slot.child?.end(END_GRACE_MS);
      }),
    );
  }

  /** Of each worker. */
  private cacheBytes(): number {
    return Math.floor((this.options.memoryBytes * WARM_SHARE) / this.options.workers);
  }

  /** Of JavaScript's own objects; numbers lie outside of them, and are watched with everything else. */
  private heapLimit(): string {
    return `--max-old-space-size=${Math.round(Math.min(4096, Math.max(512, this.options.memoryBytes / 2 ** 20)))}`;
  }

  /** A text: the job is tried once more. An error: it fails with it. */
  private end(slot: Slot, why: string | UserError): void {
    slot.endReason = why;
    slot.child?.kill();
  }

  private startIdle(): void {
    for (const slot of this.slots) if (!slot.child && !slot.small) this.start(slot);
  }

  private start(slot: Slot): void {
    if (this.closed) return;
    const { blobs, spool, backend, memoryBytes } = this.options;
    const cacheBytes = this.cacheBytes();
    slot.health = newHealth(performance.now());
    slot.endReason = null;
    slot.ready = false;
    slot.lastModel = null;
    slot.counters = null;
    const child: Child = new Child(
      { ...this.entry, execArgv: [...this.entry.execArgv, this.heapLimit()] },
      { blobs, spool, backend, cacheBytes },
      memoryBytes,
      {
        message: (message) => this.onMessage(slot, child, message),
        heartbeat: (responsive) => {
          slot.health.lastSignAt = performance.now();
          if (responsive) slot.health.lastResponsiveAt = slot.health.lastSignAt;
        },
        ended: (end) => this.ended(slot, child, end),
      },
    );
    slot.child = child;
  }

  /** Gives waiting jobs to idle workers, while the estimates fit the memory. */
  private dispatch(): void {
    // Those for small jobs first, so that the others stay free for the long ones.
    for (const which of ['small', 'both'] as const)
      for (;;) {
        const idle = this.slots.filter((s) => s.ready && !s.job && s.small === (which === 'small'));
        if (idle.length === 0) break;
        const running = this.slots.flatMap((s) => s.job ?? []);
        const job = this.queue.take(which, running);
        if (!job) break;
        this.give(job, idle);
      }
    const [own] = this.slots.filter((slot) => slot.small);
    // It takes a while to start, so it is started as soon as a small job could need it.
    if (own && !own.child && this.slots.every((s) => s.small || (s.job && !s.job.small))) this.start(own);
  }

  private give(job: Job, idle: readonly Slot[]): void {
    const model = job.task.kind === 'query' ? job.task.plan.model.hash : null;
    const slot = idle.find((s) => model !== null && s.lastModel === model) ?? idle[0]!;
    slot.job = job;
    const now = performance.now();
    Object.assign(slot.health, { since: now, lastSignAt: now, lastResponsiveAt: now });
    slot.lastModel = model ?? slot.lastModel;
    slot.child?.send({ type: 'run', job: job.id, task: job.task });
  }

  private onMessage(slot: Slot, child: Child, message: FromWorker): void {
    if (slot.child !== child) return;
    switch (message.type) {
      case 'ready':
        this.backend = message.backend;
        slot.ready = true;
        slot.failedStarts = 0;
        void limitOf(child.pid).then((bytes) => {
          this.limitBytes = bytes;
        });
        this.dispatch();
        return;
      case 'unable':
        slot.failedStarts = MAX_FAILED_STARTS;
        for (const job of this.queue.takeAll()) job.settle(new UserError('internal', message.message));
        child.kill();
        return;
      case 'progress':
        if (slot.job?.id === message.job && !slot.job.settled)
          slot.job.onProgress?.({ done: message.done, note: message.note });
        return;
      case 'done':
      case 'failed': {
        const { job } = slot;
        slot.counters = message.counters;
        if (job?.id !== message.job) return;
        this.free(slot);
        if (message.type === 'failed' && message.exhausted) job.settle(this.exhausted(job));
        else if (message.type === 'failed')
          job.settle(new UserError(message.error.code, message.error.message, message.error.at));
        else if (job.settled) void discard(message.outcome);
        else job.settle(message.outcome);
        this.dispatch();
      }
    }
  }

  private free(slot: Slot): void {
    slot.job = null;
    if (slot.killTimer) clearTimeout(slot.killTimer);
    slot.killTimer = null;
  }

  private cancel(job: Job): void {
    this.queue.remove(job);
    const slot = this.slots.find((s) => s.job === job);
    if (slot) {
      slot.child?.send({ type: 'cancel', job: job.id });
      // A kernel or a loop that does not look up must not keep the worker.
      slot.killTimer = setTimeout(() => slot.child?.kill(), this.options.cancelGraceMs ?? 5000);
    }
    job.settle(cancelled());
    this.dispatch();
  }

  private exhausted(job: Job): UserError {
    return exhausted(readableBytes(job.bytes), readableBytes(this.options.memoryBytes));
  }

  private ended(slot: Slot, child: Child, { how, exhausted }: WorkerExit): void {
    if (slot.child !== child) return;
    const { job, endReason } = slot;
    const wasReady = slot.ready;
    this.free(slot);
    slot.child = null;
    slot.ready = false;
    if (this.closed) return;
    if (job && endReason instanceof UserError) job.settle(endReason);
    else if (job && exhausted) job.settle(this.exhausted(job));
    if (job && !job.settled) {
      job.crashes++;
      if (job.crashes < 2) this.queue.pushFirst(job);
      else
        job.settle(
          new UserError(
            'internal',
            endReason === null
              ? `the compute worker ended twice during this job (${how}); it may have run out of memory (estimated ${readableBytes(job.bytes)})`
              : `the compute worker was ended twice during this job: ${String(endReason)}; ask again later, or ask about fewer examples (limit)`,
          ),
        );
    }
    if (!wasReady) slot.failedStarts++;
    this.restarts++;
    if (slot.failedStarts < MAX_FAILED_STARTS) {
      this.start(slot);
      return;
    }
    // It will be tried again when the next job comes.
    slot.failedStarts = 0;
    if (this.slots.every((s) => !s.child))
      for (const waiting of this.queue.takeAll())
        waiting.settle(
          new UserError('internal', `the compute workers do not start (${how}); see the server's log`),
        );
  }
}

function cancelled(): UserError {
  return new UserError('cancelled', 'the computation was cancelled');
}

/** Deletes the files of an outcome that nobody waits for any more. */
async function discard(outcome: ComputeOutcome): Promise<void> {
  await Promise.all(filesOf(outcome).map((file) => rm(file, { force: true })));
}

function filesOf(outcome: ComputeOutcome): string[] {
  switch (outcome.kind) {
    case 'query':
      return [outcome.file];
    case 'import-model':
      return outcome.weights.map(({ file }) => file);
    case 'import-dataset':
      return outcome.splits.map(({ file }) => file);
    case 'trial':
      return [];
  }
}
