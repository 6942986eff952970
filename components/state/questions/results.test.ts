import { describe, expect, it } from 'vitest';
import type { Job, QueryResponse } from '@/core/api/index.ts';
import { encodeSafetensors, type ResultMeta } from '@/core/result/index.ts';
import { ApiError } from '../api.ts';
import { type QueryState, ResultCache, type ResultSource } from './results.ts';

const meta = (id: string): ResultMeta => ({
  id,
  type: 'vector[unit]',
  title: id,
  axes: [{ name: 'unit', size: 4 }],
  tensors: { values: { dtype: 'F32', shape: [4], axes: ['unit'] } },
  reading: '',
  warnings: [],
  provenance: {
    query: id,
    checkpoints: [],
    data: [],
    method: 'activation',
    methodVersion: '1',
    parameters: {},
    engine: 'test',
    engineVersion: '1',
    backend: 'test',
    durationMs: 1,
    computedAt: '2026-01-01T00:00:00Z',
  },
});
const file = encodeSafetensors({
  values: { dtype: 'F32', shape: [4], data: new Float32Array([1, 2, 3, 4]) },
});
const job = (id: string, state: Job['state'], more: Partial<Job> = {}): Job => ({
  id,
  query: 'q',
  state,
  progress: { done: 0.5, note: 'half' },
  startedBy: [],
  result: null,
  error: null,
  ...more,
});

/** A source whose answers are given by hand. */
function source() {
  const asked: {
    query: string;
    wait: number;
    answer(response: QueryResponse): void;
    fail(e: Error): void;
  }[] = [];
  const cancelled: string[] = [];
  const fetched: string[] = [];
  let onAsk = () => {};
  const it: ResultSource = {
    ask: (body, wait) =>
      new Promise((answer, fail) => {
        asked.push({ query: body.query, wait, answer, fail });
        onAsk();
      }),
    job: async (id) => job(id, 'running'),
    cancel: async (id) => void cancelled.push(id),
    meta: async (id) => meta(id),
    tensors: async (id) => {
      fetched.push(id);
      return file;
    },
  };
  return { it, asked, cancelled, fetched, nextAsk: () => new Promise<void>((r) => (onAsk = r)) };
}
const until = (opened: ReturnType<ResultCache['open']>, status: QueryState['status']): Promise<QueryState> =>
  new Promise((resolve) => {
    const look = () => {
      const state = opened.store.getState();
      if (state.status === status) resolve(state);
    };
    opened.store.subscribe(look);
    look();
  });
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('result cache', () => {
  it('a question that finds too many of one’s own waiting is asked again, and says why it waits', async () => {
    const s = source();
    const cache = new ResultCache(s.it, { pollMs: 5 });
    const opened = cache.open('q');
    const again = s.nextAsk();
    s.asked[0]!.fail(new ApiError('rate_limited', '24 of your computations are waiting already'));
    await expect
      .poll(() => opened.store.getState())
      .toMatchObject({ status: 'loading', note: '24 of your computations are waiting already' });
    await again;
    s.asked[1]!.answer({ status: 'done', result: meta('r'), cached: false });
    expect(await until(opened, 'done')).toMatchObject({ status: 'done' });
    // One that nobody looks at any more is not.
    const other = cache.open('p');
    other.release(false);
    s.asked[2]!.fail(new ApiError('rate_limited', 'too many'));
    await until(other, 'error');
    expect(s.asked).toHaveLength(3);
  });

  it('asks once for an equal text and gives the decoded numbers to every view', async () => {
    const s = source();
    const cache = new ResultCache(s.it);
    const a = cache.open('q');
    const b = cache.open('q');
    s.asked[0]!.answer({ status: 'done', result: meta('r1'), cached: true });
    const [x, y] = await Promise.all([until(a, 'done'), until(b, 'done')]);
    expect(s.asked).toHaveLength(1);
    expect(x).toBe(y);
    expect(x.status === 'done' && [...x.result.tensors.values!.data]).toEqual([1, 2, 3, 4]);
  });

  it('takes numbers that came with the answer, and fetches none', async () => {
    const s = source();
    const a = new ResultCache(s.it).open('q');
    const numbers = btoa(String.fromCharCode(...file));
    s.asked[0]!.answer({ status: 'done', result: meta('r1'), cached: true, numbers });
    const state = await until(a, 'done');
    expect(state.status === 'done' && [...state.result.tensors.values!.data]).toEqual([1, 2, 3, 4]);
    expect(s.fetched).toEqual([]);
  });

  it('follows a job by the messages of the socket', async () => {
    const s = source();
    const cache = new ResultCache(s.it, { pollMs: 60_000 });
    const a = cache.open('q');
    s.asked[0]!.answer({ status: 'queued', job: 'j1', progress: { done: 0, note: 'queued' } });
    await turn();
    cache.onMessage({ type: 'job', job: job('j1', 'running') });
    expect(a.store.getState()).toEqual({ status: 'loading', done: 0.5, note: 'half', job: 'j1' });
    cache.onMessage({ type: 'job', job: job('j1', 'done', { result: 'r9' }) });
    const state = await until(a, 'done');
    expect(state.status === 'done' && state.result.meta.id).toBe('r9');
  });

  it('cancels a superseded computation only when nobody else on the page awaits it', async () => {
    const s = source();
    const cache = new ResultCache(s.it, { pollMs: 60_000 });
    const a = cache.open('q');
    const b = cache.open('q');
    s.asked[0]!.answer({ status: 'running', job: 'j1', progress: { done: 0, note: '' } });
    await turn();
    a.release(true);
    expect(s.cancelled).toEqual([]);
    b.release(true);
    expect(s.cancelled).toEqual(['j1']);
  });

  it('leaves a computation running when its view only went off screen', async () => {
    const s = source();
    const cache = new ResultCache(s.it, { pollMs: 60_000 });
    const a = cache.open('q');
    s.asked[0]!.answer({ status: 'running', job: 'j1', progress: { done: 0, note: '' } });
    await turn();
    a.release(false);
    expect(s.cancelled).toEqual([]);
    const again = cache.open('q');
    cache.onMessage({ type: 'job', job: job('j1', 'done', { result: 'r1' }) });
    await until(again, 'done');
    expect(s.asked).toHaveLength(1);
  });

  it('says where a query failed and asks again on retry', async () => {
    const s = source();
    const cache = new ResultCache(s.it, { pollMs: 60_000 });
    const a = cache.open('q');
    s.asked[0]!.answer({ status: 'running', job: 'j1', progress: { done: 0, note: '' } });
    await turn();
    const at = { line: 1, column: 8, length: 3 };
    cache.onMessage({
      type: 'job',
      job: job('j1', 'failed', { error: { code: 'invalid', message: 'no layer conv', at } }),
    });
    expect(await until(a, 'error')).toEqual({
      status: 'error',
      code: 'invalid',
      message: 'no layer conv',
      at,
    });
    cache.retry('q');
    expect(a.store.getState().status).toBe('loading');
    expect(s.asked).toHaveLength(2);
  });

  it('keeps within its budget, dropping the least recently used that no view shows', async () => {
    const s = source();
    const cache = new ResultCache(s.it, { budgetBytes: 2 * file.byteLength });
    const shown = cache.open('a');
    s.asked[0]!.answer({ status: 'done', result: meta('ra'), cached: true });
    await until(shown, 'done');
    for (const [i, key] of ['b', 'c'].entries()) {
      const view = cache.open(key);
      s.asked[i + 1]!.answer({ status: 'done', result: meta(`r${key}`), cached: true });
      await until(view, 'done');
      view.release(false);
    }
    await cache.pinned('ra');
    await cache.pinned('rc');
    expect(s.fetched).toEqual(['ra', 'rb', 'rc']);
    await cache.pinned('rb');
    expect(s.fetched).toEqual(['ra', 'rb', 'rc', 'rb']);
  });

  it('asks views again once answers may have changed, and drops what was asked before', async () => {
    const s = source();
    const cache = new ResultCache(s.it);
    const shown = cache.open('a');
    s.asked[0]!.answer({ status: 'done', result: meta('before'), cached: true });
    await until(shown, 'done');
    const waiting = cache.open('b');
    cache.onMessage({ type: 'project' });
    expect(s.asked).toHaveLength(2);
    cache.onMessage({ type: 'project', again: true });
    await turn();
    s.asked[1]!.answer({ status: 'done', result: meta('too late'), cached: true });
    await turn();
    expect(s.asked.map(({ query }) => query)).toEqual(['a', 'b', 'a', 'b']);
    for (const [i, id] of [
      [2, 'a now'],
      [3, 'b now'],
    ] as const)
      s.asked[i]!.answer({ status: 'done', result: meta(id), cached: true });
    for (const [view, id] of [
      [shown, 'a now'],
      [waiting, 'b now'],
    ] as const) {
      const state = await until(view, 'done');
      expect(state.status === 'done' && state.result.meta.id).toBe(id);
    }
  });

  it('leaves connections of the browser free: three requests wait at a time, later ones do not wait long', () => {
    const s = source();
    const cache = new ResultCache(s.it);
    for (const key of ['1', '2', '3', '4', '5']) cache.open(key);
    expect(s.asked.map((a) => a.query)).toEqual(['1', '2', '3']);
  });
});
