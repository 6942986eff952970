/**
 * Jobs: one computation per result, however many people and boards wait for it. Progress is told on the project's
 * sockets; a job that nobody waits for any more is cancelled; its result is stored and claimed by every project that
 * asked.
 *
 * Somebody waits as long as one of their requests does, and for LEASE_MS after each sign of life (asking, looking at
 * the job), so that a browser that follows a job by its socket keeps it, and one that was closed does not.
 */

import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Job } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Role } from '../../../core/roles/index.ts';
import { estimateSeconds, SMALL_SECONDS } from '../../compute/client.ts';
import type { ComputePool, Progress, QueryPlan, Turn } from '../../compute/contract.ts';
import type { ResultRow, Store } from '../../store/contract.ts';
import type { SyncServer } from '../../sync/contract.ts';
import { toUserError } from './errors.ts';
import { turnOf } from './turn.ts';
import { noteUse } from './use.ts';

export interface JobsOptions {
  readonly store: Pick<Store, 'results' | 'blobs'>;
  readonly pool: Pick<ComputePool, 'run'>;
  readonly sync: Pick<SyncServer, 'announceProject'>;
  readonly log: Logger;
  readonly resultBudgetBytes: number;
  readonly leaseMs?: number;
}

interface Asker {
  requests: number;
  /** From where this person asks. */
  readonly projects: Set<string>;
  /** Until then the asker is taken to be waiting without a request. */
  until: number;
  /** Aborted when the person gives up. */
  readonly gaveUp: AbortController;
}
interface Task {
  readonly id: string;
  readonly plan: QueryPlan;
  /** Of whoever asked first. */
  readonly turn: Turn;
  readonly controller: AbortController;
  /** By user id. */
  readonly askers: Map<string, Asker>;
  /** Everybody who ever asked, in order: shown as those who started it. */
  readonly startedBy: Set<string>;
  readonly projects: Set<string>;
  state: Job['state'];
  progress: Progress;
  result: ResultRow | null;
  error: UserError | null;
  announcedAt: number;
  /** Resolves when the job has ended, however it did. */
  ended: Promise<void>;
}

/** A hidden tab looks once a minute. */
const LEASE_MS = 75_000;
/** Ended jobs remembered, for those who look late. */
const REMEMBERED = 200;
/** Progress is told at most this often. */
const ANNOUNCE_MS = 100;
const EVICT_EVERY = 50;

export class Jobs {
  private readonly tasks = new Map<string, Task>();
  /** Running and queued ones, by result id. */
  private readonly byResult = new Map<string, Task>();
  private readonly leaseMs: number;
  private readonly timer: NodeJS.Timeout;
  private stored = 0;

  constructor(private readonly options: JobsOptions) {
    this.leaseMs = options.leaseMs ?? LEASE_MS;
    this.timer = setInterval(() => this.dropAbandoned(), Math.min(1000, this.leaseMs));
    this.timer.unref();
  }

  /**
   * The result when it is known or comes within `waitMs`, else the job. Throws the computation's own failure, and
   * `cancelled` when the asker or everybody gave up.
   */
  async ask(
    plan: QueryPlan,
    asker: { userId: string; projectId: string; role: Role; waitMs: number; signal: AbortSignal },
  ): Promise<{ result: ResultRow; cached: boolean } | { job: Job }> {
    const known = await this.known(plan.id, asker.projectId);
    if (known) return { result: known, cached: true };
    const task =
      this.byResult.get(plan.id) ?? this.start(plan, turnOf(asker.projectId, asker.userId, asker.role));
    task.projects.add(asker.projectId);
    const first = !task.startedBy.has(asker.userId);
    task.startedBy.add(asker.userId);
    const waiting = this.waiting(task, asker.userId);
    waiting.projects.add(asker.projectId);
    waiting.requests += 1;
    if (first) this.announce(task, true);
    try {
      await this.settled(task, waiting, asker.waitMs, asker.signal);
    } finally {
      waiting.requests -= 1;
      // Whoever broke the connection off has gone; whoever waited long enough comes back.
      waiting.until = asker.signal.aborted ? 0 : Date.now() + this.leaseMs;
      if (asker.signal.aborted) this.dropAbandoned();
    }
    if (task.error) throw task.error;
    if (!task.result) return { job: shown(task) };
    await this.options.store.results.claim(task.result.id, asker.projectId);
    return { result: task.result, cached: false };
  }

  /** A look at the job counts as waiting for it, for those who asked. */
  get(id: string, userId: string): Job | null {
    const task = this.tasks.get(id);
    const asker = task?.askers.get(userId);
    if (asker) asker.until = Date.now() + this.leaseMs;
    return task ? shown(task) : null;
  }

  /** Newest first; those under way before those that ended. */
  ofProject(projectId: string): Job[] {
    const own = [...this.tasks.values()].filter((task) => task.projects.has(projectId)).reverse();
    const live = (task: Task) => task.state === 'queued' || task.state === 'running';
    return [...own.filter(live), ...own.filter((task) => !live(task))].map(shown);
  }

  projectsOf(id: string): readonly string[] {
    return [...(this.tasks.get(id)?.projects ?? [])];
  }

  /**
   * Who asked waits no more, and the job goes on for the others. An owner who did not ask ends it for everybody of
   * their project. Throws `forbidden` for anybody else.
   */
  giveUp(id: string, userId: string, owned: string | null): Job | null {
    const task = this.tasks.get(id);
    if (!task) return null;
    if (task.askers.has(userId)) this.release(task, userId);
    else if (owned !== null)
      for (const [user, { projects }] of [...task.askers]) {
        projects.delete(owned);
        if (projects.size === 0) this.release(task, user);
      }
    else if (!task.startedBy.has(userId))
      throw new UserError(
        'forbidden',
        'You did not ask for this computation. Who asked can cancel it, and owners of the project can.',
      );
    this.dropAbandoned();
    return shown(task);
  }

  private release(task: Task, userId: string): void {
    task.askers.get(userId)?.gaveUp.abort();
    task.askers.delete(userId);
  }

  /** The project was deleted: what only it waits for is cancelled. */
  forgetProject(projectId: string): void {
    for (const [id, task] of this.tasks) {
      if (!task.projects.delete(projectId) || task.projects.size > 0) continue;
      this.tasks.delete(id);
      if (this.byResult.get(task.plan.id) === task) this.byResult.delete(task.plan.id);
      task.controller.abort();
    }
  }

  close(): void {
    clearInterval(this.timer);
    for (const task of this.byResult.values()) task.controller.abort();
  }

  private async known(id: string, projectId: string): Promise<ResultRow | null> {
    const { results, blobs } = this.options.store;
    const found = await results.byId(id);
    if (!found || !(await blobs.has(found.blob))) return null;
    if (!(await results.visible(id, projectId))) await results.claim(id, projectId);
    await noteUse(this.options.store, found);
    return found;
  }

  private start(plan: QueryPlan, turn: Turn): Task {
    const task: Task = {
      id: randomUUID(),
      plan,
      turn,
      controller: new AbortController(),
      askers: new Map(),
      startedBy: new Set(),
      projects: new Set(),
      state: 'queued',
      progress: { done: 0, note: queuedNote(plan) },
      result: null,
      error: null,
      announcedAt: 0,
      ended: Promise.resolve(),
    };
    this.tasks.set(task.id, task);
    this.byResult.set(plan.id, task);
    task.ended = this.perform(task);
    return task;
  }

  private async perform(task: Task): Promise<void> {
    const { pool, log } = this.options;
    try {
      const outcome = await pool.run(
        { kind: 'query', plan: task.plan },
        {
          signal: task.controller.signal,
          turn: task.turn,
          onProgress: (progress) => {
            task.state = 'running';
            task.progress = progress;
            this.announce(task);
          },
        },
      );
      if (outcome.kind !== 'query') throw new Error(`a query gave ${outcome.kind}`);
      task.result = await this.keep(task, outcome);
      task.state = 'done';
      task.progress = { done: 1, note: 'done' };
    } catch (error) {
      task.error = toUserError(error, log, 'a job failed');
      task.state = task.error.code === 'cancelled' ? 'cancelled' : 'failed';
      // What was never taken in is no job; who asked is told, and nobody else.
      if (task.error.code === 'rate_limited') this.tasks.delete(task.id);
    }
    if (this.byResult.get(task.plan.id) === task) this.byResult.delete(task.plan.id);
    this.forgetOld();
    if (this.tasks.has(task.id)) this.announce(task, true);
  }

  /** Numbers to the blob store, facts to the database, a claim for every project that asked so far. */
  private async keep(
    task: Task,
    { meta, file }: { meta: ResultRow['meta']; file: string },
  ): Promise<ResultRow> {
    const { store, resultBudgetBytes, log } = this.options;
    const { size } = await stat(file);
    const blob = await store.blobs.adopt(file);
    const [first = '', ...others] = task.projects;
    const row = await store.results.save({ meta, blob, bytes: size, projectId: first });
    for (const projectId of others) await store.results.claim(row.id, projectId);
    if (this.stored++ % EVICT_EVERY === 0)
      void store.results
        .evict(resultBudgetBytes)
        .catch((error: unknown) => log.warn({ err: error }, 'results could not be evicted'));
    return row;
  }

  private waiting(task: Task, userId: string): Asker {
    const known = task.askers.get(userId);
    if (known) return known;
    const asker: Asker = { requests: 0, projects: new Set(), until: 0, gaveUp: new AbortController() };
    task.askers.set(userId, asker);
    return asker;
  }

  /** Until the job ends, the time is over, or the asker goes away. Throws `cancelled` when the asker gave up. */
  private async settled(task: Task, asker: Asker, waitMs: number, signal: AbortSignal): Promise<void> {
    const over = AbortSignal.any([signal, asker.gaveUp.signal, AbortSignal.timeout(waitMs)]);
    await new Promise<void>((resolve) => {
      if (over.aborted) return resolve();
      over.addEventListener('abort', () => resolve(), { once: true });
      void task.ended.then(resolve);
    });
    if (asker.gaveUp.signal.aborted) throw new UserError('cancelled', 'The computation was cancelled.');
  }

  /** Cancels what nobody waits for. */
  private dropAbandoned(): void {
    const now = Date.now();
    for (const task of [...this.byResult.values()]) {
      for (const [user, asker] of task.askers)
        if (asker.requests === 0 && asker.until <= now) task.askers.delete(user);
      if (task.askers.size > 0) continue;
      this.byResult.delete(task.plan.id);
      task.controller.abort();
    }
  }

  private forgetOld(): void {
    for (const [id, task] of this.tasks) {
      if (this.tasks.size <= REMEMBERED) return;
      if (task.state !== 'queued' && task.state !== 'running') this.tasks.delete(id);
    }
  }

  private announce(task: Task, always = false): void {
    const now = Date.now();
    if (!always && now - task.announcedAt < ANNOUNCE_MS) return;
    task.announcedAt = now;
    for (const projectId of task.projects)
      this.options.sync.announceProject(projectId, { type: 'job', job: shown(task) });
  }
}

/** Long work says how long, roughly, so that one can decide to wait for it. */
function queuedNote(plan: QueryPlan): string {
  const seconds = estimateSeconds({ kind: 'query', plan });
  if (seconds <= SMALL_SECONDS) return 'queued';
  const spoken = seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
  return `queued; about ${spoken} of work`;
}

function shown(task: Task): Job {
  return {
    id: task.id,
    query: task.plan.text,
    state: task.state,
    progress: task.progress,
    startedBy: [...task.startedBy],
    result: task.result?.id ?? null,
    error: task.error?.toBody().error ?? null,
  };
}
