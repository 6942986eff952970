/**
 * Results in the browser: a bound query's text leads to one request however many views show it, the answer stays in
 * memory up to a byte budget, and a computation that everybody here turned away from is cancelled.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  type Job,
  jobSchema,
  type QueryRequest,
  type QueryResponse,
  receivedQueryResponseSchema,
  type ServerMessage,
} from '@/core/api/index.ts';
import type { Place } from '@/core/errors/index.ts';
import {
  decodeSafetensors,
  type Result,
  type ResultMeta,
  receivedResultSchema,
  withNamesOfOther,
} from '@/core/result/index.ts';
import { ApiError, act, bytes, describeError, path, request } from '../api.ts';

export type QueryState =
  | { readonly status: 'loading'; readonly done: number; readonly note: string; readonly job: string | null }
  | { readonly status: 'done'; readonly result: Result; readonly cached: boolean }
  | {
      readonly status: 'error';
      readonly code: string;
      readonly message: string;
      readonly at?: Place | string;
    };

/** What the cache asks of the server; tests give their own. */
export interface ResultSource {
  ask(body: QueryRequest, waitSeconds: number, signal: AbortSignal): Promise<QueryResponse>;
  job(id: string): Promise<Job>;
  cancel(id: string): Promise<void>;
  meta(id: string): Promise<ResultMeta>;
  tensors(id: string): Promise<Uint8Array>;
}

export function serverSource(project: string): ResultSource {
  return {
    ask: (body, wait, signal) =>
      request(
        'POST',
        `${path`projects/${project}/queries`}?wait=${wait}&inline=${INLINE_BYTES}`,
        receivedQueryResponseSchema,
        {
          body,
          signal,
        },
      ),
    job: (id) => request('GET', path`jobs/${id}`, jobSchema),
    cancel: (id) => act('DELETE', path`jobs/${id}`),
    meta: (id) => request('GET', path`results/${id}`, receivedResultSchema),
    tensors: (id) => bytes(path`results/${id}`, 'application/x-safetensors'),
  };
}

interface Entry {
  readonly key: string;
  readonly store: StoreApi<QueryState>;
  users: number;
  controller: AbortController;
  job: string | null;
  settle: ((job: Job) => void) | null;
}

export interface CacheOptions {
  readonly budgetBytes?: number;
  /** Board on which jobs are announced. */
  readonly board?: string;
  /** Between two looks at a job, in case the socket's message was lost. */
  readonly pollMs?: number;
}

const MEGABYTE = 1024 * 1024;
/** Numbers that come with the answer; larger ones are fetched by themselves. */
const INLINE_BYTES = 65_536;
/** Browsers open six connections to a host: waiting queries must leave some for everything else. */
const MAX_CONNECTIONS = 3;
const WAIT_SECONDS = 20;

export class ResultCache {
  private readonly entries = new Map<string, Entry>();
  /** By result id, least recently used first. */
  private readonly bodies = new Map<string, { result: Result; bytes: number }>();
  private readonly loading = new Map<string, Promise<Result>>();
  private held = 0;
  private running = 0;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly source: ResultSource,
    private readonly options: CacheOptions = {},
  ) {}

  /** Shares the request of an equal text. Call the returned `release` once; `superseded` cancels what nobody else awaits. */
  open(text: string): { store: StoreApi<QueryState>; release(superseded: boolean): void } {
    let entry = this.entries.get(text);
    if (!entry) {
      entry = {
        key: text,
        store: createStore<QueryState>(() => ({ status: 'loading', done: 0, note: 'waiting', job: null })),
        users: 0,
        controller: new AbortController(),
        job: null,
        settle: null,
      };
      this.entries.set(text, entry);
      void this.run(entry);
    }
    const own = entry;
    // An error that nobody looked at any more may have passed.
    if (own.users === 0) this.retry(text, 'error');
    own.users += 1;
    let released = false;
    return {
      store: own.store,
      release: (superseded) => {
        if (released) return;
        released = true;
        own.users -= 1;
        if (own.users === 0 && superseded && own.store.getState().status === 'loading') this.cancel(text);
      },
    };
  }

  /** Asks again, for a failed query. Those who watch the text see it load. */
  retry(text: string, only?: QueryState['status']): void {
    const entry = this.entries.get(text);
    const status = entry?.store.getState().status;
    if (!entry || status === 'loading' || (only && status !== only)) return;
    this.restart(entry);
  }

  /** Asks again; what is under way answers what the question meant before. */
  private restart(entry: Entry): void {
    entry.controller.abort();
    entry.controller = new AbortController();
    entry.job = null;
    entry.store.setState({ status: 'loading', done: 0, note: 'waiting', job: null }, true);
    void this.run(entry);
  }

  /** Ends the computation for everyone on this page. */
  cancel(text: string): void {
    const entry = this.entries.get(text);
    if (entry?.store.getState().status !== 'loading') return;
    entry.controller.abort();
    if (entry.job) void this.source.cancel(entry.job).catch(() => undefined);
    entry.store.setState(
      { status: 'error', code: 'cancelled', message: 'The computation was cancelled.' },
      true,
    );
    if (entry.users === 0) this.entries.delete(text);
  }

  /** The result that a view pinned, by its id. */
  pinned(id: string): Promise<Result> {
    return this.body(id);
  }

  /** Messages of the board's socket. */
  readonly onMessage = (message: ServerMessage): void => {
    if (message.type === 'job') for (const entry of this.entries.values()) this.applyJob(entry, message.job);
    // A name may stand for another checkpoint now: texts are asked again when next opened, bodies stay by their id.
    if (message.type !== 'project') return;
    for (const [key, entry] of this.entries) {
      if (message.again && entry.users > 0) this.restart(entry);
      else if (entry.users === 0 && entry.store.getState().status !== 'loading') this.entries.delete(key);
    }
  };

  private applyJob(entry: Entry, job: Job): void {
    if (entry.job !== job.id) return;
    if (job.state === 'queued' || job.state === 'running') {
      if (entry.store.getState().status === 'loading')
        entry.store.setState(
          { status: 'loading', done: job.progress.done, note: job.progress.note, job: job.id },
          true,
        );
    } else entry.settle?.(job);
  }

  private async run(entry: Entry): Promise<void> {
    const { signal } = entry.controller;
    try {
      const answer = await this.submit(entry, signal);
      if (answer.status === 'done')
        return this.finish(entry, signal, answer.result, answer.cached, answer.numbers);
      if (signal.aborted) {
        void this.source.cancel(answer.job).catch(() => undefined);
        return;
      }
      entry.job = answer.job;
      entry.store.setState({ status: 'loading', ...answer.progress, job: answer.job }, true);
      const job = await this.waitForJob(entry, signal);
      if (job.state === 'failed' && job.error)
        throw new ApiError(job.error.code, job.error.message, job.error.at);
      if (job.state === 'cancelled' || !job.result)
        throw new ApiError('cancelled', 'The computation was cancelled.');
      await this.finish(entry, signal, await this.source.meta(job.result), false);
    } catch (error) {
      if (signal.aborted) return;
      entry.store.setState({ status: 'error', ...describeError(error) }, true);
    }
  }

  /** The first answer to a question. Where too many of one's own wait already, it is asked again as long as it is shown. */
  private async submit(entry: Entry, signal: AbortSignal): Promise<QueryResponse> {
    for (;;)
      try {
        return await this.withConnection(() => {
          if (signal.aborted) throw new ApiError('cancelled', 'The computation was cancelled.');
          const body = { query: entry.key, ...(this.options.board ? { board: this.options.board } : {}) };
          // Alone, one request brings the answer; when others wait for a connection, the job is followed by messages.
          return this.source.ask(body, this.queue.length > 0 ? 1 : WAIT_SECONDS, signal);
        });
      } catch (error) {
        const crowded = error instanceof ApiError && error.code === 'rate_limited';
        if (!crowded || signal.aborted || entry.users === 0) throw error;
        entry.store.setState({ status: 'loading', done: 0, note: error.message, job: null }, true);
        await new Promise((resolve) => setTimeout(resolve, 2 * (this.options.pollMs ?? 1500)));
      }
  }

  private async finish(
    entry: Entry,
    signal: AbortSignal,
    meta: ResultMeta,
    cached: boolean,
    numbers?: string,
  ): Promise<void> {
    const result = await this.body(meta.id, meta, numbers);
    if (!signal.aborted) entry.store.setState({ status: 'done', result, cached }, true);
  }

  /** Resolves when the job has ended, told by the socket or seen by looking. */
  private waitForJob(entry: Entry, signal: AbortSignal): Promise<Job> {
    const id = entry.job;
    if (id === null) throw new ApiError('internal', 'There is no job to follow.');
    return new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | null = null;
      const stop = () => {
        if (timer !== null) clearTimeout(timer);
        entry.settle = null;
      };
      entry.settle = (job) => {
        stop();
        resolve(job);
      };
      const poll = async () => {
        try {
          const job = await this.source.job(id);
          this.applyJob(entry, job);
        } catch (error) {
          if (error instanceof ApiError && error.code !== 'network' && error.code !== 'malformed') {
            stop();
            reject(error);
          }
        }
        if (entry.settle && !signal.aborted) timer = setTimeout(poll, this.options.pollMs ?? 1500);
      };
      signal.addEventListener('abort', stop, { once: true });
      timer = setTimeout(poll, this.options.pollMs ?? 1500);
    });
  }

  private async body(id: string, known?: ResultMeta, numbers?: string): Promise<Result> {
    const held = this.bodies.get(id);
    if (held) {
      this.bodies.delete(id);
      this.bodies.set(id, held);
      return held.result;
    }
    const under = this.loading.get(id);
    if (under) return under;
    const load = (async () => {
      const [meta, file] = await Promise.all([
        known ?? this.source.meta(id),
        numbers === undefined ? this.source.tensors(id) : fromBase64(numbers),
      ]);
      const { tensors } = decodeSafetensors(meta.other ? withNamesOfOther(file) : file);
      const result: Result = { meta, tensors };
      this.keep(id, result, file.byteLength);
      return result;
    })();
    this.loading.set(id, load);
    try {
      return await load;
    } finally {
      this.loading.delete(id);
    }
  }

  private keep(id: string, result: Result, size: number): void {
    this.bodies.set(id, { result, bytes: size });
    this.held += size;
    const budget = this.options.budgetBytes ?? 256 * MEGABYTE;
    if (this.held <= budget) return;
    const shown = new Set<string>();
    for (const entry of this.entries.values()) {
      const state = entry.store.getState();
      if (entry.users > 0 && state.status === 'done') shown.add(state.result.meta.id);
    }
    for (const [oldest, body] of this.bodies) {
      if (this.held <= budget) break;
      if (oldest === id || shown.has(oldest)) continue;
      this.bodies.delete(oldest);
      this.held -= body.bytes;
      for (const [key, entry] of this.entries) {
        const state = entry.store.getState();
        if (entry.users === 0 && state.status === 'done' && state.result.meta.id === oldest)
          this.entries.delete(key);
      }
    }
  }

  private async withConnection<T>(task: () => Promise<T>): Promise<T> {
    if (this.running >= MAX_CONNECTIONS) await new Promise<void>((resolve) => this.queue.push(resolve));
    else this.running += 1;
    try {
      return await task();
    } finally {
      const next = this.queue.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
